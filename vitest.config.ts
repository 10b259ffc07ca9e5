import { defineConfig, type ViteUserConfig } from "vitest/config";

const config: ViteUserConfig = defineConfig({
  test: {
    include: ["packages/*/{src,tests}/**/*.test.ts", "tooling/*/{src,tests}/**/*.test.ts"],
  },
});
export default config;
