import { contiguous, fromNested, transpose } from "@atdata/core";
import { expect, test } from "vitest";
import { drawPicture, isDrawable } from "./draw.ts";

const steps = fromNested(
  Array.from({ length: 7 }, (_, row) => [0, 51, 102, 153, 204, 255].map((v) => (row < 4 ? v : 255 - v))),
  "uint8",
);

test("a picture is two-dimensional, of bytes, and fits a terminal", () => {
  const of = (rows: number, columns: number): boolean =>
    isDrawable({ data: new Uint8Array(rows * columns), shape: [rows, columns], dtype: "uint8" });
  expect([of(28, 28), of(6, 6), of(64, 64)]).toEqual([true, true, true]);
  expect([of(5, 28), of(28, 5), of(65, 28), of(28, 65)]).toEqual([false, false, false, false]);
  expect(isDrawable({ data: new Uint8Array(784), shape: [784], dtype: "uint8" })).toBe(false);
  expect(isDrawable({ data: new Float32Array(784), shape: [28, 28], dtype: "float32" })).toBe(false);
});

test("without colours, marks are as heavy as two pixels are bright", () => {
  expect(drawPicture(steps, false)).toEqual([" :=+#@", " :=+#@", "@#+=:", "@#+=:"]);
});

test("in colour, the upper pixel is the half block, the lower one its background, and nothing lies below the last odd row", () => {
  const [first, , , last] = drawPicture(steps, true);
  expect(first?.startsWith("\x1b[38;5;232;48;5;232m▀")).toBe(true);
  expect(first?.endsWith("\x1b[38;5;255;48;5;255m▀\x1b[0m")).toBe(true);
  expect(last?.startsWith("\x1b[38;5;255;49m▀")).toBe(true);
});

test("an array in another order is drawn as it is meant", () => {
  const turned = transpose(steps);
  expect(turned.strides).toBeDefined();
  expect(drawPicture(turned, false)).toEqual(drawPicture(contiguous(turned), false));
});

test("a picture of one value is drawn, whatever it is", () => {
  expect(drawPicture({ data: new Uint8Array(36), shape: [6, 6], dtype: "uint8" }, false)).toEqual(["", "", ""]);
  expect(drawPicture({ data: new Uint8Array(36).fill(9), shape: [6, 6], dtype: "uint8" }, false)[0]).toBe("@@@@@@");
});
