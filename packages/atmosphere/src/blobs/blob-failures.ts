import { AtdataError, isAtdataError } from "@atdata/core";
import type { RepoReader } from "../client/repo-client.ts";

const CLOSED = ["RepoTakendown", "RepoSuspended", "RepoDeactivated"];

/** Reads a repository whose missing and closed blobs are told as sources tell them, by the url that was asked for. */
export async function openBlob(repo: RepoReader, cid: string, url: string, signal: AbortSignal): Promise<Response> {
  try {
    return await repo.blob(cid, { signal });
  } catch (error) {
    if (!isAtdataError(error, "PDS_FAILED")) throw error;
    const { status = 0, error: name = "" } = error.fields;
    const extras = { cause: error };
    if (status === 401 || status === 403 || CLOSED.includes(name)) {
      throw new AtdataError("ACCESS_DENIED", "the account's PDS does not give its blobs", { url }, extras);
    }
    // A blob that is not there is an invalid request, without a name of its own.
    if (status !== 400 && status !== 404) throw error;
    throw new AtdataError("NOT_FOUND", "the account's PDS does not have the blob", { url }, extras);
  }
}
