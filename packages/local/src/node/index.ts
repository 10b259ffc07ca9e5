/**
 * The repository of a user on this machine: an SQLite index, and a folder for the shards.
 *
 * @module
 */
export { atdataHome } from "../home.ts";
export { localRepo, type LocalRepo, type LocalRepoOptions } from "./local-repo.ts";
