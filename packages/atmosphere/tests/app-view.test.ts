import type { ServerResponse } from "node:http";
import { type MakeSearchBackend, register, searchBackendCases } from "@atdata/conformance";
import { type IndexProvider, sample, schemaToLocal, str } from "@atdata/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JsonRecord } from "../src/client/repo-client.ts";
import { type AppView, appView, appViewSearch } from "../src/index.ts";
import { COLLECTIONS } from "../src/lexicon/collections.ts";
import { type AppViewServer, startAppView } from "./app-view-server.ts";
import { failure, type LoggedIn, type Network, startNetwork } from "./network-fixture.ts";

const TIMEOUT = { timeout: 120_000 };

let network: Network;
let me: LoggedIn;
let other: LoggedIn;
let view: AppViewServer;
let mine: IndexProvider;
let theirs: IndexProvider;
let digits: string;
const uris: string[] = [];

/** Starts an AppView over accounts. */
function viewOf(...dids: readonly string[]): Promise<AppViewServer> {
  const { open } = network.open();
  return startAppView(() => Promise.all(dids.map((did) => open(did))));
}

beforeAll(async () => {
  network = await startNetwork();
  me = await network.account("viewed");
  other = await network.account("viewer", network.net.pds[1]);
  view = await viewOf(me.did, other.did);
  mine = network.open({ session: me.session }).provider;
  theirs = network.open({ session: other.session }).provider;

  digits = `at://${me.did}/${COLLECTIONS.schema}/Digit:1.0.0`;
  for (const [provider, name] of [
    [mine, "mine"],
    [theirs, "theirs"],
  ] as const) {
    const entry = { name, schemaRef: digits, dataUrls: [`https://data.example/${name}.tar`] };
    const { id } = await provider.putEntry({ ...entry, metadata: { tags: ["images"], more: [1, 2] } });
    await provider.putLabel({ name, version: "1.0.0", id });
    uris.push(id);
  }
}, 60_000);

afterAll(async () => {
  await view?.[Symbol.asyncDispose]();
  await network?.[Symbol.asyncDispose]();
});

describe("a search by an AppView", () => {
  const makeSearch: MakeSearchBackend = async () => {
    const { did, session } = await network.account();
    const server = await viewOf(did);
    return {
      provider: network.open({ session }).provider,
      search: appViewSearch({ appView: appView(server.url), network: network.open().network }),
      schemaRef: (name, version) => `at://${did}/${COLLECTIONS.schema}/${name}:${version}`,
      maxNameBytes: 200,
      publicUrlsOnly: true,
      dispose: async () => server[Symbol.asyncDispose](),
    };
  };
  register({ describe, it: (name, run) => it(name, TIMEOUT, run) }, searchBackendCases, makeSearch);
});

