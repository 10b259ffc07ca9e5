import { register, shardPluginCases } from "@atdata/conformance";
import { describe, it } from "vitest";
import { manifests } from "../src/manifests.ts";

describe("manifests", () => {
  register({ describe, it }, shardPluginCases, () => manifests());
});

describe("manifests with hashes", () => {
  register({ describe, it }, shardPluginCases, () => manifests({ sampleHash: "sha256" }));
});
