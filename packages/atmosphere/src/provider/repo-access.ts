import type { CallOptions } from "@atdata/core";
import type { RepoReader, RepoWriter } from "../client/repo-client.ts";

/** How a provider comes by the repository of its account. */
export interface RepoAccess {
  /** Gives it to read; `undefined` where nobody is logged in, and so nothing is there. */
  reader(options?: CallOptions): Promise<RepoReader | undefined>;
  /**
   * Gives it to write.
   *
   * @throws AtdataError `ACCESS_DENIED` – it is somebody else's; `AUTH_REQUIRED`.
   */
  writer(operation: string, options?: CallOptions): Promise<RepoWriter>;
}
