import { readOverHttp } from "./read.ts";

const worker: { fetch(request: Request): Promise<Response> } = {
  async fetch(request) {
    return Response.json(await readOverHttp(new URL(request.url).searchParams.get("base") ?? ""));
  },
};
// biome-ignore lint/style/noDefaultExport: it is where workerd looks for the handler.
export default worker;
