import { readFileSync } from "node:fs";
import { decodeDynamic, fieldLens, float, lensToStored, optional, sample, str } from "@atdata/core";
import { describe, expect, it } from "vitest";
import { fromRepository, recordIn } from "../../tests/repository-form.ts";
import { fileUrl } from "../blobs/blob-urls.ts";
import { blobCid, sha256OfCid } from "../blobs/cid.ts";
import { fileFromRecord } from "../blobs/file-record.ts";
import type { BlobRef, JsonRecord } from "../client/repo-client.ts";
import { checkRecord } from "../lexicon/check-record.ts";
import { entryFromRecord } from "./entry-from-record.ts";
import { entryToRecord } from "./entry-to-record.ts";
import { lensFromRecord, lensToRecord } from "./lens-record.ts";

const text = readFileSync(new URL("../../../../docs/formats.md", import.meta.url), "utf8");
const section = text.split("\n## ").find((part) => part.startsWith("Records of accounts\n")) ?? "";
const [entry, metadata, file, lens, stored] = [...section.matchAll(/```json\n(.*?)```/gs)].map(
  (match) => JSON.parse(match[1] as string) as JsonRecord,
) as [JsonRecord, JsonRecord, JsonRecord, JsonRecord, JsonRecord];

const did = "did:plc:ewvi7nxzyoun6zhxrhs64oiz";
const createdAt = "2026-02-03T04:05:06.123456+00:00";
const sum = (i: number) => sha256OfCid(blobCid(Uint8Array.of(i))) as string;

function blob(i: number, mimeType: string, size: number): BlobRef {
  return { $type: "blob", ref: { $link: blobCid(Uint8Array.of(i)) }, mimeType, size };
}

describe("docs/formats.md", () => {
  it("shows the record of an entry that is written, and that is read", () => {
    const shards = [0, 1].map((i) => fileUrl(did, `digits-3f8a01c2d4e5f607-00000${i}.tar`));
    const files = shards.map((_, i) => ({
      blob: blob(i, "application/x-tar", 15_370_240 - i),
      sha256: sum(i),
      manifest: {
        header: blob(i + 2, "application/json", 730),
        samples: blob(i + 4, "application/octet-stream", 4100),
      },
    }));
    const given = {
      name: "digits",
      schemaRef: `at://${did}/science.alt.dataset.schema/Digit:1.0.0`,
      dataUrls: shards,
      metadata: {
        checksums: Object.fromEntries(shards.map((url, i) => [url, sum(i)])),
        tags: ["mnist"],
        description: "Digits.",
        license: "MIT",
        atdata: {
          version: 1,
          format: "wds",
          file: fileUrl(did, "digits-3f8a01c2d4e5f607.dataset.json"),
          shards: [10_000, 9_999].map((samples, i) => ({ samples, bytes: 15_370_240 - i })),
          samples: 19_999,
          bytes: 30_740_479,
          plugins: ["manifest"],
          content: { source: "scanner 3" },
        },
      },
    };
    const record = entryToRecord(given, { createdAt, files: (url) => files[shards.indexOf(url)] });
    expect(JSON.stringify(record)).toBe(JSON.stringify(entry));
    const bytes = Buffer.from((entry.metadata as { $bytes: string }).$bytes, "base64");
    expect(JSON.stringify(decodeDynamic(Uint8Array.from(bytes)))).toBe(JSON.stringify(metadata));
    const read = entryFromRecord(recordIn("entry", entry)).entry;
    expect(read).toMatchObject({ name: "digits", metadata: { ...given.metadata, checksums: expect.anything() } });
    expect(read.dataUrls).toEqual(shards.map((url) => url.replace(did, "did:plc:abc")));
  });

  it("shows the record of a file that is read", () => {
    checkRecord("science.alt.dataset.file", file);
    expect(fileFromRecord(recordIn("file", file, "a~20b-000000.tar"))).toMatchObject({ name: file.name });
    expect(section).toContain("`a~20b-000000.tar`");
  });

  it("shows the record of a lens that is written, and that is read", () => {
    const source = sample("Digit", { label: str(), ink: optional(float()) }, { version: "1.0.0" });
    const view = sample("Ink", { ink: float() });
    const half = fieldLens(source, view, { ink: { from: "ink", default: 0.5 } });
    const json = {
      ...lensToStored(half as never, { name: "ink", version: "1.0.0", createdAt: new Date("2026-02-03T04:05:06Z") }),
      atdata_source: `at://${did}/science.alt.dataset.schema/Digit:1.0.0`,
      atdata_view: `at://${did}/science.alt.dataset.schema/Ink:1.0.0`,
    };
    const given = { name: "ink", version: "1.0.0", json };
    const record = lensToRecord(given, { createdAt });
    expect(JSON.stringify(record)).toBe(JSON.stringify(lens));
    const { atdata } = lens.metadata as { atdata: { stored: string } };
    expect(JSON.parse(atdata.stored)).toEqual(stored);
    expect(lensFromRecord(recordIn("lens", fromRepository(lens)))).toEqual(given);
  });
});
