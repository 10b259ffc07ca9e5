import { AtdataError } from "@atdata/core";

/** The file names that a target such as `digits.tar` stands for. */
export interface ShardNames {
  /** Name of the dataset, without suffix: what its sidecars are named by. */
  readonly dataset: string;
  /** The name of the shard when there is only one. */
  readonly single: string;
  /** The name of shard `n`, counted from 0, when there may be several. */
  numbered(n: number): string;
}

const MAX_BYTES = 255;
const DIGITS = 6;
/** `%d`, `%6d`, `%06d`, or a percent sign written as `%%`. */
const directive = /%(?:%|(0?)(\d{0,2})d)/g;

/**
 * Names the shards of a dataset as Python's writer does.
 *
 * `digits.tar` gives `digits.tar` alone and `digits-000000.tar`, `digits-000001.tar`, … for several; stem and suffix part at the last
 * dot. A target with a printf pattern, `digits-%04d.tar`, is itself the form of the names, and `single` is its number 0.
 *
 * @param target - A plain file name, without folders.
 * @throws {@link AtdataError} `REF_INVALID` – no name for a shard: empty, hidden, with a path separator or control character, too
 *   long, or with a percent sign that is no pattern.
 * @example
 * ```ts
 * import { shardNames } from "@atdata/wds";
 * const names = shardNames("digits.tar");
 * names.dataset; // -> "digits"
 * names.numbered(12); // -> "digits-000012.tar"
 * ```
 */
export function shardNames(target: string): ShardNames {
  const problem = nameProblem(target);
  if (problem !== undefined) refuse(target, problem.clause, problem.hint);
  const { stem, suffix } = splitName(target);
  if (!target.includes("%")) {
    return { dataset: stem, single: target, numbered: (n) => `${stem}-${padNumber(n, DIGITS)}${suffix}` };
  }
  const numbered = (n: number) => format(target, n);
  // What parts the number from the name belongs to the number.
  const dataset = stem
    .replace(/^%0?\d{0,2}d[-_.]*/, "")
    .replace(/[-_.]?%0?\d{0,2}d/, "")
    .replaceAll("%%", "%");
  if (dataset === "") refuse(target, "has nothing but a number for a name", "write <name>-%06d.tar");
  return { dataset, single: numbered(0), numbered };
}

/**
 * Names shard `n` of several, counted from 0; see {@link shardNames}.
 *
 * @throws {@link AtdataError} `REF_INVALID`.
 */
export function shardName(target: string, n: number): string {
  return shardNames(target).numbered(n);
}

/**
 * Gives the name of the dataset that a target stands for: without suffix and number.
 *
 * @throws {@link AtdataError} `REF_INVALID`.
 */
export function datasetStem(target: string): string {
  return shardNames(target).dataset;
}

function splitName(name: string): { stem: string; suffix: string } {
  const dot = name.lastIndexOf(".");
  return dot < 0 ? { stem: name, suffix: "" } : { stem: name.slice(0, dot), suffix: name.slice(dot) };
}

function format(target: string, n: number): string {
  return target.replace(directive, (match, zero: string | undefined, width: string | undefined) => {
    if (match === "%%") return "%";
    return padNumber(n, Number(width), zero === "" ? " " : "0");
  });
}

function padNumber(n: number, width: number, fill = "0"): string {
  if (!Number.isSafeInteger(n) || n < 0) throw new RangeError(`shard number ${n} is not a whole number`);
  return String(n).padStart(width, fill);
}

function nameProblem(name: string): { clause: string; hint: string } | undefined {
  const plain = "give a plain file name such as digits.tar";
  if (name === "") return { clause: "is empty", hint: plain };
  if (/[/\\]/.test(name)) return { clause: "has a path separator", hint: plain };
  if (/[\p{Cc}\p{Surrogate}]/u.test(name))
    return { clause: "has a control character or half a surrogate pair", hint: plain };
  if (name.startsWith(".")) return { clause: "is hidden", hint: "start it with another character than a dot" };
  // Room for a number and the sidecars' suffixes.
  if (new TextEncoder().encode(name).length > MAX_BYTES - 32) return { clause: "is too long", hint: "shorten it" };
  const patterns = (name.match(directive) ?? []).filter((match) => match !== "%%");
  if (!name.includes("%")) return undefined;
  if (name.replace(directive, "").includes("%") || patterns.length !== 1) {
    return {
      clause: "has a percent sign that is no number pattern",
      hint: "write one %06d, and %% for a percent sign",
    };
  }
  return splitName(name).suffix.includes("%")
    ? { clause: "has its number in the suffix", hint: "write <name>-%06d.tar" }
    : undefined;
}

function refuse(target: string, clause: string, hint: string): never {
  throw new AtdataError("REF_INVALID", `the name ${clause}`, { ref: target.slice(0, 300) }, { hint });
}
