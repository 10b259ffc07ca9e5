import { fork } from "node:child_process";
import { once } from "node:events";

/** A running server of files. */
export interface FileServer {
  /** Where the folder's files are, with a slash at the end. */
  readonly url: string;
  /** Ends it. */
  close(): Promise<void>;
}

/** Serves a folder from another process; each answer comes `latencyMs` later than it could. */
export async function serveFolder(folder: string, latencyMs = 0): Promise<FileServer> {
  const child = fork(new URL("./serve.ts", import.meta.url), [folder, String(latencyMs)], { stdio: "inherit" });
  const [port] = (await once(child, "message")) as [number];
  return {
    url: `http://127.0.0.1:${port}/`,
    async close() {
      const ended = once(child, "exit");
      child.disconnect();
      await ended;
    },
  };
}
