import {
  isAtdataError,
  memoryFormat,
  type ShardFormat,
  type ShardReader,
  STEP_END,
  STEP_MORE,
  STEP_RECORD,
} from "@atdata/core";
import { writeRecords } from "../../src/format-fixture.ts";
import type { FormatFixture, MakeFormat } from "../../src/index.ts";

const KEYS = ["foreign1", "foreign2"];

function fixture(format: ShardFormat): FormatFixture {
  const { bytes } = writeRecords(
    memoryFormat(),
    KEYS.map((key) => ({ key, payload: new Uint8Array(600) })),
  );
  return { format, shards: [{ name: "foreign", bytes, keys: KEYS }] };
}

const base = (): ShardFormat => ({ ...memoryFormat(), unwrap: async (bytes) => bytes });

/** The format that all mutants are made of. */
export const goodFormat: MakeFormat = () => fixture(base());

function mutant(change: (format: ShardFormat) => Partial<ShardFormat>): MakeFormat {
  return () => {
    const format = base();
    return fixture({ ...format, ...change(format) });
  };
}

/** Changes the readers; what is not changed goes to the good one. */
function reader(change: (good: ShardReader, locate: boolean) => Partial<ShardReader>): MakeFormat {
  return mutant((format) => ({
    reader(options) {
      const good = format.reader(options);
      const changed = change(good, options.locate ?? false);
      return new Proxy(good, {
        get(target, name) {
          const own = Object.getOwnPropertyDescriptor(changed, name);
          if (own !== undefined) return own.get === undefined ? own.value : own.get();
          const value: unknown = Reflect.get(target, name, target);
          return typeof value === "function" ? value.bind(target) : value;
        },
      });
    },
  }));
}

/** Formats with one fault each. */
export const formatMutants: Readonly<Record<string, MakeFormat>> = {
  "matches every file": mutant(() => ({ matches: () => true })),
  "has a suffix without dot": mutant(() => ({ suffix: "mem" })),
  "tells the header's offset": reader((good) => ({
    get offset() {
      return good.offset - 8;
    },
  })),
  "loses the order of keys": reader((good) => ({ key: () => [...good.key()].reverse().join("") })),
  "tells the padded length of a payload": mutant((format) => ({
    writer() {
      const writer = format.writer();
      const { closeBytes } = writer;
      return {
        closeBytes,
        begin: (out, key) => writer.begin(out, key),
        end: (out) => Math.ceil(writer.end(out) / 512) * 512,
        close: (out) => writer.close(out),
      };
    },
  })),
  "tells a wrong length of the end": mutant((format) => ({
    writer() {
      const writer = format.writer();
      return {
        closeBytes: 8,
        begin: (out, key) => writer.begin(out, key),
        end: (out) => writer.end(out),
        close: (out) => writer.close(out),
      };
    },
  })),
  "finds a sample in an empty shard": reader((good) => {
    let first = true;
    return {
      next() {
        const step = good.next();
        const found = first && step === STEP_END;
        if (step !== STEP_MORE) first = false;
        return found ? STEP_RECORD : step;
      },
    };
  }),
  "loses chunks of one byte": reader((good) => ({
    push(chunk, offset) {
      if (chunk.length > 1) good.push(chunk, offset);
    },
  })),
  "looks at a chunk after it asked for more": reader((good) => {
    let held: Uint8Array | undefined;
    return {
      push(chunk) {
        if (held !== undefined) good.push(held);
        held = chunk;
      },
      finish() {
        if (held !== undefined) good.push(held);
        held = undefined;
      },
      next() {
        const step = good.next();
        if (step === STEP_MORE && held === undefined) good.finish();
        return step;
      },
    };
  }),
  "ignores where bytes stand after a jump": reader((good, locate) => ({
    push: (chunk, offset) => good.push(chunk, locate ? undefined : offset),
  })),
  "tells other sizes with locate": reader((good, locate) => ({
    get size() {
      return locate ? good.size + 8 : good.size;
    },
  })),
  "tells a span without the header": mutant(() => ({ span: (offset, size) => ({ from: offset, length: size }) })),
  "has one reader for all": mutant((format) => {
    let only: ShardReader | undefined;
    let left = 0;
    return {
      reader(options) {
        // The second of two readers that are open at once is the first one again.
        only = left > 0 && only !== undefined ? only : format.reader(options);
        left = left > 0 ? 0 : 1;
        const { finish } = only;
        const current = only;
        current.finish = () => {
          left = 0;
          finish.call(current);
        };
        return current;
      },
    };
  }),
  "takes a cut for the end": reader((good) => ({
    next() {
      try {
        return good.next();
      } catch (error) {
        if (isAtdataError(error, "SHARD_TRUNCATED")) return STEP_END;
        throw error;
      }
    },
  })),
  "wants more after the end": reader((good) => {
    let finished = false;
    return {
      finish() {
        finished = true;
      },
      next: () => (finished ? STEP_MORE : good.next()),
    };
  }),
  "lets a foreign error out": reader((good) => ({
    next() {
      try {
        return good.next();
      } catch (error) {
        if (isAtdataError(error, "SHARD_CORRUPT")) throw new RangeError("offset is outside the bounds");
        throw error;
      }
    },
  })),
  "takes any key": mutant(() => ({ checkKey: () => {} })),
  "loses samples of other writers": reader((good) => ({
    next() {
      const step = good.next();
      return step === STEP_RECORD && good.key() === "foreign2" ? good.next() : step;
    },
  })),
  "loses the bytes it looked at for a compression": mutant(() => ({
    async unwrap(bytes) {
      await bytes.next();
      return bytes;
    },
  })),
};
