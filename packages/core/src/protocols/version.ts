/** The version of core's protocols; the conformance kit refuses to run against another one. */
export const PROTOCOL_VERSION: number = 1;
