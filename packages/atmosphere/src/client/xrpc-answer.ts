import { AtdataError } from "@atdata/core";
import type { JsonRecord } from "./repo-client.ts";
import { askedWaitMs, mayPass, PassingFailure } from "./retry.ts";
import { tokenFreeText } from "./token-free.ts";

/** A page of a hundred of the largest records is smaller. */
const MAX_JSON_BYTES = 128 << 20;
const MAX_ERROR_BYTES = 64 << 10;
/** A record has a megabyte at the most, and what proves it some hundred kilobytes more. */
const MAX_BYTES = 16 << 20;
const MAX_MESSAGE = 300;
const TOKEN_ERRORS = ["ExpiredToken", "InvalidToken", "AuthMissing", "AuthenticationRequired"];

/** Where an answer came from. */
export interface AnswerPlace {
  /** Origin of the PDS, without secrets. */
  readonly pds: string;
  /** The method. */
  readonly operation: string;
}

/**
 * Reads the JSON object that an answer is.
 *
 * @throws AtdataError `PDS_FAILED` when it is none; what the body throws.
 */
export async function readJson(response: Response, place: AnswerPlace): Promise<JsonRecord> {
  const text = await readText(response, MAX_JSON_BYTES);
  if (text === undefined) throw tooLarge(place);
  const value = parsed(text);
  if (value === undefined) throw new AtdataError("PDS_FAILED", "the PDS answered with something else than JSON", place);
  return value;
}

/**
 * Reads the bytes that an answer is.
 *
 * @throws AtdataError `PDS_FAILED` when there are too many; what the body throws.
 */
export async function readBytes(response: Response, place: AnswerPlace): Promise<Uint8Array> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  for await (const chunk of chunksOf(response, MAX_BYTES)) {
    if (chunk === undefined) throw tooLarge(place);
    chunks.push(chunk);
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

/** Makes what is thrown for an answer that is an error. */
export async function refusal(
  response: Response,
  place: AnswerPlace,
  account: string | undefined,
  now: number,
): Promise<AtdataError | PassingFailure> {
  const { status } = response;
  const body = parsed((await readText(response, MAX_ERROR_BYTES).catch(() => undefined)) ?? "") ?? {};
  const error = typeof body.error === "string" && /^\w{1,64}$/.test(body.error) ? tokenFreeText(body.error) : undefined;
  const told = typeof body.message === "string" ? tokenFreeText(body.message).slice(0, MAX_MESSAGE) : "";
  if (account !== undefined && (status === 401 || (error !== undefined && TOKEN_ERRORS.includes(error)))) {
    return new AtdataError("AUTH_EXPIRED", "the session has ended", { account }, { hint: "log in again" });
  }
  const waitMs = askedWaitMs(response, now);
  const failure = new AtdataError(
    "PDS_FAILED",
    told === "" ? "the PDS answered with an error" : `the PDS answered: ${told}`,
    { ...place, status, ...(error !== undefined && { error }) },
    waitMs === undefined ? {} : { hint: `wait for ${Math.ceil(waitMs / 1000)} s` },
  );
  return mayPass(status) ? new PassingFailure(failure, waitMs) : failure;
}

function tooLarge(place: AnswerPlace): AtdataError {
  return new AtdataError("PDS_FAILED", "the PDS sent too large an answer", place);
}

/** Reads a body of at most so many bytes as text, or gives `undefined` and reads no further. */
async function readText(response: Response, max: number): Promise<string | undefined> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of chunksOf(response, max)) {
    if (chunk === undefined) return undefined;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/** Gives the chunks of a body; `undefined`, and nothing behind it, when they are more bytes than that. */
async function* chunksOf(
  { body }: Response,
  max: number,
): AsyncGenerator<Uint8Array<ArrayBuffer> | undefined, void, undefined> {
  const reader = body?.getReader();
  let bytes = 0;
  for (;;) {
    const { value, done } = (await reader?.read()) ?? { value: undefined, done: true };
    if (done) return;
    bytes += value.length;
    if (bytes > max) {
      await reader?.cancel();
      yield undefined;
      return;
    }
    yield value;
  }
}

function parsed(text: string): JsonRecord | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Tells whether a JSON value is an object. */
export function isJsonObject(value: unknown): value is JsonRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
