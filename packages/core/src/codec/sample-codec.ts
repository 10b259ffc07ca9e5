import type { ByteWriter } from "./byte-writer.ts";
import type { Cursor } from "./cursor.ts";

/** Reads and writes whole samples without intermediate buffers. */
export interface SampleCodec<S> {
  /**
   * Reads the payload that lies between the cursor's position and its end.
   *
   * @throws AtdataError `SCHEMA_MISMATCH` or `MSGPACK_INVALID`, never another error.
   */
  read(cursor: Cursor): S;
  /** Appends a payload. */
  write(out: ByteWriter, sample: S): void;
}
