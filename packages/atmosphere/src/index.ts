import "./errors.ts";

export { type Atmosphere, type AtmosphereOptions, atmosphere, type PublicBucket } from "./atmosphere.ts";
export type { BlobCache } from "./blobs/blob-cache.ts";
export { memoryBlobCache } from "./blobs/memory-blob-cache.ts";
export type { UploadedBlob, UploadJournal } from "./blobs/upload-journal.ts";
export { login, type LoginOptions, resumeSession } from "./client/login.ts";
export type { PasswordSession, SessionOptions } from "./client/password-session.ts";
export type { SessionData } from "./client/session-data.ts";
export type { BlobRef, JsonRecord, RepoReader, RepoRecord } from "./client/repo-client.ts";
export { makeTid } from "./client/tid.ts";
export { httpsResolver } from "./identity/https-resolver.ts";
export type { HandleResolver, Identity, IdentityResolver } from "./identity/identity.ts";
export { identityResolver, type IdentityResolverOptions } from "./identity/identity-resolver.ts";
export { serviceResolver } from "./identity/service-resolver.ts";
export { staticResolver } from "./identity/static-resolver.ts";
export type { AtmosphereSession } from "./session.ts";
