import { describe, it } from "node:test";
import { dataStoreCases, indexProviderCases, register } from "@atdata/conformance";
import { makeIndexProvider, makeStore } from "./backend.ts";

describe("folderIndex", () => register({ describe, it }, indexProviderCases, makeIndexProvider));
describe("folderStore", () => register({ describe, it }, dataStoreCases, makeStore));
