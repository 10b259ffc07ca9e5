/** Writes a shape as people do: `28×28`, `any×3`, `scalar`. */
export function formatShape(shape: readonly (number | null)[]): string {
  return shape.length === 0 ? "scalar" : shape.map((length) => length ?? "any").join("×");
}
