import { cacheFolder } from "./data/cache.ts";

/**
 * The environment of processes that run from a cache of stripped types, as who installs the packages runs JavaScript: without it each has Node's
 * TypeScript parser in memory, 26 MB. The first process fills the cache.
 */
export const asJavaScript: NodeJS.ProcessEnv = { ...process.env, NODE_COMPILE_CACHE: cacheFolder("compiled") };
