import { AtdataError } from "../errors.ts";

/** Builds the error of a store for a dataset or file whose name is taken: `DATASET_EXISTS`. */
export function datasetExists(name: string): AtdataError {
  const hint = "another name, or overwrite: true to replace it";
  return new AtdataError("DATASET_EXISTS", "the target exists already", { name }, { hint });
}

/** Builds the error of a store for a write that goes on after its commit or abort: `UNSUPPORTED`. */
export function writeEnded(operation: string): AtdataError {
  return new AtdataError("UNSUPPORTED", "the write was committed or aborted before", { operation });
}
