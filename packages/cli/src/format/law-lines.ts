import type { AnyLens, CounterExample, LawResult, LensReport, RawSample, SampleType } from "@atdata/core";
import type { Colors } from "../terminal.ts";
import { sampleJson } from "./sample-json.ts";
import { formatTable } from "./table.ts";
import { plainText } from "./text.ts";

type Report = LensReport<RawSample, RawSample>;
type LawName = Exclude<keyof Report, "ok">;

/** The laws, and what each of them says. */
const LAWS: Readonly<Record<LawName, string>> = {
  types: "get and put give samples of their types",
  getPut: "putting back what was got changes nothing",
  putGet: "what was put is got",
  putPut: "of two puts the last one counts",
};

/** Gives the JSON form of what trying the laws has shown. */
export function lawFacts(report: Report, lens: AnyLens): Record<string, unknown> {
  const laws = lawsOf(report).map(([name, { holds, tried, counterExample }]) => [
    name,
    { holds: holds ?? null, tried, ...(counterExample && { counterExample: exampleJson(counterExample, lens) }) },
  ]);
  return { ok: report.ok, laws: Object.fromEntries(laws) };
}

/** Tells what trying the laws has shown, for people. */
export function lawLines(report: Report, lens: AnyLens, colors: Colors): string[] {
  const rows = lawsOf(report).map(([name, law]) => [outcomeText(law, colors), LAWS[name], `${law.tried} tried`]);
  const lines = formatTable(rows, ["left", "left", "right"]);
  for (const [name, { counterExample }] of lawsOf(report)) {
    if (counterExample === undefined) continue;
    lines.push("", `not so: ${LAWS[name]}`);
    for (const [key, value] of Object.entries(exampleJson(counterExample, lens))) {
      lines.push(`  ${colors.dim(key)} ${plainText(JSON.stringify(value) ?? "")}`);
    }
  }
  return lines;
}

function lawsOf(report: Report): readonly (readonly [LawName, LawResult<RawSample, RawSample>])[] {
  return (Object.keys(LAWS) as LawName[]).map((name) => [name, report[name]] as const);
}

function outcomeText({ holds }: LawResult<RawSample, RawSample>, { green, red, dim }: Colors): string {
  if (holds === undefined) return dim("not tried");
  return holds ? green("holds") : red("fails");
}

function exampleJson(
  { sample, view, want, got, error }: CounterExample<RawSample, RawSample>,
  { source, view: shown }: AnyLens,
): Record<string, unknown> {
  const json = (value: unknown, type: SampleType | undefined): unknown =>
    typeof value === "object" && value !== null
      ? sampleJson(value as Record<string, unknown>, type, { full: false })
      : (value ?? null);
  return {
    sample: json(sample, source),
    ...(view !== undefined && { view: json(view, shown) }),
    ...(want !== undefined && { want: json(want, undefined) }),
    ...(got !== undefined && { got: json(got, undefined) }),
    ...(error !== undefined && { error: error instanceof Error ? error.message : String(error) }),
  };
}
