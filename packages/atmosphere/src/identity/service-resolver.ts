import { AtdataError, redactUrl } from "@atdata/core";
import { FOR_SERVICES, getText } from "./get-text.ts";
import type { HandleResolver } from "./identity.ts";

const MAX_BYTES = 4096;

/**
 * Builds the resolver that asks a service, such as a PDS, with `com.atproto.identity.resolveHandle`.
 *
 * @param url - Origin of the service.
 */
export function serviceResolver(
  url: string,
  { fetch }: { readonly fetch?: typeof globalThis.fetch | undefined } = {},
): HandleResolver {
  const place = redactUrl(url);
  return {
    name: place,
    async resolve(handle, { signal } = {}) {
      const asked = new URL("/xrpc/com.atproto.identity.resolveHandle", url);
      asked.searchParams.set("handle", handle);
      const answer = await getText(asked.href, { fetch, signal, patience: FOR_SERVICES, maxBytes: MAX_BYTES });
      const { status, text } = answer;
      if (status === 400 || status === 404) return undefined;
      const did = status === 200 ? didOf(text) : undefined;
      if (did !== undefined) return did;
      throw new AtdataError("HTTP_ERROR", "the service does not resolve handles", { url: place, status });
    },
  };
}

function didOf(text: string | undefined): string | undefined {
  try {
    const answer = JSON.parse(text ?? "") as { readonly did?: unknown } | null;
    return typeof answer?.did === "string" ? answer.did : undefined;
  } catch {
    return undefined;
  }
}
