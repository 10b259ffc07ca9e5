import { AtdataError, isAtdataError } from "@atdata/core";

const CLOSED = ["RepoTakendown", "RepoSuspended", "RepoDeactivated"];

/** Asks a repository for what is behind a url; tells what is missing or closed as sources tell it. */
export async function askFor<T>(url: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!isAtdataError(error, "PDS_FAILED")) throw error;
    const { status, error: name = "" } = error.fields;
    const extras = { cause: error };
    if (status === 401 || status === 403 || CLOSED.includes(name)) {
      throw new AtdataError("ACCESS_DENIED", "the account's files are not given out", { url }, extras);
    }
    // A blob that is not there is an invalid request, without a name of its own.
    if (status !== 400 && status !== 404) throw error;
    throw new AtdataError("NOT_FOUND", "the account's PDS does not have it", { url }, extras);
  }
}
