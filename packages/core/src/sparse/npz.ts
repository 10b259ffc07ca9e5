import { unzipSync, type Zippable, zipSync } from "fflate";
import { AtdataError } from "../errors.ts";
import type { NdArray } from "../ndarray/ndarray.ts";
import { decodeNpy, encodeNpy } from "../ndarray/npy.ts";

// A sparse matrix has six members; deflate cannot shrink anything to less than a 1032nd.
const maxMembers = 16;
const maxRatio = 1032;
const maxBytes = 1 << 30;

/**
 * Reads the arrays of an NPZ file (a zip of `.npy` members), by name.
 *
 * @throws {@link AtdataError} `NDARRAY_INVALID` – malformed, more than 16 members, or more than 1 GiB when unpacked.
 */
export function decodeNpz(bytes: Uint8Array): Map<string, NdArray> {
  const arrays = new Map<string, NdArray>();
  for (const [name, member] of Object.entries(unzip(bytes))) {
    if (name.endsWith(".npy")) arrays.set(name.slice(0, -4), decodeNpy(member));
  }
  return arrays;
}

/** Writes arrays as an NPZ file, deflated. The same arrays give the same bytes, but not those that numpy's zlib gives. */
export function encodeNpz(arrays: Iterable<readonly [string, NdArray]>): Uint8Array {
  // numpy, too, dates every member 1980: the earliest that a zip can say.
  const mtime = new Date(1980, 0, 1);
  const members: Zippable = {};
  for (const [name, array] of arrays) members[`${name}.npy`] = [encodeNpy(array), { mtime, level: 6 }];
  return zipSync(members);
}

function unzip(bytes: Uint8Array): Record<string, Uint8Array> {
  let members = 0;
  let total = 0;
  try {
    return unzipSync(bytes, {
      filter({ name, size, originalSize, compression }) {
        members++;
        total += originalSize;
        if (members > maxMembers) throw invalid(`npz has more than ${maxMembers} members`);
        if (total > maxBytes) throw invalid(`npz unpacks to more than ${maxBytes} bytes`);
        if (compression !== 0 && originalSize > (size + 1) * maxRatio)
          throw invalid(`${name} cannot unpack to ${originalSize} bytes`);
        return true;
      },
    });
  } catch (cause) {
    if (cause instanceof AtdataError) throw cause;
    throw new AtdataError("NDARRAY_INVALID", "npz is no readable zip file", {}, { cause });
  }
}

function invalid(clause: string): AtdataError {
  return new AtdataError("NDARRAY_INVALID", clause, {});
}
