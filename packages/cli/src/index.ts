/**
 * The `atdata` command, for programs that start it in their own process. Everybody else runs `atdata`.
 *
 * @module
 */

export { run } from "./run.ts";
