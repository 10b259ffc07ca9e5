import type { TrustLink } from "@atdata/atmosphere";
import { baseName, type Index, parseRef } from "@atdata/core";
import { createNodeHasher } from "@atdata/core/node";
import { openAtmosphere } from "../atmosphere/user-atmosphere.ts";
import { codecs } from "../codecs.ts";
import { userConfig } from "../config/open-index.ts";
import { plainText } from "../format/text.ts";
import { isIndexRef, openUserIndex, readManifests } from "../open.ts";
import type { Colors, Terminal } from "../terminal.ts";

/** How the chain is shown, and how far it is followed. */
export interface ChainOptions {
  /** Whether samples are compared with their hashes too. */
  readonly deep: boolean;
  readonly json: boolean;
}

/** Gives the uri of the record that a reference leads to, with the handle that it has; `undefined` where it leads to no record. */
export async function recordUri(ref: string, terminal: Terminal): Promise<string | undefined> {
  if (!isIndexRef(ref)) return undefined;
  const parsed = parseRef(ref);
  if (parsed.kind === "record") return ref;
  if (parsed.kind === "files") return undefined;
  const index = await openUserIndex(terminal);
  if (!isOfAccount(parsed.repo, index)) return undefined;
  const { id } = await index.resolve(ref, { signal: terminal.signal });
  // A handle is a link of the chain; the own account is known by its DID.
  return Object.hasOwn(index.repos, parsed.repo) ? id : id.replace(/^at:\/\/[^/]+/, `at://${parsed.repo}`);
}

/** Follows the chain from an account to the samples of its dataset, and shows each link; ends with status 1 when one is broken. */
export async function verifyChain(uri: string, { deep, json }: ChainOptions, terminal: Terminal): Promise<void> {
  const { out, exit, signal } = terminal;
  const { verifyEntry } = await import("@atdata/atmosphere");
  const { atmosphere } = await openAtmosphere(await userConfig(), undefined);
  const written: Promise<void>[] = [];
  const report = await verifyEntry(uri, {
    ...{ atmosphere, codecs, signal, samples: deep, createHasher: createNodeHasher },
    plugins: [readManifests(undefined)],
    onLink: (link) => json || written.push(out.write(`${linkText(link, out.colors)}\n`)),
  });
  await Promise.all(written);
  if (!report.ok) exit.onSuccess = 1;
  if (json) await out.write(`${JSON.stringify(report)}\n`);
  else await out.write(report.ok ? "no link is broken\n" : `broken: ${report.code}\n`);
}

function isOfAccount(repo: string, { repos }: Index): boolean {
  return Object.hasOwn(repos, repo) ? repos[repo]?.network !== undefined : /[.:]/.test(repo);
}

function linkText({ link, ok, what, code, url }: TrustLink, { green, red, yellow }: Colors): string {
  const said = ok === undefined ? yellow("unknown") : ok ? `${green("ok")}     ` : `${red("broken")} `;
  const clause = code === undefined ? what : `${code}: ${what}`;
  return `${said}  ${link.padEnd(9)}  ${plainText(url === undefined ? clause : `${baseName(url)}: ${clause}`)}`;
}
