import { atmosphere, serviceResolver } from "@atdata/atmosphere";
import { createIndex, loadDataset } from "@atdata/core";
import { initArrow } from "@atdata/core/arrow";
import { manifests } from "@atdata/manifest";
import { wds } from "@atdata/wds";
import { draw } from "./draw.ts";

/** What the page found out. */
export interface AtmosphereFindings {
  readonly type: string | undefined;
  readonly fields: readonly string[];
  readonly count: number;
  readonly drawn: number;
  /** Labels of all samples. */
  readonly labels: readonly unknown[];
  readonly sevens: number;
  /** Id of the entry that the handle and name lead to. */
  readonly named: string | undefined;
  /** Error code of a dataset whose shard is not what its record says. */
  readonly broken: string | undefined;
}

declare global {
  /** What the test waits for. */
  var published: { findings?: AtmosphereFindings; error?: string };
}
globalThis.published = {};

async function show(): Promise<void> {
  const asked = new URL(location.href).searchParams;
  const given = (name: string): string => asked.get(name) ?? "";
  await initArrow(new URL("parquet_wasm_bg.wasm", location.href));
  const web = atmosphere({ plcUrl: given("plc"), resolvers: [serviceResolver(given("pds"))] });
  const index = createIndex({ repos: { web }, formats: [wds()], plugins: [manifests()] });

  const ds = await loadDataset(given("uri"), { index, split: "train" });
  const drawn = await draw(ds.take(20));
  const count = await ds.count();
  const labels: unknown[] = [];
  for await (const { label } of ds) labels.push(label);
  const sevens = await ds.where((f) => f("label").eq(7)).count();
  const named = (await index.get(given("name")))?.id;
  (document.querySelector("p") as HTMLElement).textContent =
    `${count} samples of ${ds.type?.name}, of them ${sevens} sevens.`;
  (document.querySelector("code") as HTMLElement).textContent = given("uri");
  const fields = Object.keys(ds.type?.fields ?? {});
  const broken = await codeOf(async () => {
    for await (const _ of await loadDataset(given("broken"), { index, split: "train" }));
  });
  globalThis.published.findings = { type: ds.type?.name, fields, count, drawn, labels, sevens, named, broken };
}

async function codeOf(work: () => Promise<void>): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return (error as { readonly code?: string }).code ?? String(error);
  }
}

await show().catch((error: unknown) => {
  globalThis.published.error = `${String(error)} ${String((error as Error).stack)}`;
});
