import type { Identity } from "../identity/identity.ts";
import type { RepoReader } from "./repo-client.ts";

/** Options of {@link repoReader}. */
export interface RepoReaderOptions {
  /** Sends requests; default the runtime's `fetch`. */
  readonly fetch?: typeof fetch | undefined;
}

/** Reads the repository of an account, from its PDS, without credentials. */
export function repoReader(identity: Identity, options: RepoReaderOptions = {}): RepoReader {
  throw new TypeError(`to be written: ${identity.did} ${typeof options}`);
}
