import { AtdataError, type IndexProvider, memoryIndex, memoryStore, type Repository } from "@atdata/core";

/** Stands in for the repository of an account while nobody is logged in: nothing is listed, and what asks for it by name fails. */
export function loggedOutRepo(): Repository {
  const refuse = async (): Promise<never> => {
    throw loginNeeded();
  };
  const provider: IndexProvider = {
    ...memoryIndex(),
    name: "atmosphere",
    putEntry: refuse,
    getEntry: refuse,
    latestEntry: refuse,
    deleteEntry: refuse,
    createSchema: refuse,
    getSchema: refuse,
    createLens: refuse,
    getLens: refuse,
    putLabel: refuse,
    getLabel: refuse,
    latestLabel: refuse,
    deleteLabel: refuse,
  };
  return { provider, store: { ...memoryStore(), begin: refuse } };
}

/** Makes the error for what only an account that is logged in can do. */
export function loginNeeded(): AtdataError<"AUTH_REQUIRED"> {
  const hint = "atdata login, or ATDATA_HANDLE and ATDATA_PASSWORD in the environment";
  return new AtdataError("AUTH_REQUIRED", "nobody is logged in", { operation: "@me" }, { hint });
}
