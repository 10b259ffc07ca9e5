import { inspect } from "node:util";
import { isAtdataError } from "@atdata/core";
import { expect } from "vitest";

/** Stands for what nobody may ever see. */
export const SENTINEL = "s3ntinel-9f2c-secret";

/** All that a logger could print of something. */
function printed(value: unknown): string {
  const parts = [
    inspect(value, { depth: 20, showHidden: true, maxStringLength: Number.POSITIVE_INFINITY }),
    String(value),
  ];
  parts.push(JSON.stringify(value) ?? "");
  if (value instanceof Error) parts.push(value.stack ?? "", printed(value.cause));
  return parts.join("\n");
}

/** Gives the error of a call, which is ours and tells none of the secrets; `undefined` when it succeeded. */
export async function failureOf(
  call: Promise<unknown>,
  secrets: readonly string[] = [SENTINEL],
): Promise<{ readonly code: string; readonly message: string } | undefined> {
  try {
    await call;
    return undefined;
  } catch (error) {
    if (!isAtdataError(error)) throw error;
    const text = printed(error);
    for (const secret of secrets) expect(text).not.toContain(secret);
    expect(text).not.toMatch(/x-amz-(signature|security-token)=[^…]|authorization/i);
    return error;
  }
}
