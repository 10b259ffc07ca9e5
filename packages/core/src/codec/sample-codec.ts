import type { ExtraOptions } from "../schema/extra-options.ts";
import type { ByteWriter } from "./byte-writer.ts";
import type { Cursor } from "./cursor.ts";

/** Reads and writes whole samples without intermediate buffers. */
export interface SampleCodec<S> {
  /**
   * Reads the payload that lies between the cursor's position and its end.
   *
   * @throws AtdataError `SCHEMA_MISMATCH` or `MSGPACK_INVALID`, never another error.
   */
  read(cursor: Cursor, options?: ExtraOptions): S;
  /**
   * Appends a payload; appends nothing when it throws.
   *
   * @throws AtdataError `SCHEMA_MISMATCH` or `INTEGER_TOO_LARGE`.
   */
  write(out: ByteWriter, sample: S, options?: ExtraOptions): void;
}
