import type { Command } from "commander";
import type { Terminal } from "../terminal.ts";
import { addManifestBuild } from "./manifest-build.ts";
import { addManifestCheck } from "./manifest-check.ts";

/** Adds the commands about manifests. */
export function addManifest(program: Command, terminal: Terminal): void {
  const manifest = program
    .command("manifest")
    .description("make and check manifests, which queries read instead of samples");
  addManifestBuild(manifest, terminal);
  addManifestCheck(manifest, terminal);
}
