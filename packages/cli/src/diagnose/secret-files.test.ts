import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { secretFileFindings } from "./secret-files.ts";

it("tells of files with passwords that others can read, and of no others", () => {
  const home = mkdtempSync(join(tmpdir(), "atdata-secrets-"));
  try {
    const [config, aws] = [join(home, "config.json"), join(home, "aws")];
    const codes = (): string[] =>
      secretFileFindings(home, { AWS_SHARED_CREDENTIALS_FILE: aws }).map(({ advice }) => String(advice));
    const settings = (password: string): string => `{ "repos": { "r": { "index": "redis://me:${password}@host" } } }`;
    writeFileSync(config, settings("$" + "{PASSWORD}"), { mode: 0o644 });
    expect(codes()).toEqual([]);
    writeFileSync(config, settings("hunter2"));
    writeFileSync(aws, "x", { mode: 0o640 });
    expect(codes()).toEqual([`chmod 600 ${config}`, `chmod 600 ${aws}`]);
    for (const file of [config, aws]) chmodSync(file, 0o600);
    expect(codes()).toEqual([]);
  } finally {
    rmSync(home, { recursive: true });
  }
});
