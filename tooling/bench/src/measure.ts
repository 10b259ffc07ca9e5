import type { BenchRow, MeasuredRow, RowReport, Side, Size, TimedRow } from "./bench-row.ts";

const WARM_UPS = 2;
const ROUNDS = 15;

/** Runs a row that is decided by something else than time, and judges it. */
export async function measureOther(row: MeasuredRow, size: Size): Promise<RowReport> {
  const { ours, baseline, holds, details } = await row.measure(size);
  const { result } = judge(row, ours, baseline, baseline / ours, details);
  return { result: { ...result, pass: result.pass && holds }, details };
}

/** Does the work of one side of a row once, and gives the milliseconds that it took. */
export type Pass = () => Promise<number>;

/** Runs both sides of a row in turn and judges it; `bytes` is what one pass works through. */
export async function measureTime(
  row: TimedRow,
  sides: Record<Side, Pass>,
  bytes: number,
  size: Size,
): Promise<RowReport> {
  const [rounds, warmUps] = size === "full" ? [ROUNDS, WARM_UPS] : [1, 1];
  const { ours, baseline, first } = await alternate(sides, warmUps, rounds);
  const inUnit = (ms: number): number => (row.unit === "ms" ? ms : bytes / 1e3 / ms);
  const tell = (name: Side, times: readonly number[]): string => {
    const sorted = times.map(inUnit).sort((a, b) => a - b);
    const spread = `${round(sorted[0] as number)} to ${round(sorted[sorted.length - 1] as number)}`;
    return `${name}: ${round(inUnit(median(times)))} ${row.unit} (${spread}), first pass ${round(inUnit(first[name]))}`;
  };
  const [a, b] = [median(ours), median(baseline)];
  return judge(row, inUnit(a), inUnit(b), b / a, [tell("ours", ours), tell("baseline", baseline)]);
}

interface Times extends Record<Side, readonly number[]> {
  readonly first: Record<Side, number>;
}

/**
 * Times both sides in turn, the one that goes first changing from round to round.
 *
 * Garbage is never collected between rounds: that throws optimised code away and is nobody's steady state.
 */
async function alternate(sides: Record<Side, Pass>, warmUps: number, rounds: number): Promise<Times> {
  const ours: number[] = [];
  const baseline: number[] = [];
  for (let round = 0; round < warmUps + rounds; round++) {
    if (round % 2 === 0) ours.push(await sides.ours());
    baseline.push(await sides.baseline());
    if (round % 2 === 1) ours.push(await sides.ours());
  }
  const first = { ours: ours[0] as number, baseline: baseline[0] as number };
  return { ours: ours.slice(warmUps), baseline: baseline.slice(warmUps), first };
}

function judge(row: BenchRow, ours: number, baseline: number, ratio: number, details: readonly string[]): RowReport {
  const { id, what, unit, bar } = row;
  const pass = bar === null || ratio >= bar;
  const result = { id, what, ours: round(ours), baseline: round(baseline), unit, ratio: round(ratio), bar, pass };
  return { result, details };
}

/** Gives the middle of some numbers, or the mean of the middle two. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length / 2;
  return ((sorted[Math.ceil(half) - 1] as number) + (sorted[Math.floor(half)] as number)) / 2;
}

/** Rounds to two decimals. */
function round(value: number): number {
  return Math.round(value * 100) / 100;
}
