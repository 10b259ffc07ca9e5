import { openDataset } from "@atdata/wds";
import { draw } from "./draw.ts";
import { type Findings, readBlobs, readOverHttp } from "./read.ts";

declare global {
  /** What the test waits for. */
  var findings: { overHttp?: Findings; fromFile?: Findings; error?: string };
}
globalThis.findings = {};

async function guard(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    globalThis.findings.error = String(error);
  }
}

const input = document.querySelector("input") as HTMLInputElement;
input.addEventListener("change", () =>
  guard(async () => {
    globalThis.findings.fromFile = await readBlobs([...(input.files ?? [])]);
  }),
);
await guard(async () => {
  await draw((await openDataset(new URL("digits.tar", location.href).href)).take(20));
  globalThis.findings.overHttp = await readOverHttp(location.origin);
});
