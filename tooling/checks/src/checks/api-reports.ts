import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Extractor, ExtractorConfig, ExtractorLogLevel, type IConfigFile } from "@microsoft/api-extractor";
import type { Check } from "../check.ts";
import type { Packed } from "../packed.ts";
import type { Entry, Package, Repo } from "../repo.ts";

/** The public surface is what the committed reports say: a change of it is a change in `packages/<name>/api/`. */
export const apiReports: Check = {
  name: "api-reports",
  async run(repo, packed) {
    const reports = await reportsOf(repo, await packed());
    const problems: string[] = [];
    for (const { file, text, errors } of reports) {
      problems.push(...errors);
      const path = join(repo.root, file);
      if (repo.update) {
        mkdirSync(join(path, ".."), { recursive: true });
        writeFileSync(path, text);
      }
      const committed = existsSync(path) ? readFileSync(path, "utf8") : undefined;
      if (committed !== text)
        problems.push(`${difference(file, committed, text)}\nmeant? npm run check -- --only api-reports --update`);
    }
    const known = new Set(reports.map((each) => each.file));
    for (const file of repo.files) {
      if (file.endsWith(".api.md") && !known.has(file)) problems.push(`${file} reports an entry that does not exist`);
    }
    return { problems, detail: `${reports.length} entries` };
  },
};

/** Every name that an entry exports has a doc comment. */
export const docComments: Check = {
  name: "doc-comments",
  async run(repo, packed) {
    const reports = await reportsOf(repo, await packed());
    const problems: string[] = [];
    let count = 0;
    for (const { specifier, text } of reports) {
      for (const [, marks, declaration] of text.matchAll(/^\/\/ @public(.*)\n(?:\/\/.*\n)*(export .*)$/gm)) {
        count += 1;
        if (marks?.includes("(undocumented)"))
          problems.push(`${specifier} exports without a doc comment: ${declaration}`);
      }
    }
    return { problems, detail: `${count} exported names` };
  },
};

/** No declaration that an entry shows gives type checking up. */
export const publicAny: Check = {
  name: "public-any",
  async run(repo, packed) {
    const reports = await reportsOf(repo, await packed());
    const problems = reports.flatMap(({ specifier, text }) =>
      text
        .split("\n")
        .filter((line) => /(?<!["'`.\w])any(?!["'`\w(?:])/.test(line.replace(/\/\/.*$/, "")))
        .map((line) => `${specifier} shows any: ${line.trim()}`),
    );
    return { problems, detail: `${reports.length} entries` };
  },
};

interface Report {
  readonly file: string;
  readonly specifier: string;
  readonly text: string;
  readonly errors: readonly string[];
}

const known = new WeakMap<Packed, Report[]>();

async function reportsOf(repo: Repo, packed: Packed): Promise<Report[]> {
  const before = known.get(packed);
  if (before !== undefined) return before;
  const reports = repo.published.flatMap((each) => each.entries.map((entry) => report(each, entry, packed)));
  known.set(packed, reports);
  return reports;
}

/** Reads the published declarations of one entry, with siblings resolved to what is published of them. */
function report(each: Package, entry: Entry, packed: Packed): Report {
  const folder = join(packed.project, each.folder);
  // Below node_modules the tool would take the package's own modules for somebody else's, and it cannot read the maps.
  const filter = (path: string): boolean => !path.endsWith(".map");
  if (!existsSync(folder)) cpSync(packed.installed(each), folder, { recursive: true, filter });
  const reportFolder = join(packed.project, "api", each.folder);
  mkdirSync(reportFolder, { recursive: true });
  const configObject: IConfigFile = {
    projectFolder: folder,
    mainEntryPointFilePath: join(
      folder,
      entry.source
        .slice(each.folder.length + 1)
        .replace("src/", "dist/")
        .replace(/\.ts$/, ".d.ts"),
    ),
    compiler: {
      overrideTsconfig: {
        compilerOptions: {
          target: "ES2022",
          lib: ["ES2022", "ESNext.Disposable", "DOM", "DOM.Iterable", "DOM.AsyncIterable"],
          module: "NodeNext",
          moduleResolution: "NodeNext",
          strict: true,
          types: [],
        },
        include: ["dist"],
      },
    },
    apiReport: {
      enabled: true,
      reportFileName: `${entry.name}.api.md`,
      reportFolder,
      reportTempFolder: join(reportFolder, "temp"),
      // Types that an entry shows without exporting them are part of what users see.
      includeForgottenExports: true,
    },
    docModel: { enabled: false },
    dtsRollup: { enabled: false },
    tsdocMetadata: { enabled: false },
    newlineKind: "lf",
    messages: {
      compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.Error } },
      extractorMessageReporting: {
        default: { logLevel: ExtractorLogLevel.None },
      },
      tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
    },
  };
  const config = ExtractorConfig.prepare({
    configObject,
    configObjectFullPath: undefined,
    packageJsonFullPath: join(folder, "package.json"),
  });
  const errors: string[] = [];
  try {
    Extractor.invoke(config, {
      localBuild: true,
      messageCallback: (message) => {
        if (message.logLevel === ExtractorLogLevel.Error)
          errors.push(`${entry.specifier}: ${message.formatMessageWithLocation(folder)}`);
        message.handled = true;
      },
    });
  } catch (error) {
    errors.push(`${entry.specifier}: ${error instanceof Error ? error.message : String(error)}`);
  }
  const made = join(reportFolder, `${entry.name}.api.md`);
  const text = existsSync(made) ? readFileSync(made, "utf8") : "";
  return { file: `${each.folder}/api/${entry.name}.api.md`, specifier: entry.specifier, text, errors };
}

function difference(file: string, committed: string | undefined, now: string): string {
  if (committed === undefined) return `${file} is missing`;
  const [before, after] = [committed.split("\n"), now.split("\n")];
  const gone = before.filter((line) => !after.includes(line)).map((line) => `- ${line}`);
  const come = after.filter((line) => !before.includes(line)).map((line) => `+ ${line}`);
  return [`${file} differs:`, ...gone.slice(0, 20), ...come.slice(0, 20)].join("\n");
}
