import "./errors.ts";

export { type Atmosphere, type AtmosphereOptions, atmosphere } from "./atmosphere.ts";
export type { PublicBucket } from "./records/public-bucket.ts";
export type { BlobCache } from "./blobs/blob-cache.ts";
export { memoryBlobCache } from "./blobs/memory-blob-cache.ts";
export type { UploadedBlob, UploadJournal } from "./blobs/upload-journal.ts";
export { login, type LoginOptions, resumeSession } from "./client/login.ts";
export type { PasswordSession, SessionOptions } from "./client/password-session.ts";
export type { SessionData } from "./client/session-data.ts";
export type { BlobRef, JsonRecord, RepoReader, RepoRecord } from "./client/repo-client.ts";
export { makeTid } from "./client/tid.ts";
export { type AppView, appView, type AppViewLensOptions, type AppViewListOptions } from "./discovery/app-view.ts";
export type { AppViewOptions, AppViewPage, AppViewSearchOptions } from "./discovery/app-view.ts";
export { type AppViewSearchParts, appViewSearch } from "./discovery/app-view-search.ts";
export { type WatchOptions, watch } from "./discovery/watch.ts";
export type { DeleteEvent, PutEvent, WatchEvent, WatchKind } from "./discovery/watch-event.ts";
export { httpsResolver } from "./identity/https-resolver.ts";
export type { HandleResolver, Identity, IdentityResolver } from "./identity/identity.ts";
export { identityResolver, type IdentityResolverOptions } from "./identity/identity-resolver.ts";
export { serviceResolver } from "./identity/service-resolver.ts";
export { staticResolver } from "./identity/static-resolver.ts";
export type { AtmosphereSession } from "./session.ts";
export type { TrustLink, TrustLinkKind } from "./trust/chain.ts";
export { type TrustReport, verifyEntry } from "./trust/verify-entry.ts";
export type { VerifyEntryOptions } from "./trust/verify-options.ts";
export type { LensVerification, NewLensVerification } from "./records/verification-record.ts";
export {
  type CheckedVerification,
  lensVerifications,
  type LensVerificationsOptions,
} from "./trust/lens-verifications.ts";
export {
  publishVerification,
  type PublishVerificationOptions,
  type VerificationMethod,
} from "./trust/publish-verification.ts";
export { type LensVersions, type PublishedLens, readLens, type ReadLensOptions } from "./trust/published-lens.ts";
