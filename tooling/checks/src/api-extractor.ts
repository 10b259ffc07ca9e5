import { cpSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CompilerState, Extractor, ExtractorConfig, ExtractorLogLevel } from "@microsoft/api-extractor";
import type { Packed } from "./packed.ts";
import type { Entry, Package, Repo } from "./repo.ts";

/** What an entry shows its users, in the words of API Extractor. */
export interface Report {
  /** Where it is committed. */
  readonly file: string;
  readonly specifier: string;
  readonly text: string;
  /** Why the report could not be made, or not wholly. */
  readonly errors: readonly string[];
}

const COMPILER_OPTIONS = {
  target: "ES2022",
  lib: ["ES2022", "ESNext.Disposable", "DOM", "DOM.Iterable", "DOM.AsyncIterable"],
  module: "NodeNext",
  moduleResolution: "NodeNext",
  strict: true,
  types: [],
};

const made = new WeakMap<Packed, Report[]>();

/** Makes the reports of every published entry; made once for the checks that read them. */
export function reportsOf(repo: Repo, packed: Packed): readonly Report[] {
  const before = made.get(packed);
  if (before !== undefined) return before;
  const reports = repo.published.flatMap((each) => reportsOfPackage(each, packed));
  made.set(packed, reports);
  return reports;
}

/** Reads the published declarations of one package, with its siblings resolved to what is published of them. */
function reportsOfPackage(each: Package, packed: Packed): Report[] {
  const folder = join(packed.project, each.folder);
  // Below node_modules the tool would take the package's own modules for somebody else's, and it cannot read the maps.
  cpSync(packed.installed(each), folder, { recursive: true, filter: (path) => !path.endsWith(".map") });
  const configs = each.entries.map((entry) => configOf(each, entry, folder, join(packed.project, "api", each.folder)));
  const first = configs[0];
  if (first === undefined) return [];
  const additionalEntryPoints = configs.map((config) => config.mainEntryPointFilePath);
  const compilerState = CompilerState.create(first, { additionalEntryPoints });
  return each.entries.map((entry, index) => report(each, entry, configs[index] ?? first, compilerState));
}

function configOf(each: Package, entry: Entry, folder: string, reportFolder: string): ExtractorConfig {
  const declaration = entry.source
    .slice(each.folder.length + 1)
    .replace("src/", "dist/")
    .replace(/\.ts$/, ".d.ts");
  mkdirSync(reportFolder, { recursive: true });
  return ExtractorConfig.prepare({
    configObject: {
      projectFolder: folder,
      mainEntryPointFilePath: join(folder, declaration),
      compiler: { overrideTsconfig: { compilerOptions: COMPILER_OPTIONS, include: ["dist"] } },
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
        extractorMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
        tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
      },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: join(folder, "package.json"),
  });
}

function report(each: Package, entry: Entry, config: ExtractorConfig, compilerState: CompilerState): Report {
  const errors: string[] = [];
  try {
    Extractor.invoke(config, {
      localBuild: true,
      compilerState,
      messageCallback: (message) => {
        if (message.logLevel === ExtractorLogLevel.Error)
          errors.push(message.formatMessageWithLocation(config.projectFolder));
        message.handled = true;
      },
    });
  } catch (error) {
    errors.push(error instanceof Error ? error.message : String(error));
  }
  return {
    file: `${each.folder}/api/${entry.name}.api.md`,
    specifier: entry.specifier,
    text: existsSync(config.reportFilePath) ? readFileSync(config.reportFilePath, "utf8") : "",
    errors: errors.map((error) => `${entry.specifier}: ${error}`),
  };
}
