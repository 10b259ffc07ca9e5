import { AtdataError } from "../errors.ts";

const keywords = new Set(
  (
    "False None True and as assert async await break class continue def del elif else except finally for from global if import " +
    "in is lambda nonlocal not or pass raise return try while with yield __proto__"
  ).split(" "),
);
const identifier = /^[A-Za-z_][A-Za-z0-9_]*$/;
const semver = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/;

/** Tells whether a name may be a type's or field's: an identifier in Python too, and no keyword there. */
export function isName(name: string): boolean {
  return identifier.test(name) && !keywords.has(name);
}

/** Refuses a name that Python could not rebuild a type with. */
export function checkName(name: string, what: "type" | "field"): void {
  if (isName(name)) return;
  throw new AtdataError(
    "SCHEMA_INVALID",
    `${what} name is not an identifier`,
    { field: name },
    {
      hint: "use letters, digits and _, and no Python keyword",
    },
  );
}

/** Refuses a version that is not `a.b.c`. */
export function checkVersion(version: string): void {
  if (semver.test(version)) return;
  throw new AtdataError("SCHEMA_INVALID", `version ${version} is not of the form a.b.c`, {});
}
