import { readFile } from "node:fs/promises";
import { register, type SampleShard, shardFormatCases } from "@atdata/conformance";
import { extract } from "tar-stream";
import { describe, it } from "vitest";
import { wds } from "../src/index.ts";
import { wds as nodeWds } from "../src/node/index.ts";

const FIXTURES = new URL("../../../fixtures/python/", import.meta.url);
const SHARDS = ["single.tar", "data--0b299b6f--000000.tar"];

/** A shard written by Python, with the keys that another reader finds in it. */
async function pythonShard(name: string): Promise<SampleShard> {
  const bytes = await readFile(new URL(name, FIXTURES));
  const keys: string[] = [];
  const tar = extract();
  tar.end(bytes);
  for await (const entry of tar) {
    keys.push(entry.header.name.replace(/\.msgpack$/, ""));
    entry.resume();
  }
  return { name, bytes: new Uint8Array(bytes), keys };
}

describe.each([
  ["wds", wds],
  ["wds for Node", nodeWds],
] as const)("%s", (_, make) => {
  register({ describe, it }, shardFormatCases, async () => ({
    format: make(),
    shards: await Promise.all(SHARDS.map(pythonShard)),
  }));
});
