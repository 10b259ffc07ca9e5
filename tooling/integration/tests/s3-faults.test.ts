import { type DatasetFile, isAtdataError } from "@atdata/core";
import { type S3Connection, s3Source, s3Store } from "@atdata/local/s3";
import { manifests } from "@atdata/manifest/node";
import { type FaultyProxy, faultyProxy, type ProxyFault, type ProxyRequest } from "@atdata/tooling-atproto";
import { writeDataset } from "@atdata/wds";
import { openDataset } from "@atdata/wds/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { collect } from "../src/collect.ts";
import { Numbered, numbered } from "../src/numbers.ts";
import { startBucket, type TestBucket } from "../src/s3-bucket.ts";

const started = await startBucket();

if (typeof started === "string") it("works on Ceph", (context) => context.skip(started));
else describeFaults(started);

function describeFaults({ client, bucket, connect, contents, service, stop }: TestBucket): void {
  const samples = numbered(900, { length: 2000 });
  const plugins = [manifests()];
  let proxy: FaultyProxy;
  let faulty: S3Connection;

  beforeAll(async () => {
    proxy = await faultyProxy(service.url);
    faulty = await connect(proxy.url);
    const store = s3Store(client, { bucket, prefix: "read" });
    await writeDataset(Numbered, samples, "d.tar", { store, maxSamples: 300 });
  });
  afterAll(async () => {
    faulty.destroy();
    await proxy[Symbol.asyncDispose]();
    await stop();
  });

  let faults = 0;
  /** Lets every other request that fits go wrong. */
  function everyOther(fits: (request: ProxyRequest) => boolean, fault: ProxyFault): FaultyProxy["fault"] {
    let count = 0;
    return (request) => {
      if (!fits(request) || count++ % 2 === 1) return "none";
      faults++;
      return fault;
    };
  }

  const ofShards = ({ method, path }: ProxyRequest): boolean => method === "GET" && path.includes(".tar");

  describe("reading through faults", () => {
    it.each<[string, ProxyFault]>([
      ["connections that drop at once", "refuse"],
      ["answers that break off at their start", { dropAfter: 10 }],
      ["answers that break off in the middle", { dropAfter: 300_000 }],
      ["status 500", { status: 500 }],
      ["status 503", { status: 503 }],
      ["slow bytes", { every: 20_000, ms: 5 }],
    ])("goes on after %s, and all comes verified", async (_, fault) => {
      const [before, faultsBefore] = [proxy.seen.length, faults];
      proxy.fault = everyOther(ofShards, fault);
      const ds = await openDataset<Numbered>(`s3://${bucket}/read/d.dataset.json`, {
        sources: [s3Source(faulty)],
        verify: true,
      });
      expect(await collect(ds)).toEqual(samples);
      expect(faults).toBeGreaterThan(faultsBefore);
      if (typeof fault === "object" && "dropAfter" in fault) {
        const resumed = proxy.seen.slice(before).filter(({ range }) => range?.endsWith("-") && !/=0-/.test(range));
        expect(resumed.length).toBeGreaterThan(0);
      }
    });

    it("never takes a body that is cut for a whole shard", async () => {
      proxy.fault = (request) => (ofShards(request) ? { truncateTo: 300_000 } : "none");
      const ds = await openDataset(`s3://${bucket}/read/d.dataset.json`, { sources: [s3Source(faulty)] });
      await expect(collect(ds)).rejects.toMatchObject({ code: "SHARD_TRUNCATED" });
    });

    it("ends with NETWORK_ERROR when it never gets further, and says nothing of the keys", async () => {
      proxy.fault = (request) => (ofShards(request) ? { dropAfter: 0 } : "none");
      const ds = await openDataset(`s3://${bucket}/read/d.dataset.json`, { sources: [s3Source(faulty)] });
      const error: unknown = await collect(ds).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(isAtdataError(error, "NETWORK_ERROR")).toBe(true);
      expect(String(error)).not.toMatch(new RegExp(`${service.credentials.accessKeyId}|signature`, "i"));
    });
  });

  /** Writes through the proxy; whatever comes of it, what is named must be whole, and a failure leaves nothing named. */
  async function writeThrough(prefix: string, fault: FaultyProxy["fault"]): Promise<"written" | "failed"> {
    const store = s3Store(faulty, { bucket, prefix });
    proxy.fault = fault;
    const error: unknown = await writeDataset(Numbered, samples, "d.tar", { store, maxSamples: 300, plugins }).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    proxy.fault = () => "none";
    const direct = s3Store(client, { bucket, prefix });
    const bytes = await direct.get("d.dataset.json");
    if (error !== undefined) {
      expect(isAtdataError(error)).toBe(true);
      expect(bytes).toBeUndefined();
      return "failed";
    }
    const file: DatasetFile = JSON.parse(new TextDecoder().decode(bytes));
    const named = [...file.shards.map(({ url }) => url), ...(file.sidecars ?? []), "d.dataset.json"];
    expect((await contents(prefix)).objects).toEqual(named.sort());
    const ds = await openDataset<Numbered>(direct.url("d.dataset.json"), { sources: [direct.source], verify: true });
    expect(await collect(ds)).toEqual(samples);
    return "written";
  }

  const writes = ({ method }: ProxyRequest): boolean => method === "PUT" || method === "POST";
  const isLast = ({ method, path }: ProxyRequest): boolean => method === "PUT" && path.includes("d.dataset.json");
  const completes = ({ method, path }: ProxyRequest): boolean => method === "POST" && /[?&]uploadId=/.test(path);

  describe("writing through faults", () => {
    it.each<[string, (request: ProxyRequest) => boolean, ProxyFault]>([
      ["connections that drop before the request", writes, "refuse"],
      ["requests that are cut", ({ method }) => method === "PUT", { cutRequest: 1000 }],
      ["answers that are lost", writes, "swallow"],
      ["status 500", writes, { status: 500 }],
      ["status 503", writes, { status: 503 }],
      ["a lost answer to the commit", isLast, "swallow"],
      ["lost answers to the ends of uploads", completes, "swallow"],
    ])("finishes after %s", async (name, fits, fault) => {
      const before = faults;
      expect(await writeThrough(`write-${name.replaceAll(" ", "-")}`, everyOther(fits, fault))).toBe("written");
      expect(faults).toBeGreaterThan(before);
    });

    it("leaves nothing named, and nothing else, when uploads never end", async () => {
      expect(await writeThrough("stuck", (request) => (completes(request) ? { status: 500 } : "none"))).toBe("failed");
      expect(await contents("stuck")).toEqual({ objects: [], incomplete: [] });
    });

    it("leaves nothing named when the commit never gets through", async () => {
      expect(await writeThrough("last", (request) => (isLast(request) ? "refuse" : "none"))).toBe("failed");
      expect((await contents("last")).objects.filter((name) => !/^d-[0-9a-f]{16}[-.]/.test(name))).toEqual([]);
    });

    it("leaves nothing named when the server goes away", async () => {
      for (const after of [3, 9, 14]) {
        let count = 0;
        expect(await writeThrough(`away-${after}`, () => (count++ < after ? "none" : "refuse"))).toBe("failed");
      }
    });
  });
}
