import { decode } from "@msgpack/msgpack";
import type { Redis } from "ioredis";

/** An entry as a program would make it of a hash. */
export interface PlainEntry {
  readonly name: string;
  readonly schemaRef: string;
  readonly dataUrls: unknown;
  readonly metadata: unknown;
}

/** Reads entries whose ids are known with one pipeline of HGETALL, as the documentation of ioredis shows, and decodes them. */
export async function readByPipeline(client: Redis, ids: readonly string[]): Promise<PlainEntry[]> {
  const pipeline = client.pipeline();
  for (const id of ids) pipeline.hgetallBuffer(`LocalDatasetEntry:${id}`);
  const replies = (await pipeline.exec()) ?? [];
  return replies.map(([error, reply]) => {
    if (error !== null) throw error;
    const { name, schema_ref: schemaRef, data_urls: urls, metadata } = reply as Record<string, Buffer | undefined>;
    return {
      name: name?.toString() ?? "",
      schemaRef: schemaRef?.toString() ?? "",
      dataUrls: decode(urls ?? new Uint8Array()),
      metadata: metadata === undefined ? undefined : decode(metadata),
    };
  });
}
