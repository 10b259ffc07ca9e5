import { indexProviderCases, type MakeIndexProvider, register, searchBackendCases } from "@atdata/conformance";
import { scanSearch } from "@atdata/core";
import { describe, it } from "vitest";
import { COLLECTIONS } from "../src/lexicon/collections.ts";
import { repoProvider } from "../src/provider/repo-provider.ts";
import { fakeRepo, type Mishaps } from "./fake-repo.ts";

const DID = "did:plc:abcdefghijklmnopqrstuvwx";

function indexWith(mishaps: Mishaps): MakeIndexProvider {
  return () => {
    const repo = fakeRepo(DID, mishaps);
    const open = () => repoProvider({ reader: async () => repo, writer: async () => repo }, { learn: () => {} });
    return {
      provider: open(),
      reopen: async () => open(),
      schemaRef: (name, version) => `at://${DID}/${COLLECTIONS.schema}/${name}:${version}`,
      maxNameBytes: 200,
      publicUrlsOnly: true,
    };
  };
}

describe.each<[string, Mishaps]>([
  ["are asked once", {}],
  ["are asked again because somebody else was faster", { stale: true }],
  ["are asked again because the answer was lost", { lost: true }],
])("an index whose plans %s", (_, mishaps) => {
  register({ describe, it }, indexProviderCases, indexWith(mishaps));
});

describe("the search of an account", () => {
  register({ describe, it }, searchBackendCases, async () => {
    const { provider, schemaRef } = await indexWith({})();
    return { provider, schemaRef, search: scanSearch(provider) };
  });
});
