import { AtdataError } from "../errors.ts";

/** Builds the error for a name that is taken. */
export function datasetExists(name: string): AtdataError {
  const hint = "another name, or overwrite: true to replace it";
  return new AtdataError("DATASET_EXISTS", "the target exists already", { name }, { hint });
}

/** Builds the error for a write that goes on after its end. */
export function writeEnded(operation: string): AtdataError {
  return new AtdataError("UNSUPPORTED", "the write was committed or aborted before", { operation });
}
