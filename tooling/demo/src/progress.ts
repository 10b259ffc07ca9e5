import type { WriteStream } from "node:tty";

const WIDTH = 30;
const REDRAW_MS = 60;

/** A bar on one line of a terminal; on anything else it prints nothing. */
export interface Progress {
  show(done: number): void;
  /** Takes the bar off the screen. */
  clear(): void;
}

/** Starts a bar of `total` steps. */
export function progressBar(title: string, total: number, stream: WriteStream = process.stderr): Progress {
  let drawn = 0;
  if (!stream.isTTY) return { show() {}, clear() {} };
  return {
    show(done) {
      const now = performance.now();
      if (now - drawn < REDRAW_MS) return;
      drawn = now;
      const part = Math.min(1, done / Math.max(1, total));
      const filled = Math.round(part * WIDTH);
      const bar = "█".repeat(filled) + "░".repeat(WIDTH - filled);
      const percent = `${Math.floor(part * 100)} %`.padStart(5);
      stream.write(`\r  ${title.padEnd(28).slice(0, 28)} ${bar} ${percent}\x1b[K`);
    },
    clear() {
      if (drawn > 0) stream.write("\r\x1b[K");
    },
  };
}
