import { writeFileSync } from "node:fs";
import { encodeDynamic } from "@atdata/core";

/** Builds a ustar archive, independently of the writer of the library. */
export function tar(members: readonly (readonly [name: string, content: Uint8Array])[]): Buffer {
  const blocks: Buffer[] = [];
  for (const [name, content] of members) {
    const header = Buffer.alloc(512);
    header.write(name, 0);
    header.write("0000644\0", 100);
    header.write("0000000\0", 108);
    header.write("0000000\0", 116);
    header.write(`${content.length.toString(8).padStart(11, "0")}\0`, 124);
    header.write("00000000000\0", 136);
    header.write("        ", 148);
    header.write("0", 156);
    header.write("ustar\x0000", 257, "latin1");
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
    blocks.push(header, Buffer.from(content), Buffer.alloc((512 - (content.length % 512)) % 512));
  }
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

/** Writes an archive of untyped samples, each one msgpack member: keys and fields. */
export function writeSamples(path: string, samples: Readonly<Record<string, Readonly<Record<string, unknown>>>>): void {
  const members = Object.entries(samples).map(([key, fields]) => [`${key}.msgpack`, encodeDynamic(fields)] as const);
  writeFileSync(path, tar(members));
}
