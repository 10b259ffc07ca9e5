import { type AtdataError, type ErrorCode, isAtdataError } from "@atdata/core";

/** What of the chain from an account to its samples a link is about. */
export type TrustLinkKind = "identity" | "record" | "signature" | "schema" | "shard" | "manifest" | "samples";

/** One link of the chain from an account to its samples. */
export interface TrustLink {
  /** What it is about. */
  readonly link: TrustLinkKind;
  /** Whether it holds; `undefined` where nothing is told to compare with, or where a broken link kept it from being looked at. */
  readonly ok: boolean | undefined;
  /** What was found, in a clause. */
  readonly what: string;
  /** The code of what is wrong, when it does not hold. */
  readonly code?: ErrorCode | undefined;
  /** The shard, for links of one. */
  readonly url?: string | undefined;
}

/** What a look at a link comes to. */
export type Look<T> =
  | { readonly ok: true | undefined; readonly what: string; readonly value: T }
  | { readonly ok: false; readonly error: AtdataError };

/** Looks at something; what is wrong is told and not thrown. */
export async function look<T>(work: () => Promise<Exclude<Look<T>, { ok: false }>>): Promise<Look<T>> {
  try {
    return await work();
  } catch (error) {
    if (isAtdataError(error)) return { ok: false, error };
    throw error;
  }
}

/** Collects links, and tells of each at once. */
export class Chain {
  readonly links: TrustLink[] = [];
  readonly #onLink: ((link: TrustLink) => void) | undefined;

  /** Begins with nothing. */
  constructor(onLink: ((link: TrustLink) => void) | undefined) {
    this.#onLink = onLink;
  }

  /** Tells of a link that was looked at; gives `undefined` when it is broken. */
  add<T>(link: TrustLinkKind, looked: Look<T>, url?: string): T | undefined {
    const shard = url !== undefined && { url };
    if (looked.ok !== false) {
      this.tell({ link, ok: looked.ok, what: looked.what, ...shard });
      return looked.value;
    }
    const { code, clause, hint } = looked.error;
    this.tell({ link, ok: false, what: hint === undefined ? clause : `${clause}: ${hint}`, code, ...shard });
    return undefined;
  }

  /** Tells of a link. */
  tell(link: TrustLink): void {
    this.links.push(link);
    this.#onLink?.(link);
  }
}
