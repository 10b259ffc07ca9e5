import type { SchemaTree } from "hyparquet";

/** Gives the schema of a column from below the root on to its one leaf; nothing where there is none, or several. */
export function columnPath(root: SchemaTree, name: string): SchemaTree[] {
  const path: SchemaTree[] = [];
  let node = root.children.find(({ element }) => element.name === name);
  for (; node !== undefined; node = node.children[0]) {
    if (node.children.length > 1) return [];
    path.push(node);
  }
  return path;
}
