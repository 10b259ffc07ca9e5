import { statSync } from "node:fs";
import { basename, dirname } from "node:path";
import { openDataset } from "@atdata/wds/node";
import { drainFetch } from "../baselines/fetch-body.ts";
import { expectCount, type TimedRow } from "../bench-row.ts";
import { Digit, digitCount, digitShard } from "../data/digits.ts";
import { serveFolder } from "../server/start-server.ts";

/** Over a network that costs nothing: the server, in another process, has the other core. */
export const row: TimedRow = {
  id: "read-http",
  what: "stream 60,000 MNIST samples over loopback HTTP, fully decoded; against fetch with the body drained",
  unit: "MB/s",
  bar: 0.7,
  async start(size) {
    const path = await digitShard(size);
    const count = digitCount(size);
    const bytes = statSync(path).size;
    const server = await serveFolder(dirname(path));
    const url = server.url + basename(path);
    return {
      bytes,
      async ours() {
        const ds = await openDataset(url, { type: Digit, verify: false });
        let seen = 0;
        for await (const digit of ds) if (digit.image.data.length === 784) seen += 1;
        expectCount(seen, count);
      },
      async baseline() {
        expectCount(await drainFetch(url), bytes);
      },
      close: () => server.close(),
    };
  },
};
