import type { CallOptions, FieldCodecPack, Hasher, ShardPlugin } from "@atdata/core";
import type { Atmosphere } from "../atmosphere.ts";
import type { TrustLink } from "./chain.ts";

/** Settings of {@link verifyEntry}. */
export interface VerifyEntryOptions extends CallOptions {
  /** Finds accounts and reads their repositories. */
  readonly atmosphere: Pick<Atmosphere, "identities" | "open" | "network">;
  /** Read manifests; without one, those are not looked at. */
  readonly plugins?: readonly ShardPlugin[] | undefined;
  /** Codecs of field kinds that live in subpaths, for the type. */
  readonly codecs?: readonly FieldCodecPack[] | undefined;
  /** Whether samples are compared with the hashes in manifests, too. Default false. */
  readonly samples?: boolean | undefined;
  /** Starts a SHA-256; the default works everywhere, Node's own is faster. */
  readonly createHasher?: (() => Hasher) | undefined;
  /** Told of each link as soon as it was looked at. */
  readonly onLink?: ((link: TrustLink) => void) | undefined;
}
