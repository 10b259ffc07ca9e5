import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { startTestNetwork } from "@atdata/tooling-atproto";
import { getByKey, newAccount, publish, queryAsOther, readAsOther, verify } from "./atmosphere-steps.ts";
import { checksPassed } from "./check.ts";
import { readSplit } from "./mnist.ts";
import { picture } from "./picture.ts";
import { Report, size } from "./report.ts";

/** Publishes the training digits on a network of this machine, and reads and checks them as somebody on its other PDS. */
export async function atmosphereDemo(limit: number, out: string): Promise<void> {
  const home = join(out, "atmosphere");
  rmSync(home, { recursive: true, force: true });
  mkdirSync(home, { recursive: true });

  console.log("\n  atdata: the MNIST digits on an ATProto network of this machine\n");
  const report = new Report();
  report.header();
  const train = readSplit("train", limit);
  const { network } = await report.step("start a PLC directory, two PDSes", 1, async () => {
    return { samples: 1, network: await startTestNetwork() };
  });
  try {
    const alice = await newAccount(network, network.pds[0], "alice", home);
    const bob = await newAccount(network, network.pds[1], "bob", home);
    const published = await publish(report, alice, train);
    const { ref } = published;
    const { read, dataset } = await readAsOther(report, bob, ref, train);
    const query = await queryAsOther(report, bob, ref, train);
    const links = await verify(report, bob, ref, train);
    const digit = await getByKey(report, dataset, train);

    const facts = [
      "key        000000042",
      `label      ${digit.label}`,
      `ink        ${digit.ink.toFixed(2)}`,
      `tags       ${digit.tags.join(", ")}`,
      "",
      `dataset    ${ref}`,
      `account    ${published.did}`,
      `of MNIST   ${train.count.toLocaleString("en")} of 60,000 digits`,
      `blobs      ${published.shards} shards, ${size(published.bytes)}`,
      `streamed   ${size(read)} by ${bob.handle}`,
      `query      ${query.matches} matches; plan: ${query.shards} of ${published.shards} shards`,
      `chain      ${links} links, all hold`,
    ];
    console.log();
    const lines = picture(digit.image.data, 28);
    facts.forEach((fact, i) => {
      console.log(`    ${lines[i] ?? " ".repeat(28)}   ${fact}`.trimEnd());
    });
    console.log(`  ${checksPassed()} checks passed. The network is gone again.\n`);
  } finally {
    await network[Symbol.asyncDispose]();
  }
}
