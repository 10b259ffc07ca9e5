import type { ByteReader } from "@atdata/core";
import type { ConformanceCase, Need } from "./case.ts";
import { ensure, pattern, rejectsWithCode, same, sameBytes } from "./expect.ts";
import {
  damage,
  type FormatRecord,
  type MakeFormat,
  RECORDS,
  readRecords,
  record,
  sameRecords,
  steps,
  writeRecords,
} from "./format-fixture.ts";

const CHUNKINGS: readonly (readonly number[])[] = [[1], [7, 1, 300], [511], [512], [513], [9_000, 3]];

const needsShards: Need<MakeFormat> = {
  capability: "shards of other writers",
  has: async (make) => ((await make()).shards ?? []).length > 0,
};

const needsUnwrap: Need<MakeFormat> = {
  capability: "compressed shards",
  has: async (make) => (await make()).format.unwrap !== undefined,
};

/** The rules of a `ShardFormat`. */
export const shardFormatCases: readonly ConformanceCase<MakeFormat>[] = [
  {
    id: "format/declares",
    rule: "it has a name and a suffix, and knows the files it writes from sidecars",
    async run(make) {
      const { format } = await make();
      ensure(format.name !== "", "name is empty");
      ensure(/^\.[^/]+$/.test(format.suffix), `suffix ${format.suffix} does not start with a dot`);
      ensure(format.matches(`d-000000${format.suffix}`), "its own suffix does not match");
      ensure(!format.matches("d.dataset.json"), "a dataset.json matches");
    },
  },
  {
    id: "format/round-trip",
    rule: "what is written is read again: keys, payloads, sizes and true offsets, in order",
    async run(make) {
      const { format } = await make();
      const { bytes } = writeRecords(format, RECORDS);
      sameRecords(readRecords(format, bytes), bytes, "in one chunk");
    },
  },
  {
    id: "format/writer-lengths",
    rule: "a writer tells the length of each payload and of what closes a shard",
    async run(make) {
      const { format } = await make();
      const { sizes, closed } = writeRecords(format, RECORDS);
      same(
        sizes,
        RECORDS.map(({ payload }) => payload.length),
        "lengths given by end",
      );
      same(closed, format.writer().closeBytes, "closeBytes");
    },
  },
  {
    id: "format/empty",
    rule: "a shard without samples is read as none",
    async run(make) {
      const { format } = await make();
      same(readRecords(format, writeRecords(format, []).bytes).length, 0, "number of records");
    },
  },
  {
    id: "format/chunking",
    rule: "the records do not depend on how the bytes are cut into chunks",
    async run(make) {
      const { format } = await make();
      const { bytes } = writeRecords(format, RECORDS);
      for (const lengths of CHUNKINGS) {
        sameRecords(readRecords(format, bytes, { lengths }), bytes, `in chunks of ${lengths}`);
      }
    },
  },
  {
    id: "format/chunk-memory",
    rule: "a chunk may be overwritten once the reader wants more",
    async run(make) {
      const { format } = await make();
      const { bytes } = writeRecords(format, RECORDS);
      for (const lengths of CHUNKINGS) {
        const got = readRecords(format, bytes, { lengths, overwrite: true });
        sameRecords(got, bytes, `in chunks of ${lengths}, overwritten`);
      }
    },
  },
  {
    id: "format/locate",
    rule: "with locate, keys, offsets and sizes are the same, whether payload bytes are given or jumped over",
    async run(make) {
      const { format } = await make();
      const { bytes } = writeRecords(format, RECORDS);
      for (const lengths of [...CHUNKINGS, [bytes.length]]) {
        for (const jump of [false, true]) {
          const got = readRecords(format, bytes, { lengths, jump, locate: true });
          sameRecords(got, bytes, `located in chunks of ${lengths}, jump ${jump}`, true);
        }
      }
    },
  },
  {
    id: "format/span",
    rule: "the bytes of a sample's span are enough for a fresh reader to read it",
    async run(make) {
      const { format } = await make();
      const { bytes } = writeRecords(format, RECORDS);
      for (const [i, { offset, size }] of readRecords(format, bytes).entries()) {
        const { from, length } = format.span(offset, size);
        const reader = format.reader({ shard: "shard-of-the-kit" });
        reader.push(bytes.slice(from, from + length), from);
        same(reader.next(), 1, `step of record ${i}`);
        const got = record(reader, false);
        same([got.key, got.offset], [RECORDS[i]?.key, offset], `key and offset of record ${i}`);
        sameBytes(got.payload, RECORDS[i]?.payload ?? new Uint8Array(), `payload of record ${i}`);
      }
    },
  },
  {
    id: "format/readers-are-apart",
    rule: "readers, and writers, of one format do not disturb each other",
    async run(make) {
      const { format } = await make();
      const [first, second] = [writeRecords(format, RECORDS).bytes, writeRecords(format, RECORDS.slice(2)).bytes];
      const readers = [first, second].map((bytes) => {
        const reader = format.reader({ shard: "shard-of-the-kit" });
        return { reader, walk: steps(reader, bytes, { lengths: [300] }), got: [] as FormatRecord[] };
      });
      for (let going = true; going; ) {
        going = false;
        for (const { reader, walk, got } of readers) {
          if (walk.next().done) continue;
          got.push(record(reader, false));
          going = true;
        }
      }
      sameRecords(readers[0]?.got ?? [], first, "read in turns");
      same(readers[1]?.got.length, RECORDS.length - 2, "records of the second reader");
    },
  },
  {
    id: "format/truncated",
    rule: "a shard that is cut anywhere gives only whole samples, and an error unless the cut lies between samples",
    async run(make) {
      const { format } = await make();
      const records = RECORDS.filter(({ payload }) => payload.length < 600);
      const { bytes } = writeRecords(format, records);
      const whole = readRecords(format, bytes);
      for (let cut = 0; cut < bytes.length; cut += cut % 512 < 20 || cut % 512 > 490 ? 1 : 13) {
        const got: FormatRecord[] = [];
        const reader = format.reader({ shard: "shard-of-the-kit" });
        const code = damage(() => {
          for (const _ of steps(reader, bytes.subarray(0, cut))) got.push(record(reader, false));
        }, `cut at ${cut}`);
        for (const [i, one] of got.entries()) {
          sameBytes(one.payload, records[i]?.payload ?? new Uint8Array(), `payload of record ${i}, cut at ${cut}`);
        }
        const next = whole[got.length];
        const between = next === undefined || cut <= format.span(next.offset, next.size).from;
        ensure(between || code !== undefined, `cut at ${cut}: ${got.length} records and no error`);
      }
    },
  },
  {
    id: "format/garbage",
    rule: "damaged bytes and foreign files give nothing but SHARD_CORRUPT, SHARD_TRUNCATED or DUPLICATE_MEMBER, and an end",
    async run(make) {
      const { format } = await make();
      const { bytes } = writeRecords(format, RECORDS.slice(0, 4));
      damage(() => readRecords(format, new Uint8Array(3000).fill(0x61)), "a text file");
      for (let seed = 1; seed <= 300; seed++) {
        const broken = bytes.slice();
        for (let n = 0; n < 1 + (seed % 5); n++) {
          broken[(seed * 7919 + n * 104_729) % broken.length] = (seed * 31 + n * 17) & 255;
        }
        damage(() => readRecords(format, broken), `damaged bytes, seed ${seed}`);
        damage(() => readRecords(format, pattern(2000, seed)), `foreign bytes, seed ${seed}`);
      }
    },
  },
  {
    id: "format/keys",
    rule: "checkKey takes what can be read again and refuses empty keys, dots and control characters",
    async run(make) {
      const { format } = await make();
      const keys = ["000000001", "a b", "ключ", "日本-😀", "x".repeat(100)];
      for (const key of keys) format.checkKey(key);
      const { bytes } = writeRecords(
        format,
        keys.map((key) => ({ key, payload: pattern(10) })),
      );
      same(
        readRecords(format, bytes).map(({ key }) => key),
        keys,
        "keys",
      );
      for (const key of ["", "a.b", ".", "a\nb", "a\u0000b"]) {
        const checked = (async () => format.checkKey(key))();
        await rejectsWithCode(checked, "KEY_INVALID", `checkKey ${JSON.stringify(key)}`);
      }
    },
  },
  {
    id: "format/other-writers",
    rule: "shards of other writers are read, however they are cut into chunks",
    needs: [needsShards],
    async run(make) {
      const { format, shards = [] } = await make();
      for (const { name, bytes, keys } of shards) {
        for (const lengths of [[bytes.length], [513]]) {
          const got = readRecords(format, bytes, { lengths, overwrite: true });
          same(
            got.map(({ key }) => key),
            keys,
            `keys of ${name} in chunks of ${lengths}`,
          );
        }
      }
    },
  },
  {
    id: "format/unwrap",
    rule: "unwrap of a shard that is not compressed loses no byte",
    needs: [needsUnwrap],
    async run(make) {
      const { format } = await make();
      const { bytes } = writeRecords(format, RECORDS);
      let at = 0;
      const plain: ByteReader = {
        async next() {
          const chunk = bytes.slice(at, at + 700);
          at += chunk.length;
          return chunk.length === 0 ? undefined : chunk;
        },
        async close() {},
      };
      const reader = (await format.unwrap?.(plain, "shard-of-the-kit")) ?? plain;
      const got: number[] = [];
      for (let chunk = await reader.next(); chunk !== undefined; chunk = await reader.next()) got.push(...chunk);
      await reader.close();
      sameBytes(Uint8Array.from(got), bytes, "unwrapped bytes");
    },
  },
];
