import { describe, expect, it } from "vitest";
import { isAtdataError } from "../errors.ts";
import { sample } from "../schema/sample.ts";
import { float, int } from "../schema/scalar-fields.ts";
import { fieldLens } from "./field-lens.ts";
import { lens } from "./lens.ts";
import { lensNetwork } from "./network.ts";

const type = (name: string, version?: string) => sample(name, { x: int() }, { version });
const [A, B, C, D, E] = [type("A"), type("B"), type("C", "1.2.0"), type("D"), type("E")];
const step = (from: typeof A, to: typeof A, name?: string) => fieldLens(from, to, { x: "x" }, { name });
const chain = lensNetwork([step(A, B, "ab"), step(B, C, "bc"), step(C, D, "cd")]);

describe("find", () => {
  it("composes the shortest path", () => {
    expect(chain.find(A, D).name).toBe("ab | bc | cd");
    expect(chain.find(A, D).put({ x: 2 }, { x: 1 })).toEqual({ x: 2 });
    expect(chain.with(step(A, C, "ac")).find(A, D).name).toBe("ac | cd");
  });

  it("gives the identity for one and the same type", () => {
    expect(lensNetwork().find(A, A).get({ x: 1 })).toEqual({ x: 1 });
  });

  it("knows a type by its content, not by its object", () => {
    expect(chain.find(sample("A", { x: int() }), sample("B", { x: int() })).name).toBe("ab");
  });

  it("does not take types of one name but other fields or versions for each other", () => {
    expect(() => chain.find(A, sample("B", { x: float() }))).toThrow("no path");
    expect(() => chain.find(A, type("C", "2.0.0"))).toThrow("no path");
    expect(() => chain.find(A, type("C"))).toThrow("no path");
  });

  it("is not led around by cycles", () => {
    const cyclic = chain.with(step(B, A), step(D, A), step(C, B));
    expect(cyclic.find(A, D).name).toBe("ab | bc | cd");
    expect(() => cyclic.find(A, E)).toThrow("no path");
  });

  it("lists what is reachable and suggests a lens when there is no path", () => {
    const Wide = sample("Wide", { x: int(), y: int() });
    try {
      chain.find(A, Wide);
      expect.unreachable();
    } catch (e) {
      if (!isAtdataError(e, "LENS_NOT_FOUND")) throw e;
      expect(e.fields).toEqual({ from: "A", to: "Wide", reachable: ["B", "C@1.2.0", "D"] });
      expect(e.hint).toBe('network.with(fieldLens(A, Wide, { x: "x", y: … }))');
    }
  });

  it("refuses to choose between equally short paths and lists them", () => {
    const forked = lensNetwork([step(A, B, "ab"), step(B, D), step(A, C), step(C, D, "cd")]);
    try {
      forked.find(A, D);
      expect.unreachable();
    } catch (e) {
      if (!isAtdataError(e, "LENS_AMBIGUOUS")) throw e;
      expect(e.fields.paths).toEqual(["A → (ab) B → D", "A → C@1.2.0 → (cd) D"]);
    }
    expect(forked.with(step(A, D, "direct")).find(A, D).name).toBe("direct");
    expect(() => forked.with(step(A, B, "again")).find(A, B)).toThrow("A → (ab) B, A → (again) B");
  });

  it("does not drown in parallel paths", () => {
    const layers = Array.from({ length: 30 }, (_, i) => type(`T${i}`));
    const parallel = layers.slice(1).flatMap((to, i) => [step(layers[i] ?? A, to), step(layers[i] ?? A, to)]);
    expect(() => lensNetwork(parallel).find(layers[0] ?? A, layers[29] ?? A)).toThrow("equally short");
  });

  it("finds one-way lenses, too", () => {
    const oneWay = lens(D, E, { get: ({ x }) => ({ x: x + 1 }) });
    const found = chain.with(oneWay).find(A, E);
    expect(found.get({ x: 1 })).toEqual({ x: 2 });
    expect(found.twoWay).toBe(false);
  });
});

describe("with", () => {
  it("leaves the network as it was", () => {
    const more = chain.with(step(D, E));
    expect(more.lenses.length).toBe(4);
    expect(chain.lenses.length).toBe(3);
    expect(() => chain.find(A, E)).toThrow("no path");
  });
});
