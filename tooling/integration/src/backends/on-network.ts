import { atmosphere, login } from "@atdata/atmosphere";
import type { MakeIndexProvider, MakeSource } from "@atdata/conformance";
import type { DataStore } from "@atdata/core";
import { startTestNetwork } from "@atdata/tooling-atproto";
import { type BuiltIn, indexed } from "./built-in.ts";

/** The repository of an account, on a PDS that is started; each index and store is of an account of its own. */
export const onNetwork: BuiltIn = {
  name: "atmosphere",
  async open() {
    const network = await startTestNetwork();
    const [pds] = network.pds;
    const { plcUrl } = network;
    const resolvers = [{ name: "test", resolve: (handle: string) => network.resolveHandle(handle) }];
    let accounts = 0;
    const account = async () => {
      const { did, handle, password } = await network.createAccount(pds, `backend-${accounts++}`);
      const session = await login({ identifier: handle, password, service: pds.url });
      return { did, open: () => atmosphere({ session, plcUrl, resolvers }) };
    };
    const makeIndexProvider: MakeIndexProvider = async () => {
      const { did, open } = await account();
      return {
        provider: open().provider,
        reopen: async () => open().provider,
        schemaRef: (name, version) => `at://${did}/science.alt.dataset.schema/${name}:${version}`,
        maxNameBytes: 200,
        publicUrlsOnly: true,
      };
    };
    // There is one with a session.
    const makeStore = async () => (await account()).open().store as DataStore;
    const makeSource: MakeSource = async (files) => {
      const { source, url, create } = await makeStore();
      for (const [name, bytes] of Object.entries(files)) await create(name, bytes);
      return { source, url, directory: url(""), glob: url };
    };
    return {
      backend: { ...indexed(makeIndexProvider), makeSource, makeStore },
      [Symbol.asyncDispose]: () => network[Symbol.asyncDispose](),
    };
  },
};
