import { AtdataError } from "../errors.ts";
import { schemeOf } from "./schemes.ts";

/**
 * Resolves the name of a file relative to the file that names it.
 *
 * A file may name what lies beside or below it, or an absolute url of its own scheme; nothing above it and nothing of another
 * scheme, because it may come from anywhere.
 *
 * @throws AtdataError `REF_INVALID`.
 */
export function resolveBeside(base: string, name: string): string {
  if (/^[A-Za-z][A-Za-z0-9+.-]+:/.test(name)) {
    if (schemeOf(name) === schemeOf(base) && schemeOf(base) !== "file") return name;
    throw refused(name);
  }
  const parts = name.split(/[/\\]/);
  if (name === "" || /^[A-Za-z]:/.test(name) || parts.some((part) => part === "" || part === "." || part === "..")) {
    throw refused(name);
  }
  const [path, query] = splitQuery(base);
  const slash = Math.max(path.lastIndexOf("/"), schemeOf(base) === "file" ? path.lastIndexOf("\\") : -1);
  const encoded = /^https?$/.test(schemeOf(base)) ? parts.map(encodeURIComponent).join("/") : name;
  return path.slice(0, slash + 1) + encoded + query;
}

/** Gives the last part of a url or path, without query. */
export function baseName(url: string): string {
  const [path] = splitQuery(url);
  const name = path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
  return /^https?$/.test(schemeOf(url)) ? decode(name) : name;
}

/** A query belongs to a url, as in a presigned one; in a path a question mark is a character like any other. */
function splitQuery(url: string): [string, string] {
  if (!/^https?$/.test(schemeOf(url))) return [url, ""];
  const at = url.search(/[?#]/);
  return at < 0 ? [url, ""] : [url.slice(0, at), url.slice(at)];
}

function decode(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

function refused(name: string): AtdataError {
  return new AtdataError("REF_INVALID", "a dataset may only name files beside or below it", {
    ref: name.slice(0, 200),
  });
}
