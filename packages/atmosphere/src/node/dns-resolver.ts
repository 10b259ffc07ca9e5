import { Resolver } from "node:dns/promises";
import { abortable } from "@atdata/core";
import { isValidTld } from "@atproto/syntax";
import type { HandleResolver } from "../identity/identity.ts";

/** Gives the TXT records of a name, each in the pieces that it came in. */
export type LookupTxt = (name: string) => Promise<readonly (readonly string[])[]>;

const NO_RECORD = ["ENOTFOUND", "ENODATA"];

/**
 * Builds the resolver that asks the DNS for the TXT record of `_atproto.<handle>`.
 *
 * Several that name different DIDs are as none.
 */
export function dnsResolver({ lookup }: { readonly lookup?: LookupTxt | undefined } = {}): HandleResolver {
  return {
    name: "dns",
    async resolve(handle, { signal } = {}) {
      // Names of private networks, such as `.internal`.
      if (!isValidTld(handle)) return undefined;
      signal?.throwIfAborted();
      const resolver = new Resolver({ timeout: 2_000, tries: 2 });
      const look = lookup ?? ((name) => resolver.resolveTxt(name));
      const found = look(`_atproto.${handle}`).catch((error: unknown) => {
        if (NO_RECORD.includes((error as NodeJS.ErrnoException).code ?? "")) return [];
        throw error;
      });
      try {
        const records = await abortable(found, signal);
        const texts = records.map((pieces) => pieces.join("")).filter((text) => text.startsWith("did="));
        const [did, ...others] = new Set(texts.map((text) => text.slice("did=".length).trim()));
        return others.length === 0 ? did : undefined;
      } finally {
        resolver.cancel();
      }
    },
  };
}
