/** Real PLC directory and PDSes on the loopback interface, in child processes. */
export interface TestNetwork extends AsyncDisposable {
  /** The PLC directory. */
  readonly plcUrl: string;
  /** Two PDSes: handles end in `.test` on the first and `.two.test` on the second. */
  readonly pds: readonly [TestPds, TestPds];
  /** Makes an account; the handle is `<name>.test` or `<name>.two.test`, with 3 to 18 characters in the name. */
  createAccount(pds: TestPds, name: string): Promise<TestAccount>;
  /** Asks the PDS that gives out such handles, as there is no DNS for them. */
  resolveHandle(handle: string): Promise<string | undefined>;
}

/** A PDS that can be stopped and started again with what it has. */
export interface TestPds {
  /** Its origin, as DID documents name it: `http://localhost:<port>`. */
  readonly url: string;
  /** Ends it; what it has stays. */
  stop(): Promise<void>;
  /** Starts it again, on the same port. */
  start(): Promise<void>;
}

/** An account. */
export interface TestAccount {
  readonly did: string;
  readonly handle: string;
  readonly password: string;
  readonly pds: TestPds;
}
