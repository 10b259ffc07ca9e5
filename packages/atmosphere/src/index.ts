import "./errors.ts";

export { type Atmosphere, type AtmosphereOptions, atmosphere, type PublicBucket } from "./atmosphere.ts";
export type { BlobCache } from "./blobs/blob-cache.ts";
export type { UploadedBlob, UploadJournal } from "./blobs/upload-journal.ts";
export {
  login,
  type LoginOptions,
  type PasswordSession,
  resumeSession,
  type SessionData,
  type SessionOptions,
} from "./client/login.ts";
export type { BlobRef, JsonRecord, RepoReader, RepoRecord } from "./client/repo-client.ts";
export { makeTid } from "./client/tid.ts";
export type { HandleResolver, Identity, IdentityResolver } from "./identity/identity.ts";
export type { AtmosphereSession } from "./session.ts";
