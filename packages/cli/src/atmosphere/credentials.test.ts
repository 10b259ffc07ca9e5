import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isAtdataError } from "@atdata/core";
import { afterAll, expect, test } from "vitest";
import { credentialsFile, findCredentials, forgetSession, saveSession, updateSession } from "./credentials.ts";

const home = mkdtempSync(join(tmpdir(), "atdata-credentials-"));
afterAll(() => rmSync(home, { recursive: true }));
const file = credentialsFile(home);
const session = { did: "did:plc:a", handle: "a.test", pds: "https://pds.test", accessJwt: "one", refreshJwt: "two" };

test("a session is kept where only its owner reads it, whole or not at all, until it is forgotten", async () => {
  expect(await findCredentials(home, {})).toBeUndefined();
  const before = process.umask(0);
  try {
    await saveSession(file, session);
  } finally {
    process.umask(before);
  }
  expect(await findCredentials(home, {})).toEqual({ kind: "saved", file, session });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(home)).toEqual(["credentials.json"]);
  await forgetSession(file);
  expect(await findCredentials(home, {})).toBeUndefined();
});

test("new tokens are kept of the account that is logged in, and of no other", async () => {
  await saveSession(file, session);
  await updateSession(file, { ...session, accessJwt: "three" });
  expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({ ...session, accessJwt: "three" });
  await updateSession(file, { ...session, did: "did:plc:b" });
  expect(JSON.parse(readFileSync(file, "utf8")).did).toBe("did:plc:a");
  await forgetSession(file);
  await updateSession(file, session);
  expect(readdirSync(home)).toEqual([]);
});

test("the environment comes first, where it has both handle and password", async () => {
  await saveSession(file, session);
  const both = { ATDATA_HANDLE: "b.test", ATDATA_PASSWORD: "p" };
  expect(await findCredentials(home, both)).toEqual({
    ...{ kind: "environment", handle: "b.test", password: "p", service: undefined },
  });
  expect(await findCredentials(home, { ...both, ATDATA_PDS_URL: "https://pds.b" })).toMatchObject({
    service: "https://pds.b",
  });
  for (const one of [{ ATDATA_HANDLE: "b.test" }, { ATDATA_PASSWORD: "p" }, { ...both, ATDATA_PASSWORD: "" }]) {
    expect(await findCredentials(home, one)).toMatchObject({ kind: "saved" });
  }
});

test("a damaged file is told without what is in it", async () => {
  for (const text of ["", "sentinel", '"sentinel"', '{"token":"sentinel"}', "null"]) {
    writeFileSync(file, text);
    const error = await findCredentials(home, {}).catch((thrown: unknown) => thrown);
    if (!isAtdataError(error, "FORMAT_INVALID")) throw error;
    expect(`${error.message} ${String(error.cause)}`).not.toContain("sentinel");
    expect(error.fields).toEqual({ format: "session", url: file });
  }
});