describe("the search of the network", () => {
  const names = async (query: Parameters<typeof search>[0]): Promise<string[]> =>
    (await search(query)).map(({ name }) => name);
  const search = async (query: {
    text?: string;
    tags?: string[];
    schema?: string;
    limit?: number;
    cursor?: string;
  }) => {
    const { networkSearch } = network.open({ appView: view.url });
    return (await networkSearch?.search(query))?.entries ?? [];
  };

  it("is there where an AppView is named, and finds entries of all accounts as they are", async () => {
    expect(network.open().networkSearch).toBeUndefined();
    expect((await names({})).sort()).toEqual(["mine", "theirs"]);
    const [found] = await search({ text: "MINE", tags: ["images"], schema: digits });
    expect(found).toEqual(await mine.getEntry(uris[0] ?? ""));
    expect(found?.metadata).toMatchObject({ more: [1, 2] });
  });

  it("never asks for words that there are not", async () => {
    await names({ text: "  ", tags: ["images"] });
    expect(view.requests.at(-1)?.method).toBe("listEntries");
  });

  it("believes the repositories, not what the AppView shows of them", async () => {
    view.show = (each) => ({ ...each, name: "lies", tags: ["lies"], schemaRef: `${digits}0` });
    try {
      expect((await names({})).sort()).toEqual(["mine", "theirs"]);
      expect(await names({ tags: ["lies"] })).toEqual([]);
      view.show = (each) => ({ ...each, uri: `${String(each.uri)}0` });
      expect(await names({})).toEqual([]);
    } finally {
      view.show = (each) => each;
    }
  });

  it("passes over what fits no lexicon, is of another collection or of nobody", async () => {
    const bad: ((each: JsonRecord) => JsonRecord)[] = [
      (each) => ({ ...each, name: 7 }),
      (each) => ({ ...each, uri: String(each.uri).replace(COLLECTIONS.entry, COLLECTIONS.label) }),
      (each) => ({ ...each, uri: String(each.uri).replace(/did:[^/]*/, "nobody") }),
      (each) => ({ ...each, uri: 3 }),
      (each) => ({ ...each, cid: undefined }),
      (each) => ({ ...each, did: "did:plc:somebodyelse" }),
    ];
    try {
      for (const show of bad) {
        view.show = show;
        expect(await names({})).toEqual([]);
      }
    } finally {
      view.show = (each) => each;
    }
  });

  it("shows what the AppView shows of a repository that is out of reach", async () => {
    const [, pds] = network.net.pds;
    await pds.stop();
    try {
      const found = await search({ text: "theirs" });
      expect(found).toMatchObject([{ id: uris[1], name: "theirs", dataUrls: ["https://data.example/theirs.tar"] }]);
      expect(found[0]?.metadata).not.toHaveProperty("more");
    } finally {
      await pds.start();
    }
  }, 60_000);

  it.each<[string, (response: ServerResponse) => void]>([
    ["is out of order", (response) => response.writeHead(503, { "retry-after": "0" }).end()],
    ["refuses", (response) => response.writeHead(422).end("{}")],
    ["is something else", (response) => response.writeHead(404).end("<html>")],
    ["answers with no JSON", (response) => response.end("<html>")],
    ["answers with another thing", (response) => response.end("{}")],
    ["hangs up", (response) => response.destroy()],
  ])("looks through the given accounts when the AppView %s, and through nothing without any", async (_, answer) => {
    view.instead = (__, response) => {
      answer(response);
      return true;
    };
    try {
      const parts = { appView: appView(view.url), network: network.open().network };
      const search = appViewSearch({ ...parts, accounts: [me.did, other.handle] });
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await search.search({ tags: ["images"], limit: 1, cursor });
        seen.push(...page.entries.map(({ name }) => name));
        cursor = page.cursor;
        // It is back, and asked for nothing that it does not know of.
        view.instead = undefined;
      } while (cursor !== undefined);
      expect(seen).toEqual(["mine", "theirs"]);
      view.instead = (__, response) => {
        answer(response);
        return true;
      };
      const error = await failure(appViewSearch(parts).search({ text: "mine" }));
      expect(error).toMatchObject({
        code: "APPVIEW_FAILED",
        fields: { appView: view.url, operation: "science.alt.dataset.searchDatasets" },
      });
    } finally {
      view.instead = undefined;
    }
  });

  it("does not begin anew elsewhere when a later page fails", async () => {
    const search = appViewSearch({ appView: appView(view.url), network: network.open().network, accounts: [me.did] });
    const { cursor } = await search.search({ limit: 1 });
    view.instead = (_, response) => response.writeHead(422).end() === response;
    try {
      expect(await failure(search.search({ limit: 1, cursor }))).toMatchObject({ code: "APPVIEW_FAILED" });
    } finally {
      view.instead = undefined;
    }
    for (const bad of ["", "v:", "a1:", "a:", "x", "a9:x"]) {
      expect(await failure(search.search({ cursor: bad })), bad).toMatchObject({ code: "CURSOR_INVALID" });
    }
  });
});

