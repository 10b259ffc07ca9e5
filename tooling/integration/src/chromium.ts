import { existsSync } from "node:fs";
import { chromium, type Page } from "playwright-core";

const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";

/** Tells whether tests that need a browser are skipped, and why. In CI nothing is: there they fail where Chromium is missing. */
export function withoutChromium(): { readonly skip: boolean; readonly hint: string } {
  const skip = !existsSync(CHROMIUM) && process.env.CI !== "true";
  return { skip, hint: skip ? " (skipped: install Debian's chromium, or name one in CHROMIUM)" : "" };
}

/** Opens a page in a browser that does nothing else. */
export async function inChromium(use: (page: Page) => Promise<void>): Promise<void> {
  const flags = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ["--no-sandbox", ...flags, "--disable-component-update", "--disable-sync"],
  });
  try {
    await use(await browser.newPage({ viewport: { width: 980, height: 420 } }));
  } finally {
    await browser.close();
  }
}

/** The pixels of the first digit on the canvas, three screen pixels each. */
export async function drawnDigit(page: Page): Promise<number[]> {
  const drawn = (await page.evaluate(
    "Array.from(document.querySelector('canvas').getContext('2d').getImageData(8, 8, 84, 84).data.filter((_, i) => i % 4 === 0))",
  )) as number[];
  return Array.from({ length: 784 }, (_, i) => {
    return 255 - (drawn[(Math.floor(i / 28) * 3 + 1) * 84 + (i % 28) * 3 + 1] ?? 0);
  });
}
