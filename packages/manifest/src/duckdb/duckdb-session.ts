import { AtdataError } from "@atdata/core";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";

/** Opens a database in memory that fetches nothing over the network and remembers nothing of files. */
export function openDuckdb(): Promise<DuckDBInstance> {
  return DuckDBInstance.create(":memory:", {
    // Its cache goes by the time of change in whole seconds: of a file written again it would give parts of the old one.
    enable_external_file_cache: "false",
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
  });
}

/** Stops what a connection does once a signal is aborted, until the function that it gives is called. */
export function interruptOn(signal: AbortSignal | undefined, connection: DuckDBConnection): () => void {
  let timer: ReturnType<typeof setInterval> | undefined;
  const onAbort = (): void => {
    connection.interrupt();
    // Between two steps of a statement an interruption passes unnoticed.
    timer = setInterval(() => connection.interrupt(), 20);
  };
  signal?.addEventListener("abort", onAbort);
  return () => {
    signal?.removeEventListener("abort", onAbort);
    clearInterval(timer);
  };
}

/** Makes the error for a file of rows that cannot be read; DuckDB names it in its message as the path that it was given. */
export function readError(cause: unknown, urls: readonly string[], paths: readonly string[]): AtdataError {
  const message = cause instanceof Error ? cause.message : String(cause);
  const at = paths.findIndex((path) => message.includes(path));
  const url = at < 0 ? urls.join(", ") : (urls[at] ?? "");
  const clause = `DuckDB cannot read the rows of a manifest: ${message.split("\n", 1)[0]}`;
  return new AtdataError("MANIFEST_INVALID", clause, { url }, { cause });
}
