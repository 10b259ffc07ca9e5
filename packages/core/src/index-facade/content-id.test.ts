import { describe, expect, it } from "vitest";
import { contentId } from "./content-id.ts";

describe("contentId", () => {
  it("gives the CID that Python atdata computes", () => {
    const entry = { schemaRef: "atdata://local/schema/S@1.0.0", dataUrls: ["/a/b.tar"] };
    expect(contentId(entry)).toBe("bafyreifo4ccqom4fdklmsq56lkcjbsjxwirl7lqqlii5q432pnel4kxhxe");
  });
});
