import fc from "fast-check";
import { expect, it } from "vitest";
import { recordMicroseconds, recordTime, utcTime } from "./record-time.ts";

it("times come back to the microsecond, and their texts sort as they do", () => {
  const micros = fc.integer({ min: 0, max: 4_000_000_000_000_000 });
  fc.assert(
    fc.property(micros, micros, (a, b) => {
      expect(recordTime(a)).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00$/);
      expect(recordMicroseconds(recordTime(a))).toBe(a);
      expect(recordTime(a) < recordTime(b)).toBe(a < b);
    }),
  );
});

it.each<[string, number | undefined, string | undefined]>([
  ["1970-01-01T00:00:01Z", 1_000_000, "1970-01-01T00:00:01Z"],
  ["1970-01-01T00:00:01.5Z", 1_500_000, "1970-01-01T00:00:01.5Z"],
  ["1970-01-01T00:00:01.123456789+00:00", 1_123_456, "1970-01-01T00:00:01.123456789+00:00"],
  ["1970-01-01T01:00:01.000001+01:00", 1_000_001, "1970-01-01T00:00:01.000001+00:00"],
  ["1969-12-31T23:59:59.999999Z", -1, "1969-12-31T23:59:59.999999Z"],
  ["1970-01-01T00:00:01", undefined, undefined],
  ["1970-13-01T00:00:01Z", undefined, undefined],
  ["yesterday", undefined, undefined],
])("%s is %s microseconds after 1970", (text, micros, utc) => {
  expect(recordMicroseconds(text)).toBe(micros);
  expect(utcTime(text)).toBe(utc);
});
