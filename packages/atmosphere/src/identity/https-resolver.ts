import { isValidTld } from "@atproto/syntax";
import { FOR_HOSTS, getText } from "./get-text.ts";
import type { HandleResolver } from "./identity.ts";

const MAX_BYTES = 4096;

/** Builds the resolver that asks a handle's own host: `https://<handle>/.well-known/atproto-did`. */
export function httpsResolver({
  fetch,
}: {
  readonly fetch?: typeof globalThis.fetch | undefined;
} = {}): HandleResolver {
  return {
    name: "https",
    async resolve(handle, { signal } = {}) {
      // Names of private networks, such as `.internal`.
      if (!isValidTld(handle)) return undefined;
      const url = `https://${handle}/.well-known/atproto-did`;
      const { status, text } = await getText(url, { fetch, signal, patience: FOR_HOSTS, maxBytes: MAX_BYTES });
      // Many hosts answer any path with a page.
      return status === 200 && text?.startsWith("did:") ? text.trim() : undefined;
    },
  };
}
