import { availableParallelism } from "node:os";
import { defineConfig, type ViteUserConfig } from "vitest/config";

const config: ViteUserConfig = defineConfig({
  test: {
    include: ["packages/*/{src,tests}/**/*.test.ts", "tooling/*/{src,tests}/**/*.test.ts"],
    // Two even where there are two cores: many tests wait for servers and for processes that they end.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // For tests that hang; fuzz tests take longer the more they are asked to try, and machines may be busy.
    testTimeout: 30_000 + Number(process.env.ATDATA_FUZZ ?? 0) * 3,
  },
});
export default config;
