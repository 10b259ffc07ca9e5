import { expect, it } from "vitest";
import { carriesSecret } from "./secret-url.ts";

it.each([
  "https://me:pw@example.org/a.tar",
  "https://token@example.org/a.tar",
  "s3://key:secret@bucket/a.tar",
  "https://example.org/a.tar?X-Amz-Signature=00",
  "https://example.org/a.tar?x=1&X-Goog-Credential=me",
  "https://example.org/a.tar?sig=00",
  "HTTPS://example.org/a.tar?access_token=00",
])("a secret stands in %s", (url) => {
  expect(carriesSecret(url)).toBe(true);
});

it.each([
  "https://example.org/me@home/a.tar",
  "https://example.org/a.tar?q=me@home",
  "https://example.org/a.tar?design=1",
  "https://example.org/sig=1/a.tar#token=1",
  "at://did:plc:abc/blob/x",
  "/data/a.tar",
])("none stands in %s", (url) => {
  expect(carriesSecret(url)).toBe(false);
});
