import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { httpSource } from "@atdata/core";
import { openDataset, writeDataset } from "@atdata/wds/node";
import { beforeAll, describe, expect, it } from "vitest";
import { collect, collectUntilError } from "../src/collect.ts";
import { type Answer, etagOf, type Fault, type FileServer, sendFile, serveFolder } from "../src/file-server.ts";
import { Numbered, numbered } from "../src/numbers.ts";
import { scratch } from "../src/scratch.ts";

const folder = scratch();
const samples = numbered(600, { length: 2000 });

beforeAll(async () => {
  await writeDataset(Numbered, samples, join(folder, "one.tar"));
  await writeDataset(Numbered, samples, join(folder, "six.tar"), { maxSamples: 100 });
});

/** Lets shards fail, and sidecars come whole. */
function onShards(fault: Fault): Fault {
  return (answer) => answer.path.endsWith(".tar") && fault(answer);
}

/** Sends what was asked for but breaks the connection after `length` bytes of it. */
function breakAfter(length: number): Fault {
  return async ({ request, response, file }) => {
    const start = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
    if (file.length - start <= length) return false;
    const headers = { etag: etagOf(file), "content-length": file.length - start };
    const range = { "content-range": `bytes ${start}-${file.length - 1}/${file.length}` };
    response.writeHead(start === 0 ? 200 : 206, start === 0 ? headers : { ...headers, ...range });
    response.write(file.subarray(start, start + length));
    await sleep(5);
    response.destroy();
    return true;
  };
}

/** Fails the first `times` requests for a path. */
function first(times: number, fault: Fault): Fault {
  return (answer) => answer.before < times && fault(answer);
}

/** Reads a dataset from a server that does the wrong things; all of it must come, compared with its recorded sha256. */
async function readAll(name: string, fault: Fault, check: (server: FileServer) => void): Promise<void> {
  await using server = await serveFolder(folder, onShards(fault));
  const dataset = await openDataset(`${server.url}/${name}`, { verify: true });
  expect(await collect(dataset)).toEqual(samples);
  check(server);
}

const starts = (server: FileServer): number[] =>
  server.seen
    .filter(({ path }) => path.endsWith(".tar"))
    .map(({ range }) => Number(/^bytes=(\d+)-/.exec(range ?? "")?.[1] ?? 0));

describe("a dataset comes complete and verified", () => {
  it("from a server without faults, in one request a shard", () =>
    readAll(
      "six.tar",
      () => false,
      (server) => expect(starts(server)).toEqual([0, 0, 0, 0, 0, 0]),
    ));

  it("over connections that drop again and again in the middle of a shard, each time from the byte reached", () =>
    readAll("one.tar", breakAfter(300_000), (server) => {
      const from = starts(server);
      expect(from.length).toBeGreaterThan(4);
      expect(from).toEqual(from.toSorted((a, b) => a - b));
      expect(new Set(from).size).toBe(from.length);
    }));

  it("with all shards dropping once while they are read ahead", () =>
    readAll("six.tar", first(1, breakAfter(50_001)), (server) => {
      expect(starts(server).filter((start) => start > 0).length).toBe(6);
    }));

  it("from a server that ignores ranges after the drop, read from its start and cut", () => {
    const whole: Fault = ({ request, response, file }) => {
      delete request.headers.range;
      sendFile(request, response, file);
      return true;
    };
    const fault: Fault = (answer) => (answer.before === 0 ? breakAfter(300_000)(answer) : whole(answer));
    return readAll("one.tar", fault, (server) => expect(starts(server).length).toBe(2));
  });

  it.each([429, 503])("after status %i, whose Retry-After is obeyed", async (status) => {
    const times: number[] = [];
    const busy: Fault = ({ response }) => {
      response.writeHead(status, { "retry-after": "1" }).end();
      return true;
    };
    const fault: Fault = (answer) => {
      times.push(performance.now());
      return first(1, busy)(answer);
    };
    await readAll("one.tar", fault, (server) => expect(starts(server)).toEqual([0, 0]));
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(950);
  });

  it("after a status in the middle: the answer to the resumed request is an error once", () => {
    const fault: Fault = (answer) => {
      if (answer.before === 0) return breakAfter(200_000)(answer);
      if (answer.before > 1) return false;
      answer.response.writeHead(502).end();
      return true;
    };
    return readAll("one.tar", fault, (server) => {
      const from = starts(server);
      expect(from.length).toBe(3);
      expect(from[1]).toBe(from[2]);
    });
  });

  it("from a server that trickles", () => {
    const trickle: Fault = async ({ response, file }) => {
      response.writeHead(200, { "content-length": file.length, etag: etagOf(file) });
      for (let at = 0; at < file.length; at += 64_000) {
        response.write(file.subarray(at, at + 64_000));
        await sleep(1);
      }
      response.end();
      return true;
    };
    return readAll("six.tar", trickle, (server) => expect(starts(server).length).toBe(6));
  });

  it("from a server that falls silent, after the time-out", async () => {
    const silent: Fault = ({ response, file }) => {
      response.writeHead(200, { "content-length": file.length, etag: etagOf(file) });
      response.write(file.subarray(0, 100_000));
      return true;
    };
    await using server = await serveFolder(folder, onShards(first(1, silent)));
    const sources = [httpSource({ timeoutMs: 150 })];
    expect(await collect(await openDataset(`${server.url}/one.tar`, { sources }))).toEqual(samples);
    expect(starts(server)).toEqual([0, 100_000]);
  });
});

