/**
 * Tells whether a reference has glob characters: `*`, `?` or a `[…]` set.
 */
export function isGlob(ref: string): boolean {
  return /[*?]|\[[^\]/]+\]/.test(ref);
}

/**
 * Compiles one path segment: `*` any characters, `?` one, `[a-z]` and `[!a-z]` a set, `[*]` a literal star.
 *
 * As in a shell, a wildcard never matches a leading dot: hidden names need a pattern that starts with one.
 * Matching takes time in proportion to pattern times name, whatever the pattern.
 */
export function segmentMatcher(pattern: string): (name: string) => boolean {
  const tokens = tokenize(pattern);
  const hidden = pattern.startsWith(".");
  return (name) => (hidden || !name.startsWith(".")) && matchTokens(tokens, Array.from(name));
}

/**
 * Compiles a glob over `/`-separated paths; `**` as a whole segment stands for any number of folders.
 */
export function globMatcher(pattern: string): (path: string) => boolean {
  const segments = pattern.split("/").map((segment) => (segment === "**" ? undefined : segmentMatcher(segment)));
  return (path) => {
    const names = path.split("/");
    return wildcardMatch(
      segments.length,
      names.length,
      (s) => segments[s] === undefined,
      (s, n) => segments[s]?.(names[n] ?? "") ?? false,
      (n) => !(names[n] ?? "").startsWith("."),
    );
  };
}

type Token = "*" | ((char: string) => boolean);

function tokenize(pattern: string): Token[] {
  const tokens: Token[] = [];
  const chars = Array.from(pattern);
  for (let at = 0; at < chars.length; at++) {
    const char = chars[at] ?? "";
    const close = char === "[" ? chars.indexOf("]", at + 2 + Number(chars[at + 1] === "!")) : -1;
    if (char === "*") tokens.push("*");
    else if (char === "?") tokens.push(() => true);
    else if (close > 0) {
      tokens.push(characterSet(chars.slice(at + 1, close)));
      at = close;
    } else tokens.push((other) => other === char);
  }
  return tokens;
}

function characterSet(body: readonly string[]): (char: string) => boolean {
  const negated = body[0] === "!";
  const items = negated ? body.slice(1) : body;
  const ranges: [number, number][] = [];
  for (let at = 0; at < items.length; at++) {
    const from = items[at]?.codePointAt(0) ?? 0;
    const ranged = items[at + 1] === "-" && at + 2 < items.length;
    ranges.push([from, ranged ? (items[at + 2]?.codePointAt(0) ?? 0) : from]);
    if (ranged) at += 2;
  }
  return (char) => {
    const code = char.codePointAt(0) ?? 0;
    return ranges.some(([from, to]) => code >= from && code <= to) !== negated;
  };
}

function matchTokens(tokens: readonly Token[], chars: readonly string[]): boolean {
  return wildcardMatch(
    tokens.length,
    chars.length,
    (t) => tokens[t] === "*",
    (t, c) => {
      const token = tokens[t];
      return typeof token === "function" && token(chars[c] ?? "");
    },
    () => true,
  );
}

/** Greedy matching that only ever returns to the last star, so that no pattern takes exponential time. */
function wildcardMatch(
  tokens: number,
  items: number,
  isStar: (token: number) => boolean,
  matches: (token: number, item: number) => boolean,
  starTakes: (item: number) => boolean,
): boolean {
  let token = 0;
  let item = 0;
  let star = -1;
  let starItem = 0;
  while (item < items) {
    if (token < tokens && isStar(token)) {
      star = token++;
      starItem = item;
    } else if (token < tokens && matches(token, item)) {
      token++;
      item++;
    } else if (star >= 0 && starTakes(starItem)) {
      token = star + 1;
      item = ++starItem;
    } else return false;
  }
  while (token < tokens && isStar(token)) token++;
  return token === tokens;
}
