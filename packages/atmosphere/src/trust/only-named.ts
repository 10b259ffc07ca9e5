import { AtdataError, type CallOptions, type DataSource } from "@atdata/core";

/** Lets a source read only what a record names; other files beside them are as good as not there. */
export function onlyNamed(source: DataSource, named: ReadonlyMap<string, unknown>): DataSource {
  const requireNamed = (url: string): void => {
    if (!named.has(url)) throw new AtdataError("NOT_FOUND", "the record does not name this file", { url });
  };
  return {
    name: source.name,
    schemes: source.schemes,
    capabilities: source.capabilities,
    list: (ref, options) => source.list(ref, options),
    async open(url, options) {
      requireNamed(url);
      return source.open(url, options);
    },
    async read(url, offset, length, options) {
      requireNamed(url);
      return (source as Required<Pick<DataSource, "read">>).read(url, offset, length, options);
    },
    async size(url: string, options?: CallOptions) {
      return named.has(url) ? source.size?.(url, options) : undefined;
    },
  };
}
