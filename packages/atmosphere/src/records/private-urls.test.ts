import type { NewEntry } from "@atdata/core";
import { describe, expect, it } from "vitest";
import { recordIn } from "../../tests/repository-form.ts";
import { fileUrl } from "../blobs/blob-urls.ts";
import type { JsonRecord } from "../client/repo-client.ts";
import { entryFromRecord } from "./entry-from-record.ts";
import { type EntryToRecordOptions, entryToRecord } from "./entry-to-record.ts";

const did = "did:plc:abc";

function written(entry: Partial<NewEntry>, more: Partial<EntryToRecordOptions> = {}): JsonRecord {
  const schemaRef = `at://${did}/science.alt.dataset.schema/Digit:1.0.0`;
  const given = { name: "d", schemaRef, dataUrls: ["https://example.com/d.tar"], ...entry };
  return entryToRecord(given, { createdAt: "2026-02-03T04:05:06.123456+00:00", files: () => undefined, ...more });
}

describe("an entry that cannot be published", () => {
  it.each([
    ["/data/d.tar"],
    ["C:\\data\\d.tar"],
    ["file:///data/d.tar"],
    ["d.tar"],
    ["pipe:cat d.tar"],
    ["s3://closed/d.tar"],
    ["s3://open.evil/d.tar"],
    [fileUrl(did, "gone.tar")],
    ["http://localhost/d.tar"],
    ["http://localhost./d.tar"],
    ["http://nas/d.tar"],
    ["http://nas.local/d.tar"],
    ["https://127.0.0.1:8080/d.tar"],
    ["https://0x7f000001/d.tar"],
    ["https://2130706433/d.tar"],
    ["https://10.1.2.3/d.tar"],
    ["https://100.64.0.1/d.tar"],
    ["https://172.20.0.1/d.tar"],
    ["https://192.168.0.1/d.tar"],
    ["https://169.254.169.254/d.tar"],
    ["https://198.19.0.1/d.tar"],
    ["https://[::1]/d.tar"],
    ["https://[fe80::1]/d.tar"],
    ["https://[::ffff:10.0.0.1]/d.tar"],
    ["https://[2002:a00:1::]/d.tar"],
    ["https://me:secret@example.com/d.tar"],
    ["https://example.com/d.tar?X-Amz-Signature=secret"],
    ["http://"],
  ])("has the shard %s", (url) => {
    const options = { publicBuckets: { open: {} } };
    const attempt = () => written({ dataUrls: ["https://example.com/d.tar", url] }, options);
    expect(attempt).toThrow(expect.objectContaining({ code: "URL_PRIVATE", message: expect.stringContaining("copy") }));
    expect(attempt).not.toThrow(/secret/);
  });

  it.each([
    ["https://8.8.8.8/d.tar"],
    ["https://100.128.0.1/d.tar"],
    ["https://172.32.0.1/d.tar"],
    ["https://[2606:4700::1]/d.tar"],
    ["https://local.example.com/d.tar"],
  ])("is not the one of %s", (url) => {
    expect(entryFromRecord(recordIn("entry", written({ dataUrls: [url] }))).entry.dataUrls).toEqual([url]);
  });

  it("may have a private host only where that is allowed", () => {
    const dataUrls = ["http://127.0.0.1:8080/d.tar", "http://127.0.0.1:8081/d.tar"];
    for (const allowHosts of [["127.0.0.1"], ["127.0.0.1:8080", "127.0.0.1:8081"]]) {
      expect(entryFromRecord(recordIn("entry", written({ dataUrls }, { allowHosts }))).entry.dataUrls).toEqual(
        dataUrls,
      );
    }
    expect(() => written({ dataUrls }, { allowHosts: ["127.0.0.1:8080"] })).toThrow(
      expect.objectContaining({ code: "URL_PRIVATE" }),
    );
  });

  it("has shards in places of several kinds, in several buckets, or none", () => {
    const publicBuckets = { a: {}, b: {} };
    for (const dataUrls of [["https://example.com/d.tar", "s3://a/d.tar"], ["s3://a/d.tar", "s3://b/d.tar"], []]) {
      expect(() => written({ dataUrls }, { publicBuckets })).toThrow(
        expect.objectContaining({
          code: "RECORD_INVALID",
          fields: expect.objectContaining({ field: expect.stringMatching(/^storage/) }),
        }),
      );
    }
  });

  it("has a float in the user's own metadata, which is named", () => {
    const metadata = { atdata: { version: 1, content: { camera: [{ exposure: 0.5 }] } } };
    expect(() => written({ metadata })).toThrow(
      expect.objectContaining({
        code: "RECORD_INVALID",
        fields: { collection: "science.alt.dataset.entry", field: "contentMetadata.camera[0].exposure" },
      }),
    );
  });
});
