import { createHash } from "node:crypto";
import { type Atmosphere, atmosphere, type TrustReport, verifyEntry } from "@atdata/atmosphere";
import { createIndex, float, type Index, int, sample } from "@atdata/core";
import { manifests } from "@atdata/manifest/node";
import { wds } from "@atdata/wds";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { collect } from "../src/collect.ts";
import { startAccounts, type TestAccounts } from "../src/test-accounts.ts";

interface Reading {
  sensor: number;
  celsius: number;
}
interface Manifest {
  readonly header: { readonly ref: { readonly $link: string } };
  readonly samples: unknown;
}

const Reading = sample("Reading", { sensor: int(), celsius: float() });
const readings = (celsius: number): Reading[] => {
  return Array.from({ length: 200 }, (_, sensor) => ({ sensor, celsius: celsius + sensor / 100 }));
};

let net: TestAccounts;
let alices: Atmosphere;
let anonymous: Atmosphere;
let index: Index;

const indexOf = (me: Atmosphere): Index => createIndex({ repos: { me }, formats: [wds()], plugins: [manifests()] });
const verify = (uri: string, reader = anonymous): Promise<TrustReport> => {
  return verifyEntry(uri, { atmosphere: reader, plugins: [manifests()], samples: true });
};
const links = (report: TrustReport, wanted?: boolean): string[] => {
  return report.links.flatMap(({ link, ok, code }) =>
    ok === wanted ? [code === undefined ? link : `${link} ${code}`] : [],
  );
};

/** Writes a dataset of three shards; gives the uri of its entry. */
async function write(name: string, celsius: number): Promise<string> {
  return (await index.write(`@me/${name}`, Reading, readings(celsius), { maxSamples: 80 })).id;
}

async function manifestsOf(uri: string): Promise<readonly Manifest[]> {
  const [, collection = "", rkey = ""] = /([^/]+)\/([^/]+)$/.exec(uri) ?? [];
  return (await alices.own?.get(collection, rkey))?.value.manifests as readonly Manifest[];
}

/** Names other manifests in the record of an entry, as its owner may. */
async function replace(uri: string, change: (manifests: readonly Manifest[]) => readonly object[]): Promise<void> {
  const [, collection = "", rkey = ""] = /([^/]+)\/([^/]+)$/.exec(uri) ?? [];
  await alices.own?.transact(async (state) => {
    const record = (await state.all(collection)).find((each) => each.rkey === rkey);
    const value = { ...record?.value, manifests: change(record?.value.manifests as readonly Manifest[]) };
    return { writes: [{ action: "update", collection, rkey, value }], result: () => undefined };
  });
}

beforeAll(async () => {
  net = await startAccounts();
  alices = atmosphere({ ...net.ways, session: (await net.account("alice")).session });
  anonymous = atmosphere(net.ways);
  index = indexOf(alices);
}, 60_000);

afterAll(async () => {
  await net?.[Symbol.asyncDispose]();
});

describe("the chain of a dataset with manifests", () => {
  it("holds down to each sample", async () => {
    const report = await verify(await write("good", 20));
    expect([report.ok, links(report, false), links(report)]).toEqual([true, [], []]);
    expect(links(report, true).filter((link) => link === "samples")).toHaveLength(3);
    expect(report.links.at(-1)?.what).toBe("40 samples have their hashes");
  });

  it("holds without its samples where nobody asks for them, and tells of manifests that nobody reads", async () => {
    const uri = await write("plain", 20);
    const shallow = await verifyEntry(uri, { atmosphere: anonymous, plugins: [manifests()] });
    expect([links(shallow), shallow.links.some(({ link }) => link === "samples")]).toEqual([[], false]);
    const blind = await verifyEntry(uri, { atmosphere: anonymous, samples: true });
    expect([blind.ok, links(blind)]).toEqual([
      true,
      ["manifest", "samples", "manifest", "samples", "manifest", "samples"],
    ]);
  });

  it("breaks at a manifest of another shard, and of another dataset; queries refuse it too", async () => {
    const uri = await write("swapped", 21);
    const others = await manifestsOf(await write("others", 35));
    await replace(uri, ([first, second, third]) => [second as Manifest, first as Manifest, third as Manifest]);
    const swapped = await verify(uri);
    expect(links(swapped, false)).toEqual(["manifest MANIFEST_STALE", "manifest MANIFEST_STALE"]);
    await replace(uri, ([, , third]) => [others[0] as Manifest, others[1] as Manifest, third as Manifest]);
    const foreign = await verify(uri);
    expect(links(foreign, false)).toEqual(["manifest MANIFEST_STALE", "manifest MANIFEST_STALE"]);
    expect(links(foreign)).toEqual(["samples", "samples"]);
    const read = async (): Promise<unknown> => {
      const ds = await indexOf(anonymous).load(uri, { type: Reading });
      return collect(ds.where((f) => f.celsius.gt(22)));
    };
    await expect(read()).rejects.toMatchObject({
      code: "MANIFEST_INVALID",
      clause: "manifest has rows of another shard",
    });
  });

  it("breaks at a manifest whose rows are those of other data, where they are needed", async () => {
    const uri = await write("rows", 21);
    const others = await manifestsOf(await write("other-rows", 36));
    await replace(uri, ([first, ...rest]) => [{ ...first, samples: others[0]?.samples }, ...rest]);
    expect(links(await verify(uri), false)).toEqual(["manifest MANIFEST_INVALID"]);
  });

  it("breaks at samples that do not have the hashes of their manifest", async () => {
    let hashed = 0;
    const sha256 = (bytes: Uint8Array): Uint8Array => {
      hashed += 1;
      return createHash("sha256")
        .update(hashed % 80 === 7 ? "another" : bytes)
        .digest();
    };
    const wrong = [manifests({ sampleHash: "sha256", sha256 })];
    const { id } = await index.write("@me/samples", Reading, readings(21), { maxSamples: 80, plugins: wrong });
    const report = await verify(id);
    expect(links(report, false)).toEqual(Array(3).fill("samples CHECKSUM_MISMATCH"));
    const said = report.links.filter(({ ok }) => ok === false).map(({ what }) => what);
    const keys = ["000000006", "000000086", "000000166"];
    expect(said).toEqual(keys.map((key) => `samples differ from their hashes: ${JSON.stringify(key)}`));
  });

  it("breaks at a manifest whose bytes are others than those of its CID, or that is gone", async () => {
    const uri = await write("flipped", 21);
    const [first] = await manifestsOf(uri);
    const lying = (answer: (bytes: Uint8Array<ArrayBuffer>) => Response): Atmosphere => {
      const send: typeof fetch = async (input, init) => {
        const response = await fetch(input, init);
        if (!new Request(input).url.includes(first?.header.ref.$link ?? "none")) return response;
        return answer(new Uint8Array(await response.arrayBuffer()));
      };
      return atmosphere({ ...net.ways, fetch: send });
    };
    const flipped = lying((bytes) => new Response(bytes.map((byte, i) => (i === 9 ? byte ^ 1 : byte))));
    expect(links(await verify(uri, flipped), false)).toEqual(["manifest BLOB_MISMATCH"]);
    const gone = lying(() => Response.json({ error: "BlobNotFound" }, { status: 400 }));
    expect(links(await verify(uri, gone), false)).toEqual(["manifest NOT_FOUND"]);
  });
});
