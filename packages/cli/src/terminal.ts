import pc from "picocolors";

/** The functions that colour text, or leave it alone. */
export type Colors = ReturnType<typeof pc.createColors>;

/** One of the two streams that a command writes to. */
export interface Output {
  /** Writes text, and waits while the reader is slower. */
  write(text: string): Promise<void>;
  /** Colours, when the stream shows them. */
  readonly colors: Colors;
  /** Whether somebody looks at it. */
  readonly isTerminal: boolean;
  /** Characters that a line holds. */
  readonly width: number;
}

/** What a command runs in. */
export interface Terminal {
  /** Data. */
  readonly out: Output;
  /** Errors, notes and progress. */
  readonly err: Output;
  /** Aborted when the user interrupts. */
  readonly signal: AbortSignal;
  /** Has something disposed of when the command ends, well or not. */
  atExit(resource: AsyncDisposable): void;
  /** What the process ends with. */
  readonly exit: ExitStatus;
}

/** The exit status of either outcome, which a command may set. */
export interface ExitStatus {
  /** When the command ends well. */
  onSuccess: number;
  /** When it fails for a reason that is not a bug. */
  onFailure: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Wraps a stream of the process. */
export function outputTo(stream: NodeJS.WriteStream, env: Environment): Output {
  return {
    write: (text) =>
      new Promise((resolve, reject) => {
        stream.write(text, (error) => (error ? reject(error) : resolve()));
      }),
    colors: pc.createColors(wantsColor(stream, env)),
    isTerminal: stream.isTTY === true,
    width: stream.columns > 0 ? stream.columns : 80,
  };
}

/** Decides about colours as no-color.org and force-color.org say: a variable that is set beats what the stream is. */
export function wantsColor(stream: { readonly isTTY?: boolean }, env: Environment): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== "0" && env.FORCE_COLOR !== "false";
  return stream.isTTY === true && env.TERM !== "dumb";
}
