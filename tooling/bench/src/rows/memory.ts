import type { MeasuredRow } from "../bench-row.ts";
export const row: MeasuredRow = {
  id: "memory",
  what: "",
  unit: "MB",
  bar: 1,
  measure: async () => ({ ours: 1, baseline: 1, details: [] }),
};
