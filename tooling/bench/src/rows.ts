import type { BenchRow } from "./bench-row.ts";

type Load = () => Promise<{ readonly row: BenchRow }>;

/** All rows in the order in which they run. Each is loaded only where it runs. */
export const rows: Readonly<Record<string, Load>> = {
  "read-mnist": () => import("./rows/read-mnist.ts"),
  "read-mnist-raw": () => import("./rows/read-mnist-raw.ts"),
  "read-mnist-chain": () => import("./rows/read-mnist-chain.ts"),
  "read-mnist-batch": () => import("./rows/read-mnist-batch.ts"),
  "read-mnist-pax": () => import("./rows/read-mnist-pax.ts"),
  "read-mnist-verify": () => import("./rows/read-mnist-verify.ts"),
  "read-small": () => import("./rows/read-small.ts"),
  "read-image": () => import("./rows/read-image.ts"),
  "read-http": () => import("./rows/read-http.ts"),
  "write-mnist": () => import("./rows/write-mnist.ts"),
  "write-stream": () => import("./rows/write-stream.ts"),
  memory: () => import("./rows/memory.ts"),
  "read-mnist-listen": () => import("./rows/read-mnist-listen.ts"),
  "read-image-borrow": () => import("./rows/read-image-borrow.ts"),
  "shuffle-window": () => import("./rows/shuffle-window.ts"),
  "shuffle-buffer": () => import("./rows/shuffle-buffer.ts"),
  "prefetch-50ms": () => import("./rows/prefetch-50ms.ts"),
  "write-manifest": () => import("./rows/write-manifest.ts"),
  "write-manifest-hashed": () => import("./rows/write-manifest-hashed.ts"),
  "query-pruned": () => import("./rows/query-pruned.ts"),
  "prune-rollup": () => import("./rows/prune-rollup.ts"),
  "query-scan": () => import("./rows/query-scan.ts"),
  "query-scan-duckdb": () => import("./rows/query-scan-duckdb.ts"),
  "sqlite-by-name": () => import("./rows/sqlite-by-name.ts"),
  "redis-by-name": () => import("./rows/redis-by-name.ts"),
  "redis-list": () => import("./rows/redis-list.ts"),
  "s3-upload": () => import("./rows/s3-upload.ts"),
  "s3-download": () => import("./rows/s3-download.ts"),
};
