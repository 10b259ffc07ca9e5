import { defineConfig, type ViteUserConfig } from "vitest/config";

const config: ViteUserConfig = defineConfig({
  test: {
    include: ["packages/*/{src,tests}/**/*.test.ts", "tooling/*/{src,tests}/**/*.test.ts"],
    // For tests that hang; fuzz tests take longer the more they are asked to try, and machines may be busy.
    testTimeout: 30_000 + Number(process.env.ATDATA_FUZZ ?? 0) * 3,
  },
});
export default config;
