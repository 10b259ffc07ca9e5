import { dataSourceCases, dataStoreCases, type MakeSource, type MakeStore, register } from "@atdata/conformance";
import { afterAll, describe, it, vi } from "vitest";
import { fileUrl } from "../src/blobs/blob-urls.ts";
import { startAccounts } from "./blob-accounts.ts";
import { describeBlobFaults } from "./blob-faults.ts";
import { describeBlobWrites } from "./blob-writes.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 150_000 });

const accounts = await startAccounts();
afterAll(() => accounts[Symbol.asyncDispose]());

const makeStore: MakeStore = async () => (await accounts.open()).store;

const makeSource: MakeSource = async (files) => {
  const account = await accounts.open();
  await account.putFiles(files);
  const { did } = account;
  return {
    source: account.source,
    url: (name) => fileUrl(did, name),
    directory: fileUrl(did, ""),
    glob: (pattern) => fileUrl(did, pattern),
    // Changing is tried below: the kit's file for it is larger than what this PDS takes.
  };
};

describe("the store of a repository", () => register({ describe, it }, dataStoreCases, makeStore));
describe("the source of repositories", () => register({ describe, it }, dataSourceCases, makeSource));
describeBlobWrites(accounts);
describeBlobFaults(accounts);
