import type { Check } from "./check.ts";
import { apiReports, docComments, publicAny } from "./checks/api-reports.ts";
import { biome } from "./checks/biome.ts";
import { boundaries } from "./checks/boundaries.ts";
import { bundles } from "./checks/bundles.ts";
import { changesets } from "./checks/changesets.ts";
import { consumer } from "./checks/consumer.ts";
import { examples } from "./checks/examples.ts";
import { exportLists } from "./checks/exports.ts";
import { installed } from "./checks/installed.ts";
import { knip } from "./checks/knip.ts";
import { lexicons } from "./checks/lexicons.ts";
import { manifests } from "./checks/manifests.ts";
import { outsideReferences } from "./checks/outside-references.ts";
import { attw, packing, publintCheck } from "./checks/packing.ts";
import { selfTest } from "./checks/self-test.ts";
import { types } from "./checks/types.ts";

const FOUND_BY_PLANTS: readonly Check[] = [
  types,
  biome,
  manifests,
  lexicons,
  changesets,
  outsideReferences,
  boundaries,
  knip,
  exportLists,
  bundles,
  packing,
  installed,
  publintCheck,
  attw,
  apiReports,
  docComments,
  publicAny,
  consumer,
  examples,
];

/** Every check, in the order in which it runs: what is quick and often wrong first, then what needs the packages built. */
export const CHECKS: readonly Check[] = [...FOUND_BY_PLANTS, selfTest(FOUND_BY_PLANTS)];
