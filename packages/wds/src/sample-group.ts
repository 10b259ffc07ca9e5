import type { Member } from "@atdata/core";
import type { MemberName } from "./member-name.ts";
import { BLOCK } from "./tar-header.ts";

const text = new TextDecoder("utf-8", { ignoreBOM: true });

/** The sample whose members are being read: its key, and its files as long as it has no payload. */
export class SampleGroup {
  /** Whether the `msgpack` member was seen. */
  hasPayload = false;
  /** The files of a sample without payload. */
  files: Member[] = [];
  /** One block behind the first header of `files`, an extended one included. */
  filesOffset = 0;
  /** Where the content of the last of `files` ends. */
  filesEnd = 0;
  #key: Uint8Array = new Uint8Array(BLOCK);
  #keyLength = -1;
  #extensions: string[] = [];

  /** Tells whether a member belongs to this sample. */
  holds(name: MemberName): boolean {
    const { bytes, start } = name;
    const length = name.keyEnd - start;
    if (length !== this.#keyLength) return false;
    // From the end, where the keys of neighbours differ.
    for (let i = length - 1; i >= 0; i--) if (bytes[start + i] !== this.#key[i]) return false;
    return true;
  }

  /** Turns to the sample that a member starts. */
  begin(name: MemberName): void {
    const { bytes, start } = name;
    const length = name.keyEnd - start;
    if (length > this.#key.length) this.#key = new Uint8Array(length * 2);
    for (let i = 0; i < length; i++) this.#key[i] = bytes[start + i] as number;
    this.#keyLength = length;
    this.hasPayload = false;
    if (this.files.length > 0) this.files = [];
    if (this.#extensions.length > 0) this.#extensions = [];
  }

  /** Takes note of a member; false when the sample has one of that name already. */
  add(name: MemberName): boolean {
    if (name.isPayload) {
      if (this.hasPayload) return false;
      this.hasPayload = true;
      return true;
    }
    const extension = name.extension;
    if (this.#extensions.includes(extension)) return false;
    this.#extensions.push(extension);
    return true;
  }

  /** Keeps the content of the file that was added last, which lies between two offsets. */
  keep(content: Uint8Array, offset: number, end: number): void {
    if (this.files.length === 0) this.filesOffset = offset;
    this.filesEnd = end;
    this.files.push({ extension: this.#extensions[this.#extensions.length - 1] as string, bytes: content });
  }

  /** The key as text. */
  get key(): string {
    return text.decode(this.#key.subarray(0, Math.max(this.#keyLength, 0)));
  }
}
