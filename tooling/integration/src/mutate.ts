import type { Random } from "./random.ts";

const BLOCK = 512;
/** Bytes that start something large or deep in msgpack, and what else is seldom hit by chance. */
const SPECIAL = [0x00, 0x7f, 0x80, 0xc0, 0xc1, 0xc6, 0xc9, 0xcf, 0xd3, 0xdb, 0xdd, 0xdf, 0xff];

/** Damages a copy of `bytes` in one to four ways. */
export function mutate(bytes: Uint8Array, random: Random): Uint8Array {
  let result: Uint8Array = bytes.slice();
  for (let times = 1 + random(4); times > 0 && result.length > 0; times--) result = once(result, random);
  return result;
}

function once(bytes: Uint8Array, random: Random): Uint8Array {
  const at = random(bytes.length);
  const block = Math.floor(at / BLOCK) * BLOCK;
  switch (random(9)) {
    case 0:
      bytes[at] = random(256);
      return bytes;
    case 1:
      bytes[at] = SPECIAL[random(SPECIAL.length)] as number;
      return bytes;
    case 2:
      return bytes.slice(0, at);
    case 3:
      return splice(
        bytes,
        at,
        0,
        Uint8Array.from({ length: 1 + random(40) }, () => random(256)),
      );
    case 4:
      return splice(bytes, at, 1 + random(600), new Uint8Array());
    case 5:
      return splice(bytes, block, 0, bytes.slice(block, block + BLOCK * (1 + random(3))));
    case 6:
      return splice(bytes, block, BLOCK * (1 + random(3)), new Uint8Array());
    case 7:
      bytes.fill(random(2) * 0xff, at, at + random(64));
      return bytes;
    default:
      return headerField(bytes, block, random);
  }
}

/** Changes a field of what may be a tar header, and makes its checksum right again. */
function headerField(bytes: Uint8Array, block: number, random: Random): Uint8Array {
  if (block + BLOCK > bytes.length) return bytes;
  const header = bytes.subarray(block, block + BLOCK);
  const [start, end] = (
    [
      [0, 100],
      [124, 136],
      [156, 157],
      [257, 265],
      [345, 500],
    ] as const
  )[random(5)] as [number, number];
  const characters = "01234567xLKSgDV0./\0 é\x80";
  for (let i = start; i < end; i++) if (random(3) === 0) header[i] = characters.charCodeAt(random(characters.length));
  header.fill(0x20, 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.set(new TextEncoder().encode(`${sum.toString(8).padStart(6, "0")}\0 `), 148);
  return bytes;
}

function splice(bytes: Uint8Array, at: number, remove: number, insert: Uint8Array): Uint8Array {
  const rest = bytes.subarray(Math.min(bytes.length, at + remove));
  const result = new Uint8Array(at + insert.length + rest.length);
  result.set(bytes.subarray(0, at));
  result.set(insert, at);
  result.set(rest, at + insert.length);
  return result;
}

const VALUES: readonly unknown[] = [
  null,
  true,
  -1,
  1e300,
  0.5,
  2 ** 53,
  "",
  "../x",
  "x".repeat(300),
  [],
  {},
  [[]],
  [null],
];

/** Puts a value of another kind in one place of a JSON text, or takes something out. */
export function mutateJson(bytes: Uint8Array, random: Random): Uint8Array {
  const json: unknown = JSON.parse(new TextDecoder().decode(bytes));
  const places: [Record<string, unknown>, string][] = [];
  const visit = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    for (const [key, child] of Object.entries(value)) {
      places.push([value as Record<string, unknown>, key]);
      visit(child);
    }
  };
  visit(json);
  const [parent, key] = places[random(places.length)] as [Record<string, unknown>, string];
  if (random(4) === 0) delete parent[key];
  else parent[key] = VALUES[random(VALUES.length)];
  return new TextEncoder().encode(JSON.stringify(json));
}
