import { AtdataError } from "@atdata/core";
import type { JsonRecord } from "./repo-client.ts";
import { askedWaitMs, mayPass, PassingFailure } from "./retry.ts";
import { tokenFreeText } from "./token-free.ts";

/** A page of a hundred of the largest records is smaller. */
const MAX_JSON_BYTES = 128 << 20;
const MAX_ERROR_BYTES = 64 << 10;
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
  if (text === undefined) throw new AtdataError("PDS_FAILED", "the PDS sent too large an answer", place);
  const value = parsed(text);
  if (value === undefined) throw new AtdataError("PDS_FAILED", "the PDS answered with something else than JSON", place);
  return value;
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

/** Reads a body of at most so many bytes, or gives `undefined` and reads no further. */
async function readText(response: Response, max: number): Promise<string | undefined> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  const reader = response.body?.getReader();
  for (;;) {
    const { value, done } = (await reader?.read()) ?? { value: undefined, done: true };
    if (done) return text + decoder.decode();
    bytes += value.length;
    if (bytes > max) {
      await reader?.cancel();
      return undefined;
    }
    text += decoder.decode(value, { stream: true });
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
