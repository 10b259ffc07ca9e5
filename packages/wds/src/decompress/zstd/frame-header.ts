import type { Input } from "./input.ts";
import { malformed } from "./malformed.ts";

/** What a frame says before its blocks. */
export interface FrameHeader {
  /** How far back copies may reach. */
  readonly window: number;
  /** Number of decompressed bytes. */
  readonly size: number | undefined;
  /** Whether a check sum follows the blocks. */
  readonly hasSum: boolean;
}

/** The window that the `zstd` command allows without being asked. */
const MAX_WINDOW = 128 * 1024 * 1024;

/**
 * Reads a header, from behind the frame's mark.
 *
 * @see RFC 8878, section 3.1.1.1.
 */
export async function readHeader(input: Input): Promise<FrameHeader> {
  const flags = await input.number(1);
  if ((flags & 8) !== 0) malformed("a frame is of no known form");
  const isSingle = (flags & 0x20) !== 0;
  const descriptor = isSingle ? 0 : await input.number(1);
  const dictionary = await input.number([0, 1, 2, 4][flags & 3] as number);
  if (dictionary !== 0) malformed(`it needs the dictionary ${dictionary}, and dictionaries are not supported`);
  const length = [isSingle ? 1 : 0, 2, 4, 8][flags >> 6] as number;
  const size = length === 0 ? undefined : (await input.number(length)) + (length === 2 ? 256 : 0);
  const window = isSingle ? (size as number) : windowOf(descriptor);
  if (window > MAX_WINDOW) malformed(`it needs a window of ${window} bytes, more than ${MAX_WINDOW}`);
  return { window, size, hasSum: (flags & 4) !== 0 };
}

function windowOf(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}
