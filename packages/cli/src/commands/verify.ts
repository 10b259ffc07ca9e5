import type { Command } from "commander";
import { plainText } from "../format/text.ts";
import { formatBytes, formatNumberOf } from "../format/units.ts";
import { openRef, REF_HELP } from "../open.ts";
import { progressLine } from "../progress.ts";
import type { Colors, Terminal } from "../terminal.ts";
import { recordUri, verifyChain } from "../verify/verify-chain.ts";
import { type VerifiedShard, verifyDataset } from "../verify/verify-dataset.ts";
import type { Verdict } from "../verify/verify-shard.ts";

interface VerifyOptions {
  readonly deep?: true;
  readonly json?: true;
}

/** How verdicts are said. */
const SAID: Readonly<Record<Verdict, string>> = {
  ok: "ok",
  mismatch: "mismatch",
  unrecorded: "no checksum recorded",
  unreadable: "unreadable",
};

/** Adds the command that compares shards with their checksums. */
export function addVerify(program: Command, terminal: Terminal): void {
  program
    .command("verify")
    .summary("compare shards with their recorded checksums")
    .description(
      "Reads the shards of a dataset, wherever they lie, and compares length and SHA-256 with what its dataset.json or its entry in an " +
        "index has recorded. Goes on after a bad shard, and tells of all.\n\n" +
        "--deep also decodes every sample by its type, counts them, and compares them with the hashes in manifests where there are " +
        "any; it reads the shards twice. Ends with status 1 when a shard differs or cannot be read.\n\n" +
        "Of a dataset on ATProto it follows the chain from the account to the samples, link by link: the identity, the record and its " +
        "CID, the account's signature, the type, shards and manifests, and with --deep the hash of every sample.",
    )
    .argument("<ref>", REF_HELP)
    .option("--deep", "decode, count and hash the samples too")
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      `
Examples:
  $ atdata verify out/digits.tar
  $ atdata verify @team/mnist@1.0.0 --deep
  $ atdata verify s3://data/digits.dataset.json --json
  $ atdata verify @alice.example.org/digits --deep`,
    )
    .action(async (ref: string, options: VerifyOptions) => {
      const uri = await recordUri(ref, terminal);
      if (uri !== undefined) {
        return verifyChain(uri, { deep: options.deep === true, json: options.json === true }, terminal);
      }
      const { out, signal } = terminal;
      const opened = await openRef(ref, terminal);
      const total = formatNumberOf(opened.dataset.shards.length, "shard");
      const progress = progressLine(terminal.err);
      const shards: VerifiedShard[] = [];
      let read = 0;
      const onBytes = (count: number): void => {
        read += count;
        progress.show(() => `verified ${shards.length} of ${total}, ${formatBytes(read)} read`);
      };
      try {
        for await (const shard of verifyDataset(opened, { deep: options.deep === true, signal, onBytes })) {
          shards.push(shard);
          if (options.json || shard.verdict === "ok") continue;
          progress.clear();
          await out.write(`${linesOf(shard, out.colors).join("\n")}\n`);
        }
      } finally {
        progress.clear();
      }
      const counts = countVerdicts(shards);
      if (counts.mismatch + counts.unreadable > 0) terminal.exit.onSuccess = 1;
      if (options.json) await out.write(`${JSON.stringify({ shards, ...counts })}\n`);
      else await out.write(`${summary(shards, counts)}\n`);
    });
}

function linesOf({ url, verdict, differences }: VerifiedShard, { red, yellow }: Colors): string[] {
  const paint = verdict === "unrecorded" ? yellow : red;
  const details = differences.map(({ code, what }) => `  ${code}: ${plainText(what)}`);
  return [`${paint(SAID[verdict])}  ${plainText(url)}`, ...details];
}

function countVerdicts(shards: readonly VerifiedShard[]): Record<Verdict, number> {
  const counts = { ok: 0, mismatch: 0, unrecorded: 0, unreadable: 0 };
  for (const { verdict } of shards) counts[verdict] += 1;
  return counts;
}

function summary(shards: readonly VerifiedShard[], counts: Readonly<Record<Verdict, number>>): string {
  const bytes = formatBytes(shards.reduce((sum, shard) => sum + (shard.bytes ?? 0), 0));
  const parts = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([verdict, count]) => `${count} ${SAID[verdict as Verdict]}`);
  return `${formatNumberOf(shards.length, "shard")}, ${bytes}: ${parts.join(", ")}`;
}
