import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { JsonRecord, RepoReader, RepoRecord } from "../src/client/repo-client.ts";
import { COLLECTIONS, type Collection } from "../src/lexicon/collections.ts";

/** An AppView over repositories, which it reads anew for each answer where it can. */
export interface AppViewServer extends AsyncDisposable {
  readonly url: string;
  /** The requests so far: method and query. */
  readonly requests: readonly { readonly method: string; readonly params: URLSearchParams }[];
  /** Answers in its place, for as long as it is there. */
  instead: ((method: string, response: ServerResponse) => boolean) | undefined;
  /** Changes what it shows of a record. */
  show: (view: JsonRecord) => JsonRecord;
}

/** An answer that is an error. */
class Refusal extends Error {
  readonly status: number;
  constructor(status: number) {
    super(String(status));
    this.status = status;
  }
}

/** Starts an AppView on a free port of the loopback interface. */
export async function startAppView(repos: () => Promise<readonly RepoReader[]>): Promise<AppViewServer> {
  const requests: { method: string; params: URLSearchParams }[] = [];
  const state: Pick<AppViewServer, "instead" | "show"> = { instead: undefined, show: (view) => view };
  const known = new Map<string, readonly RepoRecord[]>();
  // What it has seen stays known when the repository is out of reach.
  const listed = async (reader: RepoReader, collection: Collection): Promise<readonly RepoRecord[]> => {
    const key = `${reader.identity.did} ${collection}`;
    const found = await reader.all(collection).catch(() => known.get(key) ?? []);
    known.set(key, found);
    return found;
  };
  const records = async (collection: Collection, repo?: string | null): Promise<RepoRecord[]> => {
    const lists = (await repos())
      .filter(({ identity }) => !repo || identity.did === repo || identity.handle === repo)
      .map((reader) => listed(reader, collection));
    // The newest come first; what is put while somebody pages comes before all cursors.
    return (await Promise.all(lists)).flat().sort((a, b) => (keyOf(a) < keyOf(b) ? 1 : -1));
  };
  const view = ({ uri, cid, value }: RepoRecord): JsonRecord => {
    const { $type, metadata, contentMetadata, manifests, ...fields } = value;
    return state.show({ uri, cid, did: uri.split("/")[2], ...fields });
  };
  const page = (found: readonly RepoRecord[], key: string, params: URLSearchParams): JsonRecord => {
    const limit = Number(params.get("limit") ?? 50);
    if (!(limit >= 1 && limit <= 100)) throw new Refusal(422);
    const cursor = params.get("cursor");
    const after = cursor === null ? undefined : Buffer.from(cursor, "base64url").toString();
    const rest = after === undefined ? found : found.filter((record) => keyOf(record) < after);
    const shown = rest.slice(0, limit);
    const last = shown.at(-1);
    const more = last !== undefined && rest.length > limit;
    return { [key]: shown.map(view), ...(more && { cursor: Buffer.from(keyOf(last)).toString("base64url") }) };
  };
  const methods: Readonly<Record<string, (params: URLSearchParams) => Promise<JsonRecord>>> = {
    async describeService() {
      return { did: "did:web:views.example", recordCount: (await records(COLLECTIONS.entry)).length };
    },
    listEntries: async (params) => page(await records(COLLECTIONS.entry, params.get("repo")), "entries", params),
    listSchemas: async (params) => page(await records(COLLECTIONS.schema, params.get("repo")), "schemas", params),
    listLenses: async (params) => page(await records(COLLECTIONS.lens, params.get("repo")), "lenses", params),
    async searchDatasets(params) {
      const words = params.get("q")?.toLowerCase().split(/\s+/);
      if (words === undefined || words[0] === "") throw new Refusal(422);
      const schemaRef = params.get("schemaRef");
      const found = (await records(COLLECTIONS.entry, params.get("repo"))).filter(({ value }) => {
        const tags = (value.tags ?? []) as readonly string[];
        const text = [value.name, value.description ?? "", ...tags].join("\n").toLowerCase();
        return (
          words.every((word) => text.includes(word)) &&
          params.getAll("tags").every((tag) => tags.includes(tag)) &&
          (schemaRef === null || value.schemaRef === schemaRef)
        );
      });
      return page(found, "entries", params);
    },
    async searchLenses(params) {
      const [source, target] = [params.get("sourceSchema"), params.get("targetSchema")];
      const found = (await records(COLLECTIONS.lens)).filter(
        ({ value }) => value.sourceSchema === source || value.targetSchema === target,
      );
      return page(found, "lenses", params);
    },
    async getEntries(params) {
      const uris = params.getAll("uris");
      if (uris.length > 25) throw new Refusal(422);
      return { entries: (await records(COLLECTIONS.entry)).filter(({ uri }) => uris.includes(uri)).map(view) };
    },
    async resolveBlobs(params) {
      const blobs = params.getAll("uris").map((uri) => {
        return uri.endsWith("none")
          ? { uri, error: "not found" }
          : { uri, cid: "bafkrei", url: "https://pds.example/blob" };
      });
      return { blobs };
    },
    async resolveLabel(params) {
      const [name, version] = [params.get("name"), params.get("version")];
      const found = (await records(COLLECTIONS.label, params.get("handle"))).filter(
        ({ value }) => value.name === name && (version === null || value.version === version),
      );
      const [label] = found.sort((a, b) => (String(a.value.createdAt) < String(b.value.createdAt) ? 1 : -1));
      if (label === undefined) throw new Refusal(404);
      return { uri: label.value.datasetUri, cid: label.cid, label: label.value };
    },
    async resolveSchema(params) {
      const key = `${params.get("schemaId")}@${params.get("version")}`;
      const found = (await records(COLLECTIONS.schema, params.get("handle"))).find(
        ({ rkey }) => rkey.replace(":", "@") === key,
      );
      if (found === undefined) throw new Refusal(404);
      return { uri: found.uri, cid: found.cid, record: found.value };
    },
  };
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? "/", "http://view");
    const method = url.pathname.replace("/xrpc/science.alt.dataset.", "");
    requests.push({ method, params: url.searchParams });
    if (state.instead?.(method, response) === true) return;
    try {
      const answer = await (methods[method] ?? (() => Promise.reject(new Refusal(404))))(url.searchParams);
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
    } catch (error) {
      const status = error instanceof Refusal ? error.status : 500;
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify({ error: "Failed" }));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return Object.assign(state, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

function keyOf({ value, uri }: RepoRecord): string {
  return `${String(value.createdAt)} ${uri}`;
}
