const core = "@atdata/core";
/** Where names that are not of `@atdata/core` itself come from. */
const subpaths: Readonly<Record<string, string>> = {
  sparse: `${core}/sparse`,
  SparseMatrix: `${core}/sparse`,
  arrowTensor: `${core}/arrow`,
  ArrowTensor: `${core}/arrow`,
  dataframe: `${core}/arrow`,
  DataFrame: `${core}/arrow`,
  safetensors: `${core}/safetensors`,
  SafeTensors: `${core}/safetensors`,
};

/** The imports of a generated file, collected while it is written. */
export interface Imports {
  /** Notes a value that is used, and gives its name. */
  value(name: string): string;
  /** Notes a type that is used, and gives its name. */
  type(name: string): string;
  /** Writes the import statements, modules and names in order. */
  lines(): string[];
}

/** Starts with no imports. */
export function collectImports(): Imports {
  const modules = new Map<string, Map<string, string>>();
  const note = (name: string, text: string): string => {
    const module = Object.hasOwn(subpaths, name) ? (subpaths[name] as string) : core;
    const names = modules.get(module) ?? new Map<string, string>();
    modules.set(module, names.set(name, text));
    return name;
  };
  return {
    value: (name) => note(name, name),
    type: (name) => note(name, `type ${name}`),
    lines: () =>
      [...modules]
        .sort(([a], [b]) => compareNames(a, b))
        .map(([module, names]) => {
          const sorted = [...names].sort(([a], [b]) => compareNames(a, b)).map(([, text]) => text);
          return `import { ${sorted.join(", ")} } from "${module}";`;
        }),
  };
}

/** Orders names as formatters do: letter by letter, whatever their case, capitals first. */
function compareNames(a: string, b: string): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const [x, y] = [a[i] as string, b[i] as string];
    if (x === y) continue;
    const [small, other] = [x.toLowerCase(), y.toLowerCase()];
    if (small !== other) return small < other ? -1 : 1;
    return x < y ? -1 : 1;
  }
  return a.length - b.length;
}
