import { fileURLToPath } from "node:url";
import type { WatchEvent } from "@atdata/atmosphere";
import { atmosphere } from "@atdata/atmosphere/node";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, it } from "vitest";
import { inChromium, withoutChromium } from "../src/chromium.ts";
import { scratch } from "../src/scratch.ts";
import { type LoggedIn, startAccounts, type TestAccounts } from "../src/test-accounts.ts";

let net: TestAccounts;
let alice: LoggedIn;

beforeAll(async () => {
  net = await startAccounts();
  alice = await net.account("alice");
}, 60_000);
afterAll(async () => {
  await net?.[Symbol.asyncDispose]();
});

/** Bundles `watch` as a page has it, under the global name `atdata`. */
async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    stdin: {
      contents: 'export { watch } from "@atdata/atmosphere";',
      resolveDir: fileURLToPath(new URL(".", import.meta.url)),
    },
    bundle: true,
    format: "iife",
    globalName: "atdata",
    target: "es2022",
    platform: "browser",
    write: false,
    logLevel: "error",
  });
  return outputFiles[0]?.text ?? "";
}

const { skip, hint } = withoutChromium();
it.skipIf(skip)(
  `a page in Chromium watches a PDS, which is stopped and started, and gets each event once${hint}`,
  { timeout: 90_000 },
  async () => {
    const [pds] = net.network.pds;
    const { provider, did } = atmosphere({ ...net.ways, session: alice.session, home: scratch() });
    const id = `at://${did}/science.alt.dataset.entry/3kaaaaaaaaa22`;
    const put = (name: string): Promise<unknown> => provider.putLabel({ name, version: "1.0.0", id });
    await inChromium(async (page) => {
      await page.addScriptTag({ content: await bundle() });
      await page.evaluate(`new Promise((onOpen, fail) => {
        globalThis.events = [];
        const watching = async () => {
          for await (const event of atdata.watch({ service: ${JSON.stringify(pds.url)}, onOpen })) events.push(event);
        };
        watching().catch(fail);
      })`);
      const seen = (): Promise<WatchEvent[]> => page.evaluate("events");
      const names = async (): Promise<unknown[]> => {
        return (await seen()).map((event) => event.action !== "delete" && event.record.name);
      };
      await put("one");
      await put("two");
      await expect.poll(names).toEqual(["one", "two"]);
      await pds.stop();
      await pds.start();
      await put("three");
      await put("four");
      await expect.poll(names, { timeout: 20_000 }).toEqual(["one", "two", "three", "four"]);
      expect((await seen())[0]).toMatchObject({ kind: "label", action: "create", did });
    });
  },
);
