import { parseRef } from "@atdata/core";

/** Names the type of what is written after the dataset, such as `MnistTrain` after `out/mnist-train.tar`; `Sample` where that gives no name. */
export function typeNameOf(target: string): string {
  const ref = parseRef(target);
  const path = ref.kind === "named" ? ref.name : target;
  const stem = (path.split(/[/\\]/).at(-1) ?? "").replace(/\..*$/s, "");
  const words = stem.split(/[^A-Za-z0-9]+/).filter((word) => word !== "");
  const name = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
  // Python has three keywords with a capital letter, which no type may be called.
  return /^[A-Z]/.test(name) && !/^(?:True|False|None)$/.test(name) ? name : "Sample";
}
