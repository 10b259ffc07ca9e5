import { describe, expect, it } from "vitest";
import { dnsResolver } from "./dns-resolver.ts";

const failing = (code: string) => async (): Promise<never> => {
  throw Object.assign(new Error("dns"), { code });
};

describe("a handle's TXT record", () => {
  it("is asked for beside the handle, and joined of its pieces", async () => {
    const asked: string[] = [];
    const resolver = dnsResolver({
      lookup: async (name) => {
        asked.push(name);
        return [["v=spf1 -all"], ["did=did:plc:", "abc"], ["did=did:plc:abc"]];
      },
    });
    expect(await resolver.resolve("alice.test")).toBe("did:plc:abc");
    expect(asked).toEqual(["_atproto.alice.test"]);
    expect(await resolver.resolve("router.local")).toBeUndefined();
    expect(asked).toHaveLength(1);
  });

  it.each<[string, string[][]]>([
    ["there is none", []],
    ["it is of something else", [["v=spf1 -all"], ["xdid=did:plc:abc"]]],
    ["there are several", [["did=did:plc:abc"], ["did=did:plc:def"]]],
  ])("names no DID when %s", async (_, records) => {
    expect(await dnsResolver({ lookup: async () => records }).resolve("alice.test")).toBeUndefined();
  });

  it("is unknown when the DNS does not answer, and none when it has none", async () => {
    for (const code of ["ENOTFOUND", "ENODATA"]) {
      expect(await dnsResolver({ lookup: failing(code) }).resolve("alice.test")).toBeUndefined();
    }
    await expect(dnsResolver({ lookup: failing("ETIMEOUT") }).resolve("alice.test")).rejects.toThrow("dns");
  });

  it("is not waited for after an abort", async () => {
    const resolver = dnsResolver({ lookup: () => new Promise(() => {}) });
    const controller = new AbortController();
    const resolving = resolver.resolve("alice.test", { signal: controller.signal });
    controller.abort(new Error("enough"));
    await expect(resolving).rejects.toThrow("enough");
    await expect(resolver.resolve("alice.test", { signal: controller.signal })).rejects.toThrow("enough");
  });
});
