import { describe, expect, it } from "vitest";
import { memoryFormat, memoryIndex } from "../index.ts";
import { partsOfIndex } from "./index-parts.ts";
import { route } from "./route.ts";

const repo = { provider: memoryIndex() };
const parts = partsOfIndex({ repos: { local: repo, team: repo }, formats: [memoryFormat()] });
const at = async (ref: string, type: "dataset" | "schema" = "dataset", home?: string) => {
  const { repo, name, version } = await route(parts, ref, { type, home });
  return [repo, name, version];
};

describe("routing a reference", () => {
  it.each([
    ["digits", "local", "digits", undefined],
    ["digits@1.0.0", "local", "digits", "1.0.0"],
    ["digits@1.2", "local", "digits", "1.2"],
    ["local/digits", "local", "digits", undefined],
    ["team/digits@1.0.0", "team", "digits", "1.0.0"],
    ["@team/digits", "team", "digits", undefined],
    ["@team/a/b@1.0.0", "team", "a/b", "1.0.0"],
    ["@team/a@b@1.0.0", "team", "a@b", "1.0.0"],
    ["atdata://team/dataset/digits@1.0.0", "team", "digits", "1.0.0"],
    ["atdata://local/dataset/digits", "local", "digits", undefined],
  ])("finds %s in its repository", async (ref, repo, name, version) => {
    expect(await at(ref)).toEqual([repo, name, version]);
  });

  it("reads local schemas as those of the repository whose entry names them", async () => {
    expect(await at("atdata://local/schema/Digit@1.0.0", "schema", "team")).toEqual(["team", "Digit", "1.0.0"]);
    expect(await at("local://schemas/mod.Digit@1.0.0", "schema", "team")).toEqual(["team", "Digit", "1.0.0"]);
    expect(await at("Digit", "schema", "team")).toEqual(["team", "Digit", undefined]);
    expect(await at("@local/Digit", "schema", "team")).toEqual(["local", "Digit", undefined]);
  });

  it.each([
    ["tema/digits", "REPO_UNKNOWN", "@team/…"],
    ["@someone.example/digits", "REPO_UNKNOWN", "@local/… or @team/…"],
    ["@constructor/digits", "REPO_UNKNOWN", "@local/…"],
    ["atdata://other/dataset/digits", "REPO_UNKNOWN", "@local/…"],
    ["at://did:plc:abc/science.alt.dataset.entry/3k", "REPO_UNKNOWN", "@atdata/atmosphere"],
    ["@team", "REF_INVALID", "@repo/name"],
    ["", "REF_INVALID", ""],
    ["digits@latest", "REF_INVALID", "a.b.c"],
    ["./digits.tar", "REF_INVALID", "index.insert"],
    ["/data/digits.tar", "REF_INVALID", "index.insert"],
    ["https://me:secret@example.org/digits.tar", "REF_INVALID", "index.insert"],
    ["atdata://team/schema/Digit@1.0.0", "REF_INVALID", ""],
  ])("refuses %s with %s", async (ref, code, hint) => {
    const error = await at(ref).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code, message: expect.stringContaining(hint) });
    expect(JSON.stringify(error)).not.toContain("secret");
  });

  it("takes no repository that no reference could name, and no index without a format", () => {
    for (const name of ["", "a/b", "@a", "a b", "did:plc:x"]) {
      expect(() => partsOfIndex({ repos: { [name]: repo }, formats: [memoryFormat()] }), name).toThrow(TypeError);
    }
    expect(() => partsOfIndex({ repos: {}, formats: [] })).toThrow(TypeError);
  });
});
