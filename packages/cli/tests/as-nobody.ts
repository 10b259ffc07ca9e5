// Runs the command as a user who may read nothing that others do not share. The code is loaded before, as it may lie in root's home.
import { run } from "../src/run.ts";

if (process.getuid?.() === 0) process.setuid?.(65534);
process.exitCode = await run(process.argv.slice(2));
