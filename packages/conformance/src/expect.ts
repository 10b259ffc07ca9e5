import { isAtdataError } from "@atdata/core";
import { ConformanceError } from "./case.ts";

/** Fails unless `condition` holds. */
export function ensure(condition: unknown, message: string): asserts condition {
  if (!condition) throw new ConformanceError(message);
}

/** Fails unless two values are the same, compared as JSON when they are no primitives. */
export function same(got: unknown, want: unknown, what: string): void {
  const [left, right] = [show(got), show(want)];
  if (left !== right) throw new ConformanceError(`${what}: want ${right}, got ${left}`);
}

/** Fails unless `got` holds exactly the bytes `want`, and says where they part. */
export function sameBytes(got: Uint8Array | undefined, want: Uint8Array, what: string): void {
  ensure(got !== undefined, `${what}: want ${want.length} bytes, got undefined`);
  if (got.length !== want.length) {
    throw new ConformanceError(`${what}: want ${want.length} bytes, got ${got.length}`);
  }
  for (let i = 0; i < want.length; i++) {
    if (got[i] !== want[i]) throw new ConformanceError(`${what}: byte ${i} is ${got[i]}, want ${want[i]}`);
  }
}

/** Fails unless the promise rejects with an `AtdataError` of this code. */
export async function rejectsWithCode(
  promise: Promise<unknown> | undefined,
  code: string,
  what: string,
): Promise<void> {
  const error = await rejection(promise, what);
  if (!isAtdataError(error)) throw new ConformanceError(`${what}: want ${code}, got ${String(error)}`);
  same(error.code, code, what);
}

/** Fails unless the promise rejects with exactly this reason. */
export async function rejectsWithReason(
  promise: Promise<unknown> | undefined,
  reason: Error,
  what: string,
): Promise<void> {
  const error = await rejection(promise, what);
  ensure(error === reason, `${what}: want the signal's reason, got ${String(error)}`);
}

/** Gives what the promise rejects with. */
export async function rejection(promise: Promise<unknown> | undefined, what: string): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new ConformanceError(`${what}: want a rejection, got none`);
}

const patterns = new Map<number, Uint8Array>();

/** Makes bytes that tell their place: no two mebibytes, and no two files of different `seed`, are alike. */
export function pattern(length: number, seed = 0): Uint8Array {
  let known = patterns.get(seed);
  if (known === undefined || known.length < length) {
    known = new Uint8Array(length);
    for (let i = 0; i < length; i++) known[i] = (i * 31 + (i >> 8) * 7 + (i >> 16) * 3 + seed * 101) & 255;
    patterns.set(seed, known);
  }
  return known.slice(0, length);
}

/** Gives the items of an async iterable. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** SHA-256 as lower-case hex, by the runtime's own implementation. */
export async function sha256(bytes: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new Uint8Array(bytes));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function show(value: unknown): string {
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
}
