import type { IndexProvider, Label } from "@atdata/core";
import type { Query, Row } from "./client.ts";
import { lastOfName, TIME } from "./sql.ts";

type Labels = Pick<IndexProvider, "putLabel" | "getLabel" | "latestLabel" | "listLabels" | "deleteLabel">;

const COLUMNS = `name, version, cid, description, ${TIME} AS created`;
const WHERE = "WHERE name = $1 AND version = $2";

/** Builds what a Postgres index does with labels. */
export function labelsOf(query: Query): Labels {
  return {
    async putLabel({ name, version, id, description }, options) {
      const { expect } = options ?? {};
      const values = [name, version, id, description ?? null];
      const insert = `INSERT INTO labels (name, version, cid, description, created_at)
        VALUES ($1, $2, $3, $4, ${lastOfName("labels", "$1")}) ON CONFLICT (name, version)`;
      const set = "cid = $3, description = $4, created_at =";
      const text =
        expect === undefined
          ? `${insert} DO UPDATE SET ${set} excluded.created_at RETURNING cid`
          : expect === null
            ? `${insert} DO NOTHING RETURNING cid`
            : `UPDATE labels SET ${set} ${lastOfName("labels", "$1")} ${WHERE} AND cid = $5 RETURNING cid`;
      if (typeof expect === "string") values.push(expect);
      return (await query(text, values, "put a label", options)).length > 0;
    },
    async getLabel(name, version, options) {
      const text = `SELECT ${COLUMNS} FROM labels ${WHERE}`;
      const [row] = await query(text, [name, version], "get a label", options);
      return row && readLabel(row);
    },
    async latestLabel(name, options) {
      const text = `SELECT ${COLUMNS} FROM labels WHERE name = $1
        ORDER BY created_at DESC NULLS LAST, version DESC LIMIT 1`;
      const [row] = await query(text, [name], "find a label", options);
      return row && readLabel(row);
    },
    async *listLabels(options) {
      const { name, id } = options ?? {};
      const text = `SELECT ${COLUMNS} FROM labels
        WHERE ($1::text IS NULL OR name = $1) AND ($2::text IS NULL OR cid = $2)
        ORDER BY created_at NULLS FIRST, name, version`;
      for (const row of await query(text, [name ?? null, id ?? null], "list labels", options)) {
        options?.signal?.throwIfAborted();
        yield readLabel(row);
      }
    },
    async deleteLabel(name, version, options) {
      const text = `DELETE FROM labels ${WHERE} RETURNING cid`;
      return (await query(text, [name, version], "delete a label", options)).length > 0;
    },
  };
}

function readLabel(row: Row): Label {
  const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
  return {
    name: String(row.name),
    version: String(row.version),
    id: String(row.cid),
    description: text(row.description),
    createdAt: text(row.created),
  };
}
