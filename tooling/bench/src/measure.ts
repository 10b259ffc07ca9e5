import type { BenchRow, Contest, MeasuredRow, RowReport, Size, TimedRow } from "./bench-row.ts";

const WARM_UPS = 2;
const ROUNDS = 15;

/** Runs a row and judges it. */
export async function measureRow(row: BenchRow, size: Size): Promise<RowReport> {
  return "measure" in row ? measureOther(row, size) : measureTime(row, size);
}

async function measureOther(row: MeasuredRow, size: Size): Promise<RowReport> {
  const { ours, baseline, holds, details } = await row.measure(size);
  const { result } = judge(row, ours, baseline, baseline / ours, details);
  return { result: { ...result, pass: result.pass && holds }, details };
}

async function measureTime(row: TimedRow, size: Size): Promise<RowReport> {
  const contest = await row.start(size);
  try {
    const [rounds, warmUps] = size === "full" ? [ROUNDS, WARM_UPS] : [1, 1];
    const { ours, baseline, first } = await alternate(contest, warmUps, rounds);
    const inUnit = (ms: number): number => (row.unit === "ms" ? ms : (contest.bytes ?? 0) / 1e3 / ms);
    const tell = (name: string, times: readonly number[], firstMs: number): string => {
      const sorted = times.map(inUnit).sort((a, b) => a - b);
      const [low, high] = [sorted[0] as number, sorted[sorted.length - 1] as number];
      const spread = `${round(low)} to ${round(high)}`;
      return `${name}: ${round(inUnit(median(times)))} ${row.unit} (${spread}), first pass ${round(inUnit(firstMs))}`;
    };
    const [a, b] = [median(ours), median(baseline)];
    return judge(row, inUnit(a), inUnit(b), b / a, [
      tell("ours", ours, first.ours),
      tell("baseline", baseline, first.baseline),
    ]);
  } finally {
    await contest.close?.();
  }
}

interface Times {
  readonly ours: readonly number[];
  readonly baseline: readonly number[];
  readonly first: { readonly ours: number; readonly baseline: number };
}

/**
 * Times both sides in turn, the one that goes first changing from round to round.
 *
 * Garbage is never collected between rounds: that throws optimised code away and is nobody's steady state.
 */
async function alternate(contest: Contest, warmUps: number, rounds: number): Promise<Times> {
  const ours: number[] = [];
  const baseline: number[] = [];
  for (let round = 0; round < warmUps + rounds; round++) {
    if (round % 2 === 0) {
      ours.push(await time(() => contest.ours()));
      baseline.push(await time(() => contest.baseline()));
    } else {
      baseline.push(await time(() => contest.baseline()));
      ours.push(await time(() => contest.ours()));
    }
  }
  const first = { ours: ours[0] as number, baseline: baseline[0] as number };
  return { ours: ours.slice(warmUps), baseline: baseline.slice(warmUps), first };
}

async function time(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
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
