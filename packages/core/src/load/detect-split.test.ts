import { describe, expect, it } from "vitest";
import { splitByRules, splitsByNames } from "./detect-split.ts";

describe("splitByRules", () => {
  it.each<[string, string]>([
    // Between delimiters.
    ["mnist-train-000000.tar", "train"],
    ["mnist_training_000000.tar", "train"],
    ["mnist-test-000000.tar", "test"],
    ["mnist_testing-000000.tar", "test"],
    ["mnist-val-000000.tar", "validation"],
    ["mnist-valid-000000.tar", "validation"],
    ["mnist-validation-000000.tar", "validation"],
    ["mnist-dev-000000.tar", "validation"],
    ["mnist-development-000000.tar", "validation"],
    // At the start of the name.
    ["test-000000.tar", "test"],
    ["data/TEST_0.tar", "test"],
    ["val-0.tar", "validation"],
    ["dev_0.tar", "validation"],
    // A folder, the first one too.
    ["/data/test/000000.tar", "test"],
    ["C:\\data\\Validation\\0.tar", "validation"],
    ["test/000000.tar", "test"],
    ["dev\\0.tar", "validation"],
    ["/srv/dev/mnist.tar", "validation"],
    ["https://example.org/test/0.tar", "test"],
    // The name counts before the path, the path's words between delimiters before its folders.
    ["/data/test/train-0.tar", "train"],
    ["/data/my-test-set/dev/0.tar", "test"],
    // Of several in a name, the first rule and the first group.
    ["test-0-train-1.tar", "train"],
    ["dev-test-0.tar", "test"],
    ["val-train.tar", "validation"],
    // What no rule knows.
    ["test.tar", "train"],
    ["my_test.tar", "train"],
    ["eval-0.tar", "train"],
    ["latest-0.tar", "train"],
    ["mnist-testset-0.tar", "train"],
    ["tests/0.tar", "train"],
    ["mnist.tar", "train"],
    ["", "train"],
  ])("says of %j that it is of %s, as Python atdata does", (path, split) => {
    expect(splitByRules(path)).toBe(split);
  });
});

describe("splitsByNames", () => {
  it.each<[string, string]>([
    ["test.tar", "test"],
    ["my_test.tar", "test"],
    ["eval-0.tar", "test"],
    ["mnist.Evaluation2.tar.gz", "test"],
    ["mnist-train.tar", "train"],
    ["mnist-dev.dataset.json", "validation"],
    ["/srv/dev/test.tar", "test"],
    ["/data/mnist/test/000000.tar", "test"],
    ["C:\\data\\val\\000000.tar", "validation"],
    ["/srv/dev/mnist/latest.tar", "train"],
  ])("says of %j that it is of %s", (path, split) => {
    expect(splitsByNames([path])).toEqual([split]);
  });

  it("asks rather than guesses where names are of several splits, or only some tell one", () => {
    expect(() => splitsByNames(["test-train.tar"])).toThrow(/this name may mean test or train;.*try: give the files/);
    expect(() => splitsByNames(["a/test.tar", "b/more.tar"])).toThrow(/tells no split, as others do; ref=b\/more.tar/);
    expect(splitsByNames(["a.tar", "b.tar"])).toEqual(["train", "train"]);
  });
});
