/** Starts real PLC directories and PDSes on loopback, in child processes. */
export interface TestNetwork extends AsyncDisposable {
  /** The PLC directory. */
  readonly plcUrl: string;
  /** Two PDSes: handles end in `.test` on the first and `.two.test` on the second. */
  readonly pds: readonly [TestPds, TestPds];
  /** Makes an account; the handle is `<name>.test` or `<name>.two.test`. */
  createAccount(pds: TestPds, name: string): Promise<TestAccount>;
  /** Asks each PDS for a handle, as there is no DNS for it. */
  resolveHandle(handle: string): Promise<string | undefined>;
}

/** A PDS that can be stopped and started again with what it has. */
export interface TestPds {
  readonly url: string;
  stop(): Promise<void>;
  start(): Promise<void>;
}

/** An account. */
export interface TestAccount {
  readonly did: string;
  readonly handle: string;
  readonly password: string;
  readonly pds: TestPds;
}
