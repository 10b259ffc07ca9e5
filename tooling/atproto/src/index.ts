export { startTestNetwork } from "./start-test-network.ts";
export type { TestAccount, TestNetwork, TestPds } from "./test-network.ts";
