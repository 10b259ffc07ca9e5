import { sha256 } from "@noble/hashes/sha2.js";
import { AtdataError } from "../errors.ts";
import { toHex } from "../hasher.ts";
import { describeOp, type Op } from "./ops.ts";
import type { DatasetInput } from "./read-options.ts";
import type { StageState } from "./stage.ts";

const FORMAT = "atdata.state/1";

/**
 * A position in an iteration, as JSON: a few numbers, never payloads.
 *
 * It belongs to the dataset and its operations, but not to a part: any part of any `partition({ by: "sample" })` may go on from it.
 */
export interface DatasetState {
  /** `"atdata.state/1"`. */
  readonly format: string;
  /** Identifies shards and operations. */
  readonly dataset: string;
  /** The position, nested as the operations are. */
  readonly position: StageState;
}

/** Identifies a dataset with its operations by number and names of shards, and by what can be told of the operations. */
export function fingerprint(input: DatasetInput<unknown>, ops: readonly Op[]): string {
  // Names and not urls: a run may go on from a copy in another place.
  const names = input.shards.map(({ url }) => url.slice(url.lastIndexOf("/") + 1));
  const text = JSON.stringify([names, ops.map(describeOp)]);
  return toHex(sha256(new TextEncoder().encode(text))).slice(0, 16);
}

/** Packs a position. */
export function packState(dataset: string, position: StageState): DatasetState {
  return { format: FORMAT, dataset, position };
}

/** Unpacks a state that may have been stored, or throws `FORMAT_INVALID`, `FORMAT_TOO_NEW` or `STATE_MISMATCH`. */
export function unpackState(state: DatasetState, dataset: string): StageState {
  const { format } = state;
  const version = /^atdata\.state\/(\d+)$/.exec(String(format))?.[1];
  if (version === undefined || !isPosition(state.position)) {
    throw new AtdataError("FORMAT_INVALID", "not a dataset state", { format: FORMAT });
  }
  if (version !== "1") {
    throw new AtdataError("FORMAT_TOO_NEW", "state was made by a newer version", {
      format,
      found: version,
      supported: "1",
    });
  }
  if (state.dataset !== dataset) {
    throw new AtdataError(
      "STATE_MISMATCH",
      "state belongs to other shards or operations",
      { want: dataset, got: state.dataset },
      {
        hint: "build the same operations in the same order, then resume",
      },
    );
  }
  return state.position;
}

function isPosition(value: unknown): value is StageState {
  return Array.isArray(value) ? value.every(isPosition) : Number.isSafeInteger(value) && (value as number) >= 0;
}
