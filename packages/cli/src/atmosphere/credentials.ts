import { randomBytes } from "node:crypto";
import { chmod, mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { SessionData } from "@atdata/atmosphere";
import { AtdataError } from "@atdata/core";

/** Who is logged in, and by what. */
export type Credentials =
  | {
      readonly kind: "environment";
      readonly handle: string;
      readonly password: string;
      /** Origin of the account's PDS, where it is given. */
      readonly service: string | undefined;
    }
  | { readonly kind: "saved"; readonly file: string; readonly session: SessionData };

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Finds who is logged in: as `ATDATA_HANDLE` and `ATDATA_PASSWORD` say, else who has run `atdata login`.
 *
 * @throws AtdataError `FORMAT_INVALID` – what was saved is damaged; nothing of it is told.
 */
export async function findCredentials(home: string, env: Environment): Promise<Credentials | undefined> {
  const { ATDATA_PASSWORD: password, ATDATA_PDS_URL: service } = env;
  const handle = env.ATDATA_HANDLE?.replace(/^@/, "");
  if (handle && password) return { kind: "environment", handle, password, service: service || undefined };
  const file = credentialsFile(home);
  const session = await readSession(file);
  return session && { kind: "saved", file, session };
}

/** Names the file that sessions are saved in. */
export function credentialsFile(home: string): string {
  return join(home, "credentials.json");
}

/** Saves a session so that only its owner can read it; the file gets its name when it is whole. */
export async function saveSession(file: string, session: SessionData): Promise<void> {
  const temporary = `${file}.${randomBytes(4).toString("hex")}.tmp`;
  try {
    await mkdir(dirname(file), { recursive: true });
    const handle = await open(temporary, "wx", 0o600);
    try {
      // The mask of the process may have taken bits away, and nothing else has been written yet.
      await chmod(temporary, 0o600);
      await handle.writeFile(`${JSON.stringify(session, undefined, 2)}\n`);
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw new AtdataError("IO_ERROR", "the session cannot be saved", { url: file }, { cause });
  }
}

/** Saves what became of a session, unless another one was saved or all were forgotten meanwhile. */
export async function updateSession(file: string, session: SessionData): Promise<void> {
  const saved = await readSession(file);
  if (saved?.did === session.did) await saveSession(file, session);
}

/** Forgets the session. */
export async function forgetSession(file: string): Promise<void> {
  await rm(file, { force: true });
}

async function readSession(file: string): Promise<SessionData | undefined> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && (cause.code === "ENOENT" || cause.code === "ENOTDIR")) return;
    throw new AtdataError("IO_ERROR", "the session cannot be read", { url: file }, { cause });
  }
  try {
    // What else is wrong with it shows where it is resumed.
    const session: unknown = JSON.parse(text);
    if (typeof session === "object" && session !== null && "did" in session) return session as SessionData;
  } catch {
    // What the parser says shows some of the text.
  }
  const hint = "atdata logout, then atdata login";
  throw new AtdataError("FORMAT_INVALID", "the file is no saved session", { format: "session", url: file }, { hint });
}
