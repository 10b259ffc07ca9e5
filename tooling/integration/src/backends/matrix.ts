import type { CaseResult, ProtocolReport } from "@atdata/conformance";

/** What became of each rule: by protocol, then rule, then backend. */
export type Matrix = Map<string, Map<string, Map<string, string>>>;

const INTRODUCTION = `# Backends

What the ones that come with atdata do of the rules of [\`@atdata/conformance\`](../packages/conformance/README.md). A rule that
is not for a backend says what the backend does not have or declare; otherwise it has to keep it.

This page is written by \`node tooling/integration/src/backends/main.ts\`, which runs every case, and compared by a test with what
the cases give. Your own backend gets its report from \`atdata conformance\`: see [Write your own backend](write-your-own-backend.md).
`;

/** Puts a backend's column into the matrix, in place of the one it has. */
export function putColumn(matrix: Matrix, backend: string, reports: readonly ProtocolReport[]): void {
  for (const rules of matrix.values()) for (const marks of rules.values()) marks.delete(backend);
  for (const { protocol, results } of reports) {
    const rules = matrix.get(protocol) ?? new Map<string, Map<string, string>>();
    matrix.set(protocol, rules);
    for (const result of results) {
      const rule = result.rule.replaceAll("|", "\\|");
      const marks = rules.get(rule) ?? new Map<string, string>();
      // Every report has all rules of its protocol, so that the last one tells their order.
      rules.delete(rule);
      rules.set(rule, marks.set(backend, markOf(result)));
    }
  }
}

/** Writes the page; `backends` are the columns, in their order. */
export function renderMatrix(matrix: Matrix, backends: readonly string[]): string {
  const parts = [INTRODUCTION];
  for (const protocol of [...matrix.keys()].sort()) {
    const rules = [...(matrix.get(protocol) ?? [])].filter(([, marks]) => marks.size > 0);
    const columns = backends.filter((backend) => rules.some(([, marks]) => marks.has(backend)));
    if (columns.length === 0) continue;
    const rows = rules.map(([rule, marks]) => row([rule, ...columns.map((backend) => marks.get(backend) ?? "")]));
    parts.push(
      [`## ${protocol}\n`, row(["rule", ...columns]), row(["---", ...columns.map(() => ":-:")]), ...rows, ""].join(
        "\n",
      ),
    );
  }
  return parts.join("\n");
}

/** Reads what {@link renderMatrix} wrote. */
export function parseMatrix(page: string): Matrix {
  const matrix: Matrix = new Map();
  let rules = new Map<string, Map<string, string>>();
  let columns: readonly string[] = [];
  for (const line of page.split("\n")) {
    const protocol = /^## (.+)$/.exec(line)?.[1];
    if (protocol !== undefined) {
      rules = new Map();
      matrix.set(protocol, rules);
    }
    const [first, ...cells] = line.startsWith("|") ? line.slice(2, -2).split(/ (?<!\\)\| /) : [];
    if (first === "rule") columns = cells;
    else if (first !== undefined && first !== "---")
      rules.set(first, new Map(columns.map((name, i) => [name, cells[i] ?? ""])));
  }
  return matrix;
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

function markOf({ outcome, reason }: CaseResult): string {
  if (outcome === "passed") return "✓";
  return outcome === "skipped" ? (reason ?? outcome) : outcome;
}
