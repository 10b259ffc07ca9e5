import { readOverHttp } from "./read.ts";

declare const Deno: { readonly args: readonly string[] };

console.log(JSON.stringify(await readOverHttp(Deno.args[0] ?? "")));
