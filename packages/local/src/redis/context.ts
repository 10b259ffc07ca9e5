import { abortable, type CallOptions } from "@atdata/core";
import { FIRST_PAGE, nextPage } from "../shared/page-size.ts";
import type { Adoption } from "./adopt.ts";
import type { RedisCalls, Script } from "./client.ts";
import type { Keeping } from "./keeping.ts";
import { listOf, textOf } from "./replies.ts";

/** What the parts of a Redis index share. */
export interface RedisContext {
  /** Sends commands. */
  readonly calls: RedisCalls;
  /** Looks for what Python has written. */
  readonly adoption: Adoption;
  /** Sees that Redis keeps what is written. */
  readonly keeping: Keeping;
}

/** Runs a script that only reads. */
export function readBy(
  { calls }: RedisContext,
  script: Script,
  args: readonly string[],
  options: CallOptions | undefined,
  operation: string,
): Promise<unknown> {
  options?.signal?.throwIfAborted();
  return abortable(calls.script(script, args, operation), options?.signal);
}

/** Runs a script that writes; `key` is the one in messages. */
export async function writeBy(
  { calls, keeping }: RedisContext,
  script: Script,
  args: readonly (string | Uint8Array)[],
  options: CallOptions | undefined,
  operation: string,
  key: string,
): Promise<unknown> {
  options?.signal?.throwIfAborted();
  await abortable(keeping.check(), options?.signal);
  return abortable(calls.script(script, args, operation, key), options?.signal);
}

/** Gives the members of a set of ours with what `script` says of each, oldest first, as they are when it starts. */
export async function* pages(
  context: RedisContext,
  set: string,
  script: Script,
  options: CallOptions | undefined,
  operation: string,
): AsyncGenerator<readonly [member: string, fields: readonly unknown[]][], void, undefined> {
  const members = await membersOf(context, set, options, operation);
  let size = FIRST_PAGE;
  let from = 0;
  const ask = (): Promise<readonly unknown[]> | undefined => {
    if (from >= members.length) return undefined;
    const reply = readBy(context, script, members.slice(from, from + size), options, operation).then(listOf);
    // Nobody waits for it where the listing is left early.
    reply.catch(() => {});
    return reply;
  };
  let pending = ask();
  while (pending !== undefined) {
    const replies = await pending;
    const page = members.slice(from, from + size);
    const bytes = replies.reduce((sum: number, fields) => sum + bytesIn(fields), 0);
    from += page.length;
    size = nextPage(page.length, bytes);
    // Redis looks up the next page while this one is decoded.
    pending = ask();
    yield page.map((member, at) => [member, listOf(replies[at])] as const);
  }
}

/** Gives the members of a set of ours, oldest first. */
export async function membersOf(
  { calls }: RedisContext,
  set: string,
  options: CallOptions | undefined,
  operation: string,
): Promise<string[]> {
  options?.signal?.throwIfAborted();
  const reply = await abortable(calls.command(["ZRANGE", set, "0", "-1"], operation, set), options?.signal);
  return listOf(reply).map((member) => textOf(member) ?? "");
}

function bytesIn(fields: unknown): number {
  return listOf(fields).reduce((sum: number, field) => sum + (field instanceof Uint8Array ? field.length : 0), 0);
}