describe("an AppView", () => {
  let client: AppView;
  beforeAll(() => {
    client = appView(`${view.url}/`);
  });

  it("is named by its url or did:web", () => {
    expect(client.url).toBe(view.url);
    expect(appView("did:web:views.example%3A8443").url).toBe("https://views.example:8443");
    expect(appView("did:web:views.example").url).toBe("https://views.example");
    expect(appView("https://views.example/path//").url).toBe("https://views.example/path");
    for (const bad of [
      "",
      "views.example",
      "ftp://x",
      "did:plc:abc",
      "did:web:a:b",
      "did:web:a/b",
      "https://x?y",
      "https://u:secret@x",
    ]) {
      expect(() => appView(bad), bad).toThrow(TypeError);
      expect(() => appView(bad), bad).not.toThrow(/secret/);
    }
    expect(() => network.open({ appView: "views.example" })).toThrow(TypeError);
  });

  it("says what it is", async () => {
    expect(await client.describe()).toMatchObject({ did: "did:web:views.example" });
  });

  it("tells which entry a label stands for", async () => {
    expect(await client.resolveLabel(me.did, "mine")).toBe(uris[0]);
    expect(await client.resolveLabel(me.did, "mine", "1.0.0")).toBe(uris[0]);
    expect(await client.resolveLabel(me.did, "mine", "2.0.0")).toBeUndefined();
  });

  it("finds schemas by their keys", async () => {
    const type = sample("Shown", { label: str() });
    const named = { name: "Shown", version: "1.0.0" };
    const { held } = await mine.createSchema({ ...named, json: schemaToLocal(type, { version: "1.0.0" }) });
    const found = await client.resolveSchema(me.did, "Shown", "1.0.0");
    expect(found).toMatchObject({ uri: held.ref, value: { $type: COLLECTIONS.schema, name: "Shown" } });
    expect(await client.resolveSchema(me.did, "Shown", "1.0.1")).toBeUndefined();
    expect((await client.listSchemas({ repo: me.did })).records.map(({ uri }) => uri)).toEqual([held.ref]);
  });

  it("is asked for 25 entries at a time, and gives those that are there", async () => {
    const asked = [...uris, ...Array.from({ length: 60 }, (_, i) => `${uris[0]}${i}`)];
    const before = view.requests.length;
    const found = await client.getEntries(asked);
    expect(found.map(({ uri }) => uri).sort()).toEqual([...uris].sort());
    expect(view.requests.slice(before).map(({ params }) => params.getAll("uris").length)).toEqual([25, 25, 12]);
    expect(await client.getEntries([])).toEqual([]);
  });

  it("lists page by page", async () => {
    const first = await client.listEntries({ limit: 1 });
    const second = await client.listEntries({ limit: 1, cursor: first.cursor });
    expect([...first.records, ...second.records].map(({ value }) => value.name)).toEqual(["theirs", "mine"]);
    expect(second.cursor).toBeUndefined();
    expect((await client.listEntries({ repo: other.did })).records).toHaveLength(1);
    for (const limit of [0, 101, 1.5]) expect(await failure(client.listEntries({ limit }))).toBeInstanceOf(RangeError);
  });

  it("is searched for words only", async () => {
    const { records } = await client.searchDatasets("images", { tags: ["images"], schemaRef: digits, repo: me.did });
    expect(records.map(({ value }) => value.name)).toEqual(["mine"]);
    expect(await failure(client.searchDatasets(" "))).toBeInstanceOf(RangeError);
  });

  it("gives lenses between both types though it finds those of one", async () => {
    const [a, b, c] = ["A:1.0.0", "B:1.0.0", "C:1.0.0"].map((key) => `at://${me.did}/${COLLECTIONS.schema}/${key}`);
    for (const [name, source, target] of [
      ["ab", a, b],
      ["ac", a, c],
      ["cb", c, b],
    ] as const) {
      const code = { kind: "field_mapping", mappings: [] };
      const json = { getter: code, putter: code, atdata_source: source, atdata_view: target };
      await mine.createLens({ name, version: "1.0.0", json });
    }
    expect((await client.listLenses()).records).toHaveLength(3);
    const between = async (options: Parameters<AppView["searchLenses"]>[0]): Promise<unknown[]> => {
      return (await client.searchLenses(options)).records.map(({ value }) => value.name).sort();
    };
    expect(await between({ sourceSchema: a, targetSchema: b })).toEqual(["ab"]);
    expect(await between({ sourceSchema: a })).toEqual(["ab", "ac"]);
    expect(await between({ targetSchema: b })).toEqual(["ab", "cb"]);
  });

  it("tells where blobs are", async () => {
    const found = await client.resolveBlobs([uris[0] ?? "", "at://x/none"]);
    expect([...found]).toEqual([[uris[0], ["https://pds.example/blob"]]]);
  });

  it("is not waited for when the signal is aborted", async () => {
    view.instead = () => true;
    const reason = new Error("enough");
    const stop = new AbortController();
    const asked = failure(client.describe({ signal: stop.signal }));
    stop.abort(reason);
    expect(await asked).toBe(reason);
    view.instead = undefined;
  });
});
