export { type FaultyPds, faulty, internalError, tooMany } from "./faulty-pds.ts";
export {
  type FaultyAnswer,
  type FaultyProxy,
  faultyProxy,
  type ProxyFault,
  type ProxyRequest,
} from "./faulty-proxy.ts";
export { startTestNetwork } from "./start-test-network.ts";
export type { TestAccount, TestNetwork, TestPds } from "./test-network.ts";
