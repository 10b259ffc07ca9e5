import type { Attributes, Telemetry } from "@atdata/core";
import type { ConformanceCase, Need } from "./case.ts";
import { ensure, same } from "./expect.ts";

/** A telemetry made by the backend's author, with a way to see what came out of it, if there is one. */
export interface TelemetryFixture {
  /** The telemetry. */
  readonly telemetry: Telemetry;
  /** Tells how many records it has put out so far. */
  emitted?(): number;
}

/** Makes a telemetry that shares nothing with any other that was made. */
export type MakeTelemetry = () => TelemetryFixture;

const needsEmitted: Need<MakeTelemetry> = {
  capability: "records that can be counted",
  has: async (make) => make().emitted !== undefined,
};

const ATTRIBUTES: readonly (Attributes | undefined)[] = [
  undefined,
  {},
  { text: "a\nb=\u0000c", number: Number.NaN, big: Number.POSITIVE_INFINITY, flag: false, missing: undefined },
  Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`key${i}`, "x".repeat(1000)])),
];

const hostile = {
  get message(): string {
    throw new Error("a getter that throws");
  },
  toString(): string {
    throw new Error("a toString that throws");
  },
};

/** The rules of a `Telemetry`. */
export const telemetryCases: readonly ConformanceCase<MakeTelemetry>[] = [
  {
    id: "telemetry/never-throws",
    rule: "no call throws, whatever its values",
    async run(make) {
      const { telemetry } = make();
      for (const attributes of ATTRIBUTES) {
        for (const level of ["debug", "info", "warn", "error"] as const) telemetry.log(level, "message", attributes);
        for (const value of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
          telemetry.count("count", value, attributes);
          telemetry.observe("took_ms", value, attributes);
        }
        telemetry.span("span", attributes).end();
      }
    },
  },
  {
    id: "telemetry/never-waits",
    rule: "log, count, observe and the end of a span give nothing that could be waited for",
    async run(make) {
      const { telemetry } = make();
      const results: unknown[] = [
        telemetry.log("info", "message"),
        telemetry.count("count", 1),
        telemetry.observe("took_ms", 1),
        telemetry.span("span").end(),
      ];
      for (const result of results) ensure(result === undefined, "a call gives something back");
    },
  },
  {
    id: "telemetry/any-error",
    rule: "a span ends with any error, also one that cannot be shown",
    async run(make) {
      const { telemetry } = make();
      for (const error of [new Error("failed"), "text", null, 0, hostile]) telemetry.span("span").end(error);
    },
  },
  {
    id: "telemetry/spans-overlap",
    rule: "spans end in any order",
    async run(make) {
      const { telemetry } = make();
      const [outer, inner] = [telemetry.span("outer"), telemetry.span("inner")];
      outer.end();
      inner.end();
    },
  },
  {
    id: "telemetry/span-ends-once",
    rule: "a span that is ended twice is put out once",
    needs: [needsEmitted],
    async run(make) {
      const { telemetry, emitted } = make();
      const span = telemetry.span("span");
      span.end();
      const once = emitted?.();
      span.end(new Error("again"));
      same(emitted?.(), once, "records after the second end");
    },
  },
  {
    id: "telemetry/errors-come-out",
    rule: "a log record of level error is put out",
    needs: [needsEmitted],
    async run(make) {
      const { telemetry, emitted } = make();
      const before = emitted?.() ?? 0;
      telemetry.log("error", "message", { shard: "a.tar" });
      same(emitted?.(), before + 1, "records");
    },
  },
  {
    id: "telemetry/isolated",
    rule: "what one factory call made is not seen by another",
    needs: [needsEmitted],
    async run(make) {
      const [one, other] = [make(), make()];
      const before = other.emitted?.();
      one.telemetry.log("error", "message");
      same(other.emitted?.(), before, "records of the other");
    },
  },
];
