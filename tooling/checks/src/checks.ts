import type { Check } from "./check.ts";
import { biome } from "./checks/biome.ts";
import { boundaries } from "./checks/boundaries.ts";
import { changesets } from "./checks/changesets.ts";
import { knip } from "./checks/knip.ts";
import { manifests } from "./checks/manifests.ts";
import { outsideReferences } from "./checks/outside-references.ts";
import { types } from "./checks/types.ts";

/** Every check, in the order in which it runs: what is quick and often wrong comes first. */
export const CHECKS: readonly Check[] = [types, biome, manifests, changesets, outsideReferences, boundaries, knip];
