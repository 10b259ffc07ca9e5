/**
 * Publishes one dataset on the test network, by way of a proxy: `node publish-dataset.ts WORK_JSON`. Says of each blob that it has
 * sent its type and length, and at the end the id of the entry.
 */
import { login } from "@atdata/atmosphere";
import { atmosphere } from "@atdata/atmosphere/node";
import { createIndex } from "@atdata/core";
import { manifests } from "@atdata/manifest/node";
import { wds } from "@atdata/wds";
import { Numbered, numbered } from "../numbers.ts";

/** What is to be done. */
export interface PublishWork {
  readonly handle: string;
  readonly password: string;
  /** Where the account's PDS is, and the proxy before it. */
  readonly pds: string;
  readonly proxy: string;
  readonly plcUrl: string;
  readonly home: string;
  readonly ref: string;
}

/** What is said. */
export type PublishSaid =
  | { readonly did: "upload"; readonly type: string; readonly bytes: number }
  | { readonly did: "entry"; readonly id: string };

const work: PublishWork = JSON.parse(process.argv[2] ?? "");
const say = (said: PublishSaid): unknown => process.stdout.write(`${JSON.stringify(said)}\n`);

const throughProxy: typeof fetch = async (input, init) => {
  const request = new Request(input, init);
  if (!request.url.startsWith(`${work.pds}/`)) return fetch(request);
  const upload = request.url.endsWith("/xrpc/com.atproto.repo.uploadBlob");
  const bytes = upload ? (await request.clone().arrayBuffer()).byteLength : 0;
  const response = await fetch(new Request(work.proxy + request.url.slice(work.pds.length), request));
  if (upload) say({ did: "upload", type: request.headers.get("content-type") ?? "", bytes });
  return response;
};

const { handle: identifier, password, pds: service, plcUrl, home, ref } = work;
const session = await login({ identifier, password, service, fetch: throughProxy });
const me = atmosphere({ session, plcUrl, home, resolvers: [], fetch: throughProxy });
await using index = createIndex({ repos: { me }, formats: [wds()], plugins: [manifests()] });
const { id } = await index.write(ref, Numbered, numbered(3000, { length: 500 }), { maxSamples: 1000 });
say({ did: "entry", id });
