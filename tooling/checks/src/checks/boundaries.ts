import {
  cruise,
  type ICruiseOptions,
  type ICruiseResult,
  type IReachabilityForbiddenRuleType,
  type IRegularForbiddenRuleType,
} from "dependency-cruiser";
import type { Check, Outcome } from "../check.ts";
import type { Repo } from "../repo.ts";

const BACKENDS = "local|wds|atmosphere|manifest";
const WITH_WEB_ROOT = "core|wds|manifest|atmosphere";
/** Starts servers for tests, as the services of `local` do; it is no part of what is tested. */
const TEST_NETWORK = String.raw`^tooling/atproto/src/index\.ts$`;
const TEST = String.raw`(\.(test|test-d|bench)\.ts$|^packages/[^/]+/tests/)`;

/** Who may import whom, as an import graph shows it. One rule a sentence of the design. */
export function boundaryRules(repo: Repo): Rule[] {
  const entries = repo.packages.flatMap((each) =>
    each.entries.map((entry) => `^${entry.source.replaceAll(".", "\\.")}$`),
  );
  return [
    forbid("no-circular", {}, { circular: true }),
    forbid("no-unresolvable", {}, { couldNotResolve: true }),
    forbid(
      "backend-imports-only-core",
      { path: `^packages/(${BACKENDS})/src/`, pathNot: TEST },
      { path: "^(packages|tooling)/", pathNot: ["^packages/core/", "^packages/$1/"] },
    ),
    forbid(
      "core-imports-no-package",
      { path: "^packages/core/src/", pathNot: TEST },
      { path: "^(packages|tooling)/", pathNot: "^packages/core/" },
    ),
    forbid(
      "core-imports",
      { path: "^packages/core/src/", pathNot: [TEST, "^packages/core/src/(sparse|arrow)/"] },
      { path: "node_modules/", pathNot: "node_modules/@noble/hashes/" },
    ),
    forbid(
      "core-sparse-imports",
      { path: "^packages/core/src/sparse/", pathNot: TEST },
      { path: "node_modules/", pathNot: "node_modules/fflate/" },
    ),
    forbid(
      "core-arrow-imports",
      { path: "^packages/core/src/arrow/", pathNot: TEST },
      { path: "node_modules/", pathNot: "node_modules/(apache-arrow|parquet-wasm)/" },
    ),
    forbid(
      "conformance-imports-only-core",
      { path: "^packages/conformance/src/", pathNot: TEST },
      { path: "^(packages|tooling)/|node_modules/", pathNot: ["^packages/core/", "^packages/conformance/"] },
    ),
    forbid(
      "only-node-folder-imports-builtins",
      { path: `^packages/(${WITH_WEB_ROOT}|conformance)/src/`, pathNot: [TEST, "/src/node/"] },
      { dependencyTypes: ["core"] },
    ),
    forbid(
      "root-entries-no-node",
      { path: `^packages/(${WITH_WEB_ROOT})/src/index\\.ts$` },
      { path: "^packages/[^/]+/src/node/", reachable: true },
    ),
    forbid(
      "only-through-exports",
      { path: "^(packages/[^/]+|tooling/[^/]+)/" },
      { path: "^(packages|tooling)/", pathNot: ["^$1/", ...entries, TEST_NETWORK] },
    ),
    forbid(
      "only-by-name",
      { path: "^(packages/[^/]+|tooling/[^/]+)/" },
      { path: "^(packages|tooling)/", pathNot: "^$1/", dependencyTypes: ["local"] },
    ),
    forbid(
      "tests-import-only-own-package-core-conformance",
      { path: String.raw`^packages/(?!cli/)([^/]+)/(src/.*\.(test|test-d|bench)\.ts$|tests/)` },
      { path: "^(packages|tooling)/", pathNot: ["^packages/$1/", "^packages/(core|conformance)/", TEST_NETWORK] },
    ),
    forbid("packages-import-no-tooling", { path: "^packages/", pathNot: TEST }, { path: "^tooling/" }),
    forbid("tests-import-only-the-test-network", { path: "^packages/" }, { path: "^tooling/", pathNot: TEST_NETWORK }),
  ];
}

/** The import graph obeys the rules, type-only imports included. */
export const boundaries: Check = { name: "boundaries", run: (repo) => checkBoundaries(repo) };

/** Cruises the sources of `repo`; every problem starts with the name of the rule that it breaks. */
async function checkBoundaries(repo: Repo): Promise<Outcome> {
  const sources = repo.files.filter((file) => /^(packages|tooling)\/[^/]+\/(src|tests)\/.*\.m?ts$/.test(file));
  const options: ICruiseOptions = {
    baseDir: repo.root,
    parser: "tsc",
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules/" },
  };
  const { output } = await cruise(
    sources,
    { ...options, validate: true, ruleSet: { forbidden: boundaryRules(repo) } },
    {
      extensions: [".ts", ".js", ".mjs", ".json"],
      exportsFields: ["exports"],
      conditionNames: ["types", "import", "default"],
    },
  );
  if (typeof output === "string") throw new Error("dependency-cruiser answered with text instead of a result");
  return { problems: [...violations(output), ...unread(output, sources)], detail: `${sources.length} modules` };
}

function violations({ summary }: ICruiseResult): string[] {
  return summary.violations.map(({ rule, from, to, cycle, via }) => {
    const way = (cycle ?? via ?? []).map((step) => step.name).join(" -> ");
    return `${rule.name}: ${from} -> ${way === "" ? to : way}`;
  });
}

/** Without a parser for TypeScript the tool reads no module and passes: every source must be in the graph. */
function unread({ modules }: ICruiseResult, sources: readonly string[]): string[] {
  const seen = new Set(modules.map((each) => each.source));
  const importing = modules.filter((each) => each.dependencies.length > 0).length;
  const problems = sources.filter((source) => !seen.has(source)).map((source) => `not read: ${source}`);
  if (importing * 4 < sources.length)
    problems.push(`only ${importing} of ${sources.length} modules import anything: is a parser missing?`);
  return problems;
}

type Rule = IRegularForbiddenRuleType | IReachabilityForbiddenRuleType;

function forbid(
  name: string,
  from: Rule["from"],
  to: IRegularForbiddenRuleType["to"] | IReachabilityForbiddenRuleType["to"],
): Rule {
  return { name, severity: "error", from, to };
}
