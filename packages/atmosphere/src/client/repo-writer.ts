import type { Identity } from "../identity/identity.ts";
import type { AtmosphereSession } from "../session.ts";
import type { RepoWriter } from "./repo-client.ts";
import type { RepoReaderOptions } from "./repo-reader.ts";

/** Writes the repository of the account of a session; reads it as {@link repoReader} does. */
export function repoWriter(
  session: AtmosphereSession,
  identity: Identity,
  options: RepoReaderOptions = {},
): RepoWriter {
  throw new TypeError(`to be written: ${session.did} ${identity.did} ${typeof options}`);
}
