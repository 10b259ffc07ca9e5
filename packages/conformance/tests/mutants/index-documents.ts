import { type Created, type IndexProvider, localSchemaRef, memoryIndex, type StoredSchema } from "@atdata/core";
import { collect } from "../../src/expect.ts";
import type { MakeIndexProvider } from "../../src/index.ts";
import { mutant } from "./index-provider.ts";

let refs = 0;

async function soon(): Promise<void> {
  for (let i = 0; i < 5; i++) await Promise.resolve();
}

/** Changes the names of schemas, lenses and labels on the way in and when they are looked for. */
function names(change: (name: string) => string): MakeIndexProvider {
  return mutant((good) => ({
    createSchema: (one, options) => good.createSchema({ ...one, name: change(one.name) }, options),
    getSchema: (name, version, options) => good.getSchema(change(name), version, options),
    createLens: (one, options) => good.createLens({ ...one, name: change(one.name) }, options),
    getLens: (name, version, options) => good.getLens(change(name), version, options),
    putLabel: (one, options) => good.putLabel({ ...one, name: change(one.name) }, options),
    getLabel: (name, version, options) => good.getLabel(change(name), version, options),
    latestLabel: (name, options) => good.latestLabel(change(name), options),
  }));
}

/** Indexes with one fault each in what they do with schemas, lenses and labels. */
export const indexDocumentMutants: Readonly<Record<string, MakeIndexProvider>> = {
  "loses what is no ASCII": mutant((good) => ({
    createSchema: (one, options) => good.createSchema({ ...one, json: ascii(one.json) }, options),
    createLens: (one, options) => good.createLens({ ...one, json: ascii(one.json) }, options),
  })),
  "overwrites schemas and lenses": mutant((good) => {
    let schemas = memoryIndex();
    let lenses = memoryIndex();
    return {
      async createSchema(schema, options) {
        if (await schemas.getSchema(schema.name, schema.version, options)) schemas = memoryIndex();
        return schemas.createSchema(schema, options);
      },
      getSchema: (name, version, options) => schemas.getSchema(name, version, options),
      listSchemas: (options) => schemas.listSchemas(options),
      async createLens(lens, options) {
        if (await lenses.getLens(lens.name, lens.version, options)) lenses = memoryIndex();
        return lenses.createLens(lens, options);
      },
      getLens: (name, version, options) => lenses.getLens(name, version, options),
      listLenses: (options) => lenses.listLenses(options),
      listEntries: (options) => good.listEntries(options),
    };
  }),
  "gives the racer's own instead of the winner's": mutant((good) => ({
    async createSchema(schema, options) {
      const { created, held } = await good.createSchema(schema, options);
      return { created, held: { ...schema, ref: held.ref } };
    },
    async createLens(lens, options) {
      const { created } = await good.createLens(lens, options);
      return { created, held: lens };
    },
  })),
  "looks for a winner long before it creates": mutant((good) => ({
    async createSchema(schema, options): Promise<Created<StoredSchema>> {
      const held = await good.getSchema(schema.name, schema.version, options);
      await soon();
      return held ? { created: false, held } : { created: true, held: (await good.createSchema(schema, options)).held };
    },
    async createLens(lens, options) {
      const held = await good.getLens(lens.name, lens.version, options);
      await soon();
      return held ? { created: false, held } : { created: true, held: (await good.createLens(lens, options)).held };
    },
  })),
  "knows no case": names((name) => name.toLowerCase()),
  "makes a new ref each time": mutant((good) => ({
    async getSchema(name, version, options) {
      const held = await good.getSchema(name, version, options);
      return held && { ...held, ref: `${held.ref}#${refs++}` };
    },
  })),
  "makes refs without versions": mutant((good) => ({
    async createSchema(schema, options) {
      const { created, held } = await good.createSchema(schema, options);
      return { created, held: { ...held, ref: localSchemaRef(held.name, "") } };
    },
  })),
  "loses descriptions of labels": mutant((good) => ({
    putLabel: ({ description, ...label }, options) => good.putLabel(label, options),
  })),
  "keeps the old description of a label": mutant((good) => ({
    async putLabel(label, options) {
      const old = await good.getLabel(label.name, label.version, options);
      return good.putLabel({ ...label, description: label.description ?? old?.description }, options);
    },
  })),
  "asks nothing of the label that is there": mutant((good) => ({
    putLabel: (label, options) => good.putLabel(label, { signal: options?.signal }),
  })),
  "expects what another version stands for": mutant((good) => ({
    async putLabel(label, { expect, signal } = {}) {
      const latest = await good.latestLabel(label.name, { signal });
      if (expect !== undefined && (latest?.id ?? null) !== expect) return false;
      return good.putLabel(label, { signal });
    },
  })),
  "asks long before it puts": mutant((good) => ({
    async putLabel(label, { expect, signal } = {}) {
      const there = await good.getLabel(label.name, label.version, { signal });
      await soon();
      if (expect !== undefined && (there?.id ?? null) !== expect) return false;
      return good.putLabel(label, { signal });
    },
  })),
  "forgets the label of what is put with one": mutant((good) => ({
    putLabelled: (entry, _label, options) => good.putEntry(entry, options),
  })),
  "puts the entry though its label is refused": mutant((good) => ({
    async putLabelled(entry, label, options) {
      const held = await good.putEntry(entry, options);
      return (await good.putLabel({ ...label, id: held.id }, options)) ? held : undefined;
    },
  })),
  "asks long before it puts both": mutant((good) => ({
    async putLabelled(entry, label, { expect, signal } = {}) {
      const there = await good.getLabel(label.name, label.version, { signal });
      await soon();
      if (expect !== undefined && (there?.id ?? null) !== expect) return undefined;
      const held = await good.putEntry(entry, { signal });
      await good.putLabel({ ...label, id: held.id });
      return held;
    },
  })),
  "takes no version for any": mutant((good) => ({
    getLabel: (name, version, options) =>
      version === "" ? good.latestLabel(name, options) : good.getLabel(name, version, options),
  })),
  "takes the highest version for the latest": mutant((good) => ({ latestLabel: highest(good) })),
  "says that it deleted a label that was not there": mutant((good) => ({
    deleteLabel: (name, version, options) => good.deleteLabel(name, version, options).then(() => true),
  })),
  "lists labels of any entry": mutant((good) => ({
    listLabels: ({ id, ...options } = {}) => good.listLabels(options),
  })),
  "splits names at the first @": names((name) => name.split("@")[0] || name),
};

function ascii(json: unknown): unknown {
  return JSON.parse(JSON.stringify(json).replace(/[^\u0020-\u007e]/g, "?"));
}

function highest(good: IndexProvider): IndexProvider["latestLabel"] {
  return async (name, options) =>
    (await collect(good.listLabels({ ...options, name })))
      .sort((one, other) => one.version.localeCompare(other.version, "en", { numeric: true }))
      .at(-1);
}
