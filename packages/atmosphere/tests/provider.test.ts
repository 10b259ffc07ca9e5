import { indexProviderCases, type MakeIndexProvider, register, searchBackendCases } from "@atdata/conformance";
import { scanSearch } from "@atdata/core";
import { afterAll, beforeAll, describe, it } from "vitest";
import { COLLECTIONS } from "../src/lexicon/collections.ts";
import { type Network, startNetwork } from "./network-fixture.ts";

const TIMEOUT = { timeout: 120_000 };

let network: Network;

beforeAll(async () => {
  network = await startNetwork();
}, 60_000);

afterAll(async () => {
  await network?.[Symbol.asyncDispose]();
});

const makeIndex: MakeIndexProvider = async () => {
  const { did, session } = await network.account();
  const open = () => network.open({ session }).provider;
  return {
    provider: open(),
    reopen: async () => open(),
    schemaRef: (name, version) => `at://${did}/${COLLECTIONS.schema}/${name}:${version}`,
    maxNameBytes: 200,
    publicUrlsOnly: true,
  };
};

describe("the index of an account", () => {
  register({ describe, it: (name, run) => it(name, TIMEOUT, run) }, indexProviderCases, makeIndex);
});

describe("the search of an account", () => {
  const makeSearch = async () => {
    const fixture = await makeIndex();
    return { ...fixture, search: scanSearch(fixture.provider) };
  };
  register({ describe, it: (name, run) => it(name, TIMEOUT, run) }, searchBackendCases, makeSearch);
});
