import { startTestNetwork, type TestAccount, type TestNetwork, type TestPds } from "@atdata/tooling-atproto";
import {
  type Atmosphere,
  type AtmosphereOptions,
  type AtmosphereSession,
  atmosphere,
  type HandleResolver,
  login,
} from "../src/index.ts";

/** An account that is logged in. */
export interface LoggedIn extends TestAccount {
  readonly session: AtmosphereSession;
}

/** A network, and what opens its accounts. */
export interface Network extends AsyncDisposable {
  readonly net: TestNetwork;
  /** How clients find the accounts. */
  readonly options: Pick<AtmosphereOptions, "plcUrl" | "resolvers">;
  /** Makes an account on the first PDS, or another, with a name of its own, and logs in. */
  account(name?: string, pds?: TestPds): Promise<LoggedIn>;
  /** Opens the atmosphere, as somebody or nobody. */
  open(options?: AtmosphereOptions): Atmosphere;
}

/** Starts a network. */
export async function startNetwork(): Promise<Network> {
  const net = await startTestNetwork();
  const resolver: HandleResolver = { name: "test", resolve: (handle) => net.resolveHandle(handle) };
  const options = { plcUrl: net.plcUrl, resolvers: [resolver] };
  let made = 0;
  return {
    net,
    options,
    async account(name = `account-${made++}`, pds = net.pds[0]) {
      const account = await net.createAccount(pds, name);
      const { handle: identifier, password } = account;
      return { ...account, session: await login({ identifier, password, service: pds.url }) };
    },
    open: (more) => atmosphere({ ...options, ...more }),
    [Symbol.asyncDispose]: () => net[Symbol.asyncDispose](),
  };
}

/** Counts the requests of a session by their method. */
export function counting(session: AtmosphereSession): AtmosphereSession & { count(nsid: string): number } {
  const counts = new Map<string, number>();
  return {
    did: session.did,
    fetchHandler(pathname, init) {
      const nsid = pathname.replace(/^\/xrpc\//, "").replace(/\?.*$/, "");
      counts.set(nsid, (counts.get(nsid) ?? 0) + 1);
      return session.fetchHandler(pathname, init);
    },
    count: (nsid) => counts.get(nsid) ?? 0,
  };
}

/** Gives what a promise is rejected with. */
export async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

/** Collects what is listed. */
export async function listed<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}
