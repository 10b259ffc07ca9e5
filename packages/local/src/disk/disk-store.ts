import { join } from "node:path";
import type { DataStore } from "@atdata/core";
import { fileStore } from "@atdata/core/node";
import { atdataHome } from "../home.ts";

/**
 * Builds the store for datasets on this machine: core's `fileStore` over one directory, made when the first write begins.
 *
 * @param dir - A path or `file:` url; default `data` in `atdataHome()`, where Python atdata keeps them too.
 * @example
 * ```ts
 * import { diskStore } from "@atdata/local/disk";
 * diskStore("/srv/shards").url("digits.tar"); // -> "/srv/shards/digits.tar"
 * ```
 */
export function diskStore(dir: string = join(atdataHome(), "data")): DataStore {
  return fileStore(dir);
}