describe("a dataset that cannot come complete", () => {
  async function fail(
    fault: Fault,
    retries = 1,
    verify: boolean | "auto" = "auto",
  ): Promise<{ got: Numbered[]; error: unknown; server: FileServer }> {
    await using server = await serveFolder(folder, onShards(fault));
    const sources = [httpSource({ timeoutMs: 150, retries })];
    const dataset = await openDataset(`${server.url}/one.tar`, { sources, type: Numbered, verify });
    const { got, error } = await collectUntilError(dataset);
    // What came before the failure is right.
    expect(got).toEqual(samples.slice(0, got.length));
    expect(got.length).toBeLessThan(samples.length);
    return { got, error, server };
  }

  const answer =
    (status: number): Fault =>
    ({ response }) => {
      response.writeHead(status).end();
      return true;
    };

  it("is SOURCE_CHANGED when the file changes between two requests, never a mixture", async () => {
    const changed: Fault = (asked: Answer) => {
      if (asked.before === 0) return breakAfter(300_000)(asked);
      sendFile(asked.request, asked.response, Buffer.concat([asked.file.subarray(512), Buffer.alloc(512)]));
      return true;
    };
    const { got, error } = await fail(changed);
    expect(error).toMatchObject({ code: "SOURCE_CHANGED" });
    expect(got.length).toBeGreaterThan(10);
  });

  it("is HTTP_ERROR with the status when the server does not recover, after as many tries as were allowed", async () => {
    const { error, server } = await fail(answer(503), 2);
    expect(error).toMatchObject({ code: "HTTP_ERROR", fields: { status: 503 } });
    expect(starts(server).length).toBe(3);
  });

  it("is told at once where trying again is of no use", async () => {
    for (const [status, code] of [
      [404, "NOT_FOUND"],
      [403, "ACCESS_DENIED"],
      [400, "HTTP_ERROR"],
    ] as const) {
      const { error, server } = await fail(answer(status));
      expect(error).toMatchObject({ code });
      expect(starts(server).length).toBe(1);
    }
  });

  it("is TIMEOUT when the server stays silent", async () => {
    const { error } = await fail(() => true);
    expect(error).toMatchObject({ code: "TIMEOUT" });
  });

  it("is NETWORK_ERROR when no connection holds", async () => {
    const { error } = await fail(({ response }) => {
      response.destroy();
      return true;
    });
    expect(error).toMatchObject({ code: "NETWORK_ERROR", fields: { attempts: 2 } });
  });

  it("is found out when a server without lengths ends too early: by the recorded length, and without it by the archive", async () => {
    const short: Fault = ({ response, file }) => {
      response.writeHead(200);
      response.end(file.subarray(0, 400_000));
      return true;
    };
    const fields = { shard: expect.stringMatching(/one\.tar$/) };
    expect((await fail(short)).error).toMatchObject({ code: "SHARD_TRUNCATED", fields });
    expect((await fail(short, 1, false)).error).toMatchObject({ code: "SHARD_TRUNCATED", fields });
  });

  it("ends with the signal's reason when the reader gives up", async () => {
    await using server = await serveFolder(folder, onShards(breakAfter(300_000)));
    const control = new AbortController();
    const dataset = await openDataset(`${server.url}/one.tar`);
    const reading = (async () => {
      for await (const { n } of dataset.iterate({ signal: control.signal })) {
        if (n === 50) control.abort(new Error("enough"));
      }
    })();
    await expect(reading).rejects.toThrow("enough");
  });
});

describe("reading ahead", () => {
  async function reach(prefetch: { shards: number; bytes?: number } | undefined): Promise<FileServer> {
    await using server = await serveFolder(
      folder,
      onShards(async () => {
        await sleep(50);
        return false;
      }),
    );
    const dataset = await openDataset(`${server.url}/six.tar`, { prefetch });
    expect(await collect(dataset)).toEqual(samples);
    expect(starts(server).length).toBe(6);
    return server;
  }

  it("has the next two shards under way while one is read, order kept", async () => {
    expect((await reach(undefined)).concurrency).toBe(3);
  });

  it("goes as far as it is told", async () => {
    expect((await reach({ shards: 5 })).concurrency).toBe(6);
    expect((await reach({ shards: 1 })).concurrency).toBe(2);
    expect((await reach({ shards: 0 })).concurrency).toBe(1);
  });

  it("lets go of every connection when the loop is left", async () => {
    let open = 0;
    await using server = await serveFolder(
      folder,
      onShards(({ response, file }) => {
        open += 1;
        response.on("close", () => {
          open -= 1;
        });
        response.writeHead(200, { "content-length": file.length, etag: etagOf(file) });
        response.write(file.subarray(0, 200_000));
        return true;
      }),
    );
    for await (const { n } of await openDataset(`${server.url}/six.tar`)) {
      if (n !== 3) continue;
      for (let turn = 0; turn < 200 && open < 3; turn++) await sleep(5);
      break;
    }
    expect(starts(server).length).toBe(3);
    for (let turn = 0; turn < 200 && open > 0; turn++) await sleep(5);
    expect(open).toBe(0);
  });
});

describe("single samples over HTTP", () => {
  it("are read by ranges of one state of the file", async () => {
    await using server = await serveFolder(folder);
    const dataset = await openDataset(`${server.url}/one.tar`);
    expect(await dataset.get("000000599")).toEqual(samples[599]);
    expect(await dataset.at(17)).toEqual(samples[17]);
    expect(await dataset.select([5, 3, 5])).toEqual([samples[5], samples[3], samples[5]]);
    await expect(dataset.select([600])).rejects.toMatchObject({ code: "INDEX_OUT_OF_RANGE" });
    expect(readFileSync(join(folder, "one.tar")).length).toBe(dataset.shards[0]?.bytes);
  });
});
