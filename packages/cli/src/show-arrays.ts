import { decodeNdArray, decodeStructured, isAtdataError, type RawSample } from "@atdata/core";

/** Replaces bytes that are exactly an array, or an array of records, by it. */
export function showArrays(sample: RawSample): RawSample {
  const shown: RawSample = Object.create(null);
  for (const [name, value] of Object.entries(sample)) {
    shown[name] = value instanceof Uint8Array ? (asArray(value) ?? value) : value;
  }
  return shown;
}

function asArray(bytes: Uint8Array): unknown {
  for (const decode of [decodeNdArray, decodeStructured]) {
    try {
      return decode(bytes);
    } catch (error) {
      if (!isAtdataError(error)) throw error;
    }
  }
  return undefined;
}
