import { createHasher, type StoredFunction } from "@atdata/core";
import type { CodeReference } from "../lexicon/types.ts";

/** Where the functions of a lens are. A stored lens has it under the key `atdata_code`. */
export interface LensCode {
  /** The function that makes the view. */
  readonly getter: CodeReference;
  /** The function that writes it back. */
  readonly putter: CodeReference;
}

/** Stands for the repository where the lens is in the record itself. */
const HERE = "#metadata.atdata";

/**
 * Makes the code reference of one direction of a lens that is stored as text in its record.
 *
 * Code that has a name but no place has an empty repository and commit. What is no code has the record itself as repository, and as
 * commit the first 40 digits of the text's SHA-256.
 */
export function codeReference(json: unknown, direction: "getter" | "putter", text: string): CodeReference {
  const { kind, module, qualname } = (typeof json === "object" && json !== null ? json : {}) as Partial<
    StoredFunction & { readonly module: unknown; readonly qualname: unknown }
  >;
  if (kind === "code_reference") {
    return { repository: "", commit: "", path: `${String(module)}:${String(qualname)}`, language: "python" };
  }
  const hasher = createHasher();
  hasher.update(new TextEncoder().encode(text));
  return { repository: HERE, commit: hasher.hex().slice(0, 40), path: direction };
}

/** Gives the code references of a lens where they lead somewhere. */
export function codeOf(getter: CodeReference, putter: CodeReference, language?: string): LensCode | undefined {
  if ([getter, putter].some(({ repository }) => repository === "" || repository === HERE)) return undefined;
  // Python writes the language once, for both.
  const said = language !== undefined && { language };
  return { getter: { ...said, ...getter }, putter: { ...said, ...putter } };
}

/** Turns a code reference into the stored form of a function: what Python writes as path is `module:function`. */
export function storedFunction({ path }: CodeReference): StoredFunction {
  const at = path.lastIndexOf(":");
  return {
    kind: "code_reference",
    module: at < 0 ? path : path.slice(0, at),
    qualname: at < 0 ? "" : path.slice(at + 1),
  };
}
