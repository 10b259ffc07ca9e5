import { AtdataError, type ShardFormat } from "@atdata/core";
import { decodeMembers, type MemberMap } from "./decode-members.ts";
import { type Decompressors, unwrap } from "./decompress/unwrap.ts";
import { BLOCK, padded } from "./tar-header.ts";
import { TarReader } from "./tar-reader.ts";
import { TarWriter } from "./tar-writer.ts";

/** Settings of {@link wds}. */
export interface WdsOptions {
  /**
   * Decompresses shards that are compressed with bzip2 or xz, for which no decompressor is built in.
   *
   * Gets the bytes of the shard and gives its plain bytes, chunk by chunk; errors become `SHARD_CORRUPT`.
   */
  readonly decompress?:
    | ((bytes: AsyncIterable<Uint8Array>, compression: "bzip2" | "xz") => AsyncIterable<Uint8Array>)
    | undefined;
  /**
   * Which file each field is, where samples have several: `{ image: "jpg", mask: "seg.png" }`.
   *
   * A field that is not named here is the file whose extension is the field's name.
   */
  readonly members?: MemberMap | undefined;
}

const MAX_KEY_LENGTH = 1024;
const controls = /\p{Cc}/u;
const surrogate = /\p{Surrogate}/u;

/** Builds the format with the decompressors of a platform. */
export function wdsFormat(options: WdsOptions, platform: Pick<Decompressors, "gzip" | "zstd">): ShardFormat {
  const { decompress, members: map = {} } = options;
  const decompressors: Decompressors = {
    ...platform,
    bzip2: decompress && ((bytes) => decompress(bytes, "bzip2")),
    xz: decompress && ((bytes) => decompress(bytes, "xz")),
  };
  return {
    name: "wds",
    suffix: ".tar",
    matches: (name) => /\.(tar|tgz)$|\.tar\.(gz|zst|zstd|bz2|xz)$/i.test(name),
    reader: ({ shard, locate }) => new TarReader(shard, locate === true),
    writer: () => new TarWriter(),
    span: (offset, size) => ({ from: offset - BLOCK, length: BLOCK + padded(size) }),
    unwrap: (bytes, shard) => unwrap(bytes, shard, decompressors),
    decodeMembers: (members, type) => decodeMembers(members, type, map),
    checkKey,
  };
}

/** A key becomes a member's name, whose extension starts at the first dot of its last part. */
function checkKey(key: string): void {
  const problem = keyProblem(key);
  if (problem !== undefined) throw new AtdataError("KEY_INVALID", `key ${problem}`, { key: key.slice(0, 100) });
}

function keyProblem(key: string): string | undefined {
  if (key === "" || key.endsWith("/")) return "is empty";
  if (key.includes(".")) return "contains a dot";
  if (controls.test(key) || surrogate.test(key)) return "contains a control character or half a surrogate pair";
  if (key.startsWith("/") || key.includes("//")) return "has an empty path part";
  if (key.startsWith("__")) return "starts with __, which WebDataset reserves";
  if (key.length > MAX_KEY_LENGTH) return `is longer than ${MAX_KEY_LENGTH} characters`;
  return undefined;
}
