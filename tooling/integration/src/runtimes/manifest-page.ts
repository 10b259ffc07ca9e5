import { float, type Infer, int, ndarray, sample } from "@atdata/core";
import { initArrow } from "@atdata/core/arrow";
import { manifests } from "@atdata/manifest";
import { openDataset } from "@atdata/wds";
import { draw } from "./draw.ts";

/** What the page found out. */
export interface QueryFindings {
  readonly plan: { readonly strategy: string; readonly shards: number };
  readonly drawn: number;
  readonly keys: readonly string[];
  readonly least: unknown;
}

declare global {
  /** What the test waits for. */
  var query: { findings?: QueryFindings; error?: string };
}
globalThis.query = {};

const Digit = sample("Digit", { image: ndarray("uint8", [28, 28]), label: int(), ink: float() });
type Digit = Infer<typeof Digit>;

async function show(): Promise<void> {
  await initArrow(new URL("parquet_wasm_bg.wasm", location.href));
  const url = new URL("digits.tar", location.href).href;
  const digits = await openDataset<Digit>(url, { type: Digit, plugins: [manifests()] });
  const dark = digits.where((f) => f.label.eq(7).and(f.ink.gt(30)));
  const { strategy, shards } = await digits.plan((f) => f.label.eq(7).and(f.ink.gt(30)));
  const drawn = await draw(dark.take(20));
  const keys: string[] = [];
  for await (const { key } of digits.query((f) => f.label.eq(7).and(f.ink.gt(30)))) keys.push(key);
  const least = (await digits.describe()).statistics?.ink?.min;
  (document.querySelector("p") as HTMLElement).textContent = `${keys.length} dark sevens, in ${shards} shards.`;
  globalThis.query.findings = { plan: { strategy, shards }, drawn, keys, least };
}

await show().catch((error: unknown) => {
  globalThis.query.error = String(error);
});
