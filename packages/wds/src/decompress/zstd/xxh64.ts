const P1 = 0x9e3779b185ebca87n;
const P2 = 0xc2b2ae3d27d4eb4fn;
const P3 = 0x165667b19e3779f9n;
const P4 = 0x85ebca77c2b2ae63n;
const P5 = 0x27d4eb2f165667c5n;
const STRIPE = 32;

/**
 * The hash xxh64 without seed, over bytes that come in parts.
 *
 * A BigInt for each number takes twenty times as long, so that the many rounds work on halves of 32 bits.
 */
export class Xxh64 {
  /** Four accumulators, the low half before the high one. */
  readonly #state: Int32Array = new Int32Array(BigInt64Array.of(P1 + P2, P2, 0n, -P1).buffer);
  /** Bytes that are no whole stripe yet. */
  readonly #rest: Uint8Array = new Uint8Array(STRIPE);
  #length = 0;

  /** Hashes `bytes` from `from` to `end`. */
  update(bytes: Uint8Array, from: number, end: number): void {
    const held = this.#length % STRIPE;
    this.#length += end - from;
    let at = from;
    if (held > 0) {
      at = Math.min(end, from + STRIPE - held);
      this.#rest.set(bytes.subarray(from, at), held);
      if (held + at - from < STRIPE) return;
      this.#stripes(this.#rest, 0, STRIPE);
    }
    const whole = at + Math.floor((end - at) / STRIPE) * STRIPE;
    this.#stripes(bytes, at, whole);
    this.#rest.set(bytes.subarray(whole, end));
  }

  /** Gives the lower 32 bits of the hash of all bytes. */
  low32(): number {
    const lanes = new BigUint64Array(this.#state.buffer);
    const [a = 0n, b = 0n, c = 0n, d = 0n] = lanes;
    let hash = P5;
    if (this.#length >= STRIPE) {
      hash = rotate(a, 1n) + rotate(b, 7n) + rotate(c, 12n) + rotate(d, 18n);
      for (const lane of lanes) hash = (hash ^ mixed(lane)) * P1 + P4;
    }
    hash = wrap(hash + BigInt(this.#length));
    const view = new DataView(this.#rest.buffer, 0, this.#length % STRIPE);
    let at = 0;
    for (; at + 8 <= view.byteLength; at += 8) hash = rotate(hash ^ mixed(view.getBigUint64(at, true)), 27n) * P1 + P4;
    if (at + 4 <= view.byteLength) {
      hash = rotate(hash ^ (BigInt(view.getUint32(at, true)) * P1), 23n) * P2 + P3;
      at += 4;
    }
    for (; at < view.byteLength; at++) hash = rotate(hash ^ (BigInt(view.getUint8(at)) * P5), 11n) * P1;
    hash = wrap(hash);
    hash = wrap((hash ^ (hash >> 33n)) * P2);
    hash = wrap((hash ^ (hash >> 29n)) * P3);
    return Number((hash ^ (hash >> 32n)) & 0xffffffffn);
  }

  #stripes(bytes: Uint8Array, from: number, end: number): void {
    const state = this.#state;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let at = from; at < end; at += STRIPE) {
      for (let lane = 0; lane < 8; lane += 2) {
        round(state, lane, view.getInt32(at + 4 * lane, true), view.getInt32(at + 4 * lane + 4, true));
      }
    }
  }
}

/** Does `rotate(state + input · P2, 31) · P1` with halves; every sum is of 32 bits, so that none becomes a double. */
function round(state: Int32Array, lane: number, inputLow: number, inputHigh: number): void {
  const productLow = Math.imul(inputLow, 0x27d4eb4f);
  const cross = Math.imul(inputHigh, 0x27d4eb4f) + Math.imul(inputLow, 0xc2b2ae3d);
  const productHigh = (highOf(inputLow, 0x27d4, 0xeb4f) + cross) | 0;
  const low = ((state[lane] as number) + productLow) | 0;
  const carry = low >>> 0 < productLow >>> 0 ? 1 : 0;
  const high = ((state[lane + 1] as number) + productHigh + carry) | 0;
  const turnedLow = (low << 31) | (high >>> 1);
  const turnedHigh = (high << 31) | (low >>> 1);
  const turnedCross = Math.imul(turnedHigh, 0x85ebca87) + Math.imul(turnedLow, 0x9e3779b1);
  state[lane] = Math.imul(turnedLow, 0x85ebca87);
  state[lane + 1] = highOf(turnedLow, 0x85eb, 0xca87) + turnedCross;
}

/** Gives the high half of a product of two numbers of 32 bits; the second one comes in halves, `c` being the higher. */
function highOf(number: number, c: number, d: number): number {
  const a = number >>> 16;
  const b = number & 0xffff;
  const middle = (Math.imul(a, d) + (Math.imul(b, d) >>> 16)) | 0;
  const other = (Math.imul(b, c) + (middle & 0xffff)) | 0;
  return (Math.imul(a, c) + (middle >>> 16) + (other >>> 16)) | 0;
}

function wrap(value: bigint): bigint {
  return BigInt.asUintN(64, value);
}

function rotate(value: bigint, count: bigint): bigint {
  const bits = wrap(value);
  return wrap(bits << count) | (bits >> (64n - count));
}

function mixed(input: bigint): bigint {
  return wrap(rotate(input * P2, 31n) * P1);
}
