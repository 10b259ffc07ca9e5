import { inspect } from "node:util";
import { expect, test } from "vitest";
import { AtdataError, withFields } from "./errors.ts";

test("an error tells urls without what signs them, whoever throws it", () => {
  const secret = "sentinel";
  const url = `https://me:${secret}@example.org/a.tar?X-Amz-Signature=${secret}&part=${secret}`;
  const place = "https://example.org/a.tar?X-Amz-Signature=…&part=…";
  for (const error of [
    new AtdataError("NOT_FOUND", "no such shard", { url }),
    new AtdataError("SHARD_TRUNCATED", "shard ends", { shard: url, offset: 7 }),
    new AtdataError("NO_SHARDS", "nothing", { ref: url }),
    withFields(new AtdataError("MSGPACK_INVALID", "damaged", {}), { shard: url }),
  ]) {
    expect(inspect(error, { showHidden: true }) + JSON.stringify(error)).not.toContain(secret);
    expect(Object.values(error.fields)).toContain(place);
    expect(error.message).toContain(place);
  }
  expect(new AtdataError("NOT_FOUND", "no such shard", { url: "/data/a?b=c.tar" }).fields.url).toBe("/data/a?b=c.tar");
});
