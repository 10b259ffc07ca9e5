import type { UserConfig } from "tsdown";

/** Builds one package for every runtime: ESM, declarations from the annotations alone, sources beside their maps. */
export function library(entry: string[]): UserConfig {
  return {
    entry,
    format: "esm",
    platform: "neutral",
    target: "es2022",
    fixedExtension: false,
    dts: { sourcemap: true },
    sourcemap: true,
    // Disposal is the one thing that declarations use beyond ES2022 and DOM: they bring its types along for users without them.
    banner: { dts: '/// <reference lib="esnext.disposable" />' },
    // The manifests are written by hand and compared by `npm run check`, so that a build changes no tracked file.
    exports: false,
    deps: { neverBundle: [/^node:/] },
  };
}
