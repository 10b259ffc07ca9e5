/** Ends this process when nothing beats for a minute: a loop without end says nothing itself, and its test would wait. */
import { writeSync } from "node:fs";
import { isMainThread, Worker, workerData } from "node:worker_threads";

const PATIENCE_MS = 60_000;

/** Begins to watch; each call of what is returned is a beat. The process ends by SIGKILL, saying after which beat. */
export function watch(what: string): () => void {
  const beats = new Int32Array(new SharedArrayBuffer(4));
  new Worker(new URL(import.meta.url), { workerData: { beats, what } }).unref();
  return () => void Atomics.add(beats, 0, 1);
}

if (!isMainThread) {
  const { beats, what }: { beats: Int32Array; what: string } = workerData;
  let seen = -1;
  setInterval(() => {
    const now = Atomics.load(beats, 0);
    if (now === seen) {
      writeSync(2, `${what}: nothing has happened for ${PATIENCE_MS / 1000} seconds after beat ${now}\n`);
      process.kill(process.pid, "SIGKILL");
    }
    seen = now;
  }, PATIENCE_MS);
}
