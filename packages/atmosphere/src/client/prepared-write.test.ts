import { createHash } from "node:crypto";
import { parseCid } from "@atproto/lex-data";
import { describe, expect, it } from "vitest";
import { prepareWrite } from "./prepared-write.ts";
import type { JsonRecord } from "./repo-client.ts";

const did = "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa";

function prepare(value: JsonRecord) {
  return prepareWrite(did, { action: "create", collection: "science.alt.note", rkey: "a", value });
}

describe("a record as a PDS keeps it", () => {
  it("has its fields in the order of DAG-CBOR, and bytes without padding", async () => {
    const link = "bafyreidfayvfuwqa7qlnopdjiqrxzs6blmoeu4rujcjtnci5beludirz2a";
    const given = { long: [{ b: { $bytes: "AQ==" } }, null, true], $type: "x", a: { $link: link }, none: undefined };
    const { record } = await prepare(given);
    expect(JSON.stringify(record?.value)).toBe(
      `{"a":{"$link":"${link}"},"long":[{"b":{"$bytes":"AQ"}},null,true],"$type":"x"}`,
    );
  });

  it("has the CID of its bytes, which are DAG-CBOR", async () => {
    // By hand: a map of one pair, the text "a", and the number 1.
    const digest = createHash("sha256")
      .update(Uint8Array.of(0xa1, 0x61, 0x61, 0x01))
      .digest();
    const cid = Uint8Array.of(0x01, 0x71, 0x12, 0x20, ...digest);
    expect(parseCid((await prepare({ a: 1 })).record?.cid ?? "").bytes).toEqual(cid);
    expect(parseCid((await prepare({ a: 1, b: undefined })).record?.cid ?? "").bytes).toEqual(cid);
  });

  it.each<readonly [string, unknown]>([
    ["a float", 0.5],
    ["an integer beyond 2^53", 2 ** 60],
    ["NaN", Number.NaN],
    ["a bigint", 1n],
    ["half a pair", "\ud800"],
    ["a link that is none", { $link: "nothing" }],
    ["a key that sets prototypes", JSON.parse('{"__proto__":1}')],
  ])("cannot hold %s, and the error tells where", async (_, wrong) => {
    await expect(prepare({ list: [{ wrong }] })).rejects.toMatchObject({
      code: "RECORD_INVALID",
      fields: { field: expect.stringMatching(/^list\[0\]\.wrong/), uri: `at://${did}/science.alt.note/a` },
    });
  });

  it("cannot be nested without end", async () => {
    let deep: JsonRecord = {};
    for (let i = 0; i < 10_000; i++) deep = { deep };
    await expect(prepare(deep)).rejects.toMatchObject({ code: "RECORD_INVALID" });
  });
});
