/** Writes a dataset with a file store and kills itself at the n-th change of the file system: `node … DIR MODE N`. */
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

const [dir = "", mode = "", at = "0"] = process.argv.slice(2);
let left = Number(at);

function die(): void {
  if (--left === 0) process.kill(process.pid, "SIGKILL");
}

const calls: Record<string, unknown> = fs.promises as never;
for (const name of ["link", "rename", "unlink", "writeFile", "mkdir", "rm", "rmdir"]) {
  const original = calls[name];
  if (typeof original !== "function") throw new Error(`no fs.promises.${name}`);
  calls[name] = (...args: unknown[]): unknown => {
    die();
    if (name === "link" && mode.includes("no-links")) {
      return Promise.reject(Object.assign(new Error("no hard links here"), { code: "EPERM" }));
    }
    return original(...args);
  };
}
syncBuiltinESMExports();

const { fileStore } = await import("../../src/node/file-store.ts");
const write = await fileStore(dir).begin("d", { overwrite: mode.includes("overwrite") });
const shards: { url: string; bytes: number; sha256: string }[] = [];
for (let i = 0; i < 3; i++) {
  const name = `d-00000${i}.tar`;
  const sink = await write.shard(name);
  for (let part = 0; part < 3; part++) {
    die();
    await sink.write(new Uint8Array(1000).fill(10 * i + part));
  }
  const { bytes, sha256 } = await sink.close();
  shards.push({ url: name, bytes, sha256 });
}
await write.put("d.rollup.parquet", new Uint8Array([1, 2, 3]));
await write.commit(new TextEncoder().encode(JSON.stringify({ format: "atdata.dataset/1", by: "child", shards })));
process.stdout.write("done");
