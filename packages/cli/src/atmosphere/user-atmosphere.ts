import { dirname } from "node:path";
import type { Atmosphere, AtmosphereSession, PasswordSession } from "@atdata/atmosphere";
import type { NodeAtmosphereOptions } from "@atdata/atmosphere/node";
import type { Config } from "../config/config.ts";
import { type Credentials, updateSession } from "./credentials.ts";

/** The network as a user has set it up. */
export interface UserAtmosphere {
  /** As the account that is logged in sees it, or as nobody. */
  readonly atmosphere: Atmosphere;
  /** How its PDS is talked to. */
  readonly session: AtmosphereSession | undefined;
}

/** Opens the network for somebody; asks nobody for a session before something is written. Loads the library, which takes its time. */
export async function openAtmosphere(config: Config, credentials: Credentials | undefined): Promise<UserAtmosphere> {
  const { atmosphere } = await import("@atdata/atmosphere/node");
  const options = await atmosphereOptions(config);
  if (credentials === undefined) return { atmosphere: atmosphere(options), session: undefined };
  const session = await sessionOf(credentials, atmosphere(options));
  return { atmosphere: atmosphere({ ...options, session }), session };
}

/** Logs in, at the PDS that an account has where none is named. */
export async function logIn(
  { handle, password, service }: Extract<Credentials, { kind: "environment" }>,
  { identities }: Pick<Atmosphere, "identities">,
  signal?: AbortSignal,
): Promise<PasswordSession> {
  const { login } = await import("@atdata/atmosphere");
  // An e-mail address leads nowhere by itself: then the default of the library is asked.
  const found =
    service === undefined && !handle.includes("@") ? await identities.resolve(handle, { signal }) : undefined;
  return login({ identifier: handle, password, service: service ?? found?.pds, signal });
}

async function sessionOf(credentials: Credentials, anonymous: Atmosphere): Promise<AtmosphereSession> {
  if (credentials.kind === "saved") return resumeSaved(credentials);
  const { did } = await anonymous.identities.resolve(credentials.handle);
  let started: Promise<PasswordSession> | undefined;
  return {
    did,
    async fetchHandler(pathname, init) {
      // One that failed is tried again by the next request; none ends it for the others.
      started ??= logIn(credentials, anonymous).catch((error: unknown) => {
        started = undefined;
        throw error;
      });
      return (await started).fetchHandler(pathname, init);
    },
  };
}

/** Goes on with a session that was saved, and saves its new tokens. */
export async function resumeSaved({
  file,
  session,
}: Extract<Credentials, { kind: "saved" }>): Promise<PasswordSession> {
  const { resumeSession } = await import("@atdata/atmosphere");
  return resumeSession(session, {
    // One that has ended stays where it is, for the message that it has; a new login replaces it.
    onChange: (data) => (data === undefined ? undefined : updateSession(file, data)),
  });
}

async function atmosphereOptions({ file, atmosphere }: Config): Promise<NodeAtmosphereOptions> {
  const { resolvers = [], ...options } = atmosphere;
  const { httpsResolver, serviceResolver } = await import("@atdata/atmosphere");
  const { dnsResolver } = await import("@atdata/atmosphere/node");
  const services = resolvers.map((url) => serviceResolver(url));
  return { ...options, home: dirname(file), resolvers: [...services, dnsResolver(), httpsResolver()] };
}
