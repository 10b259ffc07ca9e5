import { AtdataError } from "../errors.ts";
import type { StageState } from "./stage.ts";

const FORMAT = "atdata.state/1";
/** Levels of a position; each operation adds at most one. */
const MAX_DEPTH = 1000;

/**
 * A position in an iteration, as JSON: a few numbers, never payloads.
 *
 * It belongs to the dataset and its operations, but not to a part: any part of any `partition({ by: "sample" })` may go
 * on from it.
 */
export interface DatasetState {
  /** `"atdata.state/1"`. */
  readonly format: string;
  /** Identifies shards and operations. */
  readonly dataset: string;
  /** Identifies what a shuffled order depends on besides its seed; absent where there is no such order. */
  readonly order?: string;
  /** The position, nested as the operations are; `[]` is the start. */
  readonly position: StageState | readonly [];
}

/** Packs a position; without one, the start. */
export function packState(dataset: string, order: string | undefined, position: StageState | undefined): DatasetState {
  return { format: FORMAT, dataset, ...(order !== undefined && { order }), position: position ?? [] };
}

/**
 * Checks a state that may have been stored.
 *
 * @throws AtdataError `FORMAT_INVALID`, `FORMAT_TOO_NEW` or `STATE_MISMATCH`.
 */
export function checkState(state: DatasetState, dataset: string): DatasetState {
  const { format, position } = (state ?? {}) as Partial<DatasetState>;
  const version = /^atdata\.state\/(\d+)$/.exec(String(format))?.[1];
  if (version !== undefined && version !== "1") {
    const fields = { format: "atdata.state", found: version, supported: "1" };
    throw new AtdataError("FORMAT_TOO_NEW", "state was made by a newer version", fields);
  }
  if (version === undefined || !(isStart(position) || isPosition(position, 0))) {
    throw new AtdataError("FORMAT_INVALID", "not a dataset state", { format: FORMAT });
  }
  if (state.dataset !== dataset) throw mismatch("state belongs to other shards or operations", dataset, state.dataset);
  return state;
}

/** Checks that a state was taken in the order that is read now, and gives its position; `undefined` is the start. */
export function positionIn(state: DatasetState, order: string | undefined): StageState | undefined {
  if (isStart(state.position)) return undefined;
  if (state.order === order) return state.position as StageState;
  throw mismatch("state was taken when more or less was known of the shards", String(order), String(state.order));
}

/** Takes a position that is one number. */
export function asPosition(state: StageState | undefined): number | undefined {
  if (state === undefined || typeof state === "number") return state;
  throw mismatch("state is nested deeper than the operations", "number", "pair");
}

/** Takes a position that has a number beside it. */
export function asPair(state: StageState | undefined): readonly [StageState, number] | undefined {
  if (state === undefined) return undefined;
  if (Array.isArray(state) && typeof state[1] === "number") return state as readonly [StageState, number];
  throw mismatch("state is nested less than the operations", "pair", typeof state);
}

function isStart(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

function isPosition(value: unknown, depth: number): boolean {
  if (!Array.isArray(value)) return Number.isSafeInteger(value) && (value as number) >= 0;
  return depth < MAX_DEPTH && value.length === 2 && value.every((part) => isPosition(part, depth + 1));
}

function mismatch(clause: string, want: string, got: unknown): AtdataError {
  const hint = "resume on the same shards with the same operations in the same order";
  return new AtdataError("STATE_MISMATCH", clause, { want, got: String(got) }, { hint });
}
