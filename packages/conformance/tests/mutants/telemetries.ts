import { consoleTelemetry, type Telemetry } from "@atdata/core";
import type { MakeTelemetry } from "../../src/index.ts";

function fixture(
  change: (telemetry: Telemetry, write: () => void) => Partial<Telemetry> = () => ({}),
): ReturnType<MakeTelemetry> {
  let lines = 0;
  const write = (): void => {
    lines++;
  };
  const telemetry = consoleTelemetry({ level: "debug", write });
  return { telemetry: { ...telemetry, ...change(telemetry, write) }, emitted: () => lines };
}

/** The telemetry that all mutants are made of. */
export const goodTelemetry: MakeTelemetry = () => fixture();

const shared = fixture();

/** Telemetries with one fault each. */
export const telemetryMutants: Readonly<Record<string, MakeTelemetry>> = {
  "throws for an attribute that is undefined": () =>
    fixture((good) => ({
      log(level, message, attributes) {
        for (const value of Object.values(attributes ?? {})) if (value === undefined) throw new TypeError("no value");
        good.log(level, message, attributes);
      },
    })),
  "gives a promise": () => fixture(() => ({ count: async () => {} })),
  "shows errors without care": () =>
    fixture((good) => ({
      span(name, attributes) {
        const span = good.span(name, attributes);
        return { end: (error) => span.end(error === undefined ? undefined : `${(error as Error).message}`) };
      },
    })),
  "wants spans to end like brackets": () => {
    const open: string[] = [];
    return fixture((good) => ({
      span(name, attributes) {
        const span = good.span(name, attributes);
        open.push(name);
        return {
          end(error) {
            if (open.pop() !== name) throw new Error("another span is open");
            span.end(error);
          },
        };
      },
    }));
  },
  "puts a span out each time it is ended": () => fixture((_, write) => ({ span: () => ({ end: write }) })),
  "drops errors": () =>
    fixture((good) => ({ log: (level, message) => (level === "error" ? undefined : good.log(level, message)) })),
  "shares its output between factory calls": () => shared,
};
