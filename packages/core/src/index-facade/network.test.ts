import { describe, expect, it } from "vitest";
import { Digit, digits, failure, listed } from "../../tests/index-fixture.ts";
import {
  AtdataError,
  createIndex,
  fieldLens,
  int,
  memoryFormat,
  memoryIndex,
  memoryStore,
  type Repository,
  sample,
} from "../index.ts";

const ALICE = "did:plc:alice";

/** An index with one repository, and a network on which one other account is. */
function indexOnNetwork() {
  const alice: Repository = { provider: memoryIndex(), store: memoryStore() };
  const opened: string[] = [];
  const network = {
    source: memoryStore().source,
    open: async (authority: string) => {
      opened.push(authority);
      if (authority === "alice.test" || authority === ALICE) return alice;
      throw new AtdataError("NOT_FOUND", "no such account", { url: authority });
    },
  };
  const me = { provider: memoryIndex(), store: memoryStore(), network };
  return { index: createIndex({ repos: { me }, formats: [memoryFormat()] }), opened, alice };
}

describe("references to accounts", () => {
  it("are opened on the network, by handle, DID and the uri of an entry", async () => {
    const { index, opened } = indexOnNetwork();
    const { id } = await index.write("@alice.test/digits@1.0.0", Digit, digits(3));
    opened.length = 0;
    for (const ref of ["@alice.test/digits", `@${ALICE}/digits@1.0`, `@${ALICE}/${id}`]) {
      expect(await (await index.load(ref, { type: Digit })).count()).toBe(3);
    }
    expect(opened).toContain("alice.test");
    expect(await listed(index.list({ repo: "alice.test" }))).toMatchObject([{ id, repo: "alice.test" }]);
    expect((await index.search({ repo: ALICE })).entries).toMatchObject([{ id }]);
    expect(await index.schema("@alice.test/Digit@1.0.0")).toMatchObject({ name: "Digit" });
    expect(await index.list()[Symbol.asyncIterator]().next()).toMatchObject({ done: true });
  });

  it("ask the provider for records by their uri", async () => {
    const { index, alice } = indexOnNetwork();
    const entry = await index.write("@alice.test/digits", Digit, digits(2));
    const uri = `at://${ALICE}/science.alt.dataset.entry/3kaaaaaaaaaaa`;
    Object.assign(alice.provider, {
      getEntry: async (id: string) => (id === uri ? { ...entry, id: uri, schemaRef: schemaUri } : undefined),
      schemaByRef: async (ref: string) =>
        ref === schemaUri ? await alice.provider.getSchema("Digit", "1.0.0") : undefined,
    });
    const schemaUri = `at://${ALICE}/science.alt.dataset.schema/Digit:1.0.0`;
    expect(await index.get(uri)).toMatchObject({ id: uri, repo: ALICE });
    expect((await index.load(uri)).type).toMatchObject({ name: "Digit" });
    expect(await index.schema(schemaUri)).toMatchObject({ name: "Digit" });
    expect(await index.get(`${uri}b`)).toBeUndefined();
  });

  it("are opened to publish types and lenses, too", async () => {
    const { index } = indexOnNetwork();
    expect((await index.publishSchema(Digit, { repo: "alice.test", version: "2.0.0" })).held).toMatchObject({
      version: "2.0.0",
    });
    const again = indexOnNetwork().index;
    const lens = fieldLens(Digit, sample("Label", { label: int() }), { label: "label" });
    expect(await again.storeLens(lens, { repo: ALICE, name: "label-of" })).toMatchObject({ created: true });
  });

  it("leave names of the index's own repositories, and unknown ones, as they are", async () => {
    const { index, opened } = indexOnNetwork();
    await index.write("@me/digits", Digit, digits(1));
    expect(await failure(index.get("@mee/digits"))).toMatchObject({ code: "REPO_UNKNOWN" });
    expect(opened).toEqual([]);
    expect(await failure(index.get("@bob.test/digits"))).toMatchObject({ code: "NOT_FOUND" });
    expect(await failure(index.write("at://bob.test/a.b.c/d", Digit, digits(1)))).toMatchObject({ code: "NOT_FOUND" });
    expect(await failure(index.write(`at://${ALICE}/a.b.c/d`, Digit, digits(1)))).toMatchObject({
      code: "REF_INVALID",
    });
  });

  it("copy under the name that a dataset has when only the repository is given", async () => {
    const { index } = indexOnNetwork();
    await index.write("@alice.test/digits@1.0.0", Digit, digits(3));
    expect(await index.copy("@alice.test/digits@1.0.0", "@me")).toMatchObject({ name: "digits", repo: "me" });
    expect(await index.get("@me/digits@1.0.0")).toMatchObject({ name: "digits" });
  });
});
