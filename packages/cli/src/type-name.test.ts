import { expect, test } from "vitest";
import { typeNameOf } from "./type-name.ts";

test.each([
  ["out/mnist-train.tar", "MnistTrain"],
  ["@local/mnist/test_set@1.0.0", "TestSet"],
  ["iris", "Iris"],
  ["out/x.y.tar", "X"],
  ["2020.tar", "Sample"],
  ["@local/größe", "GrE"],
  ["@local/日本", "Sample"],
  ["none.tar", "Sample"],
])("a type is named after the dataset %s", (target, name) => {
  expect(typeNameOf(target)).toBe(name);
});
