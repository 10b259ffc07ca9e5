import type { UserConfig } from "tsdown";
import { library } from "../../tsdown.base.ts";

const config: UserConfig = library([
  "src/disk/index.ts",
  "src/node/index.ts",
  "src/postgres/index.ts",
  "src/redis/index.ts",
  "src/s3/index.ts",
  "src/services/index.ts",
  "src/sqlite/index.ts",
]);
export default config;
