import { type AtmosphereOptions, login, type PasswordSession } from "@atdata/atmosphere";
import { startTestNetwork, type TestAccount, type TestNetwork, type TestPds } from "@atdata/tooling-atproto";

/** An account that is logged in. */
export interface LoggedIn extends TestAccount {
  readonly session: PasswordSession;
}

/** A network of a PLC directory and two PDSes, and what leads to the accounts on it. */
export interface TestAccounts extends AsyncDisposable {
  readonly network: TestNetwork;
  /** How an atmosphere finds accounts. */
  readonly ways: Required<Pick<AtmosphereOptions, "plcUrl" | "resolvers">>;
  /** Makes an account and logs in. */
  account(name: string, pds?: TestPds): Promise<LoggedIn>;
}

/** Starts a network. */
export async function startAccounts(): Promise<TestAccounts> {
  const network = await startTestNetwork();
  return {
    network,
    ways: {
      plcUrl: network.plcUrl,
      resolvers: [{ name: "test", resolve: (handle) => network.resolveHandle(handle) }],
    },
    async account(name, pds = network.pds[0]) {
      const account = await network.createAccount(pds, name);
      const { handle: identifier, password } = account;
      return { ...account, session: await login({ identifier, password, service: pds.url }) };
    },
    [Symbol.asyncDispose]: () => network[Symbol.asyncDispose](),
  };
}
