import type { SearchQuery } from "@atdata/core";
import type { ConformanceCase } from "./case.ts";
import { ALL_DATASETS, found, type MakeSearchBackend, putDatasets, withSearch } from "./search-fixture.ts";
import { sameValue } from "./value-text.ts";

/** A case whose queries each find these datasets. */
function finds(
  id: string,
  rule: string,
  queries: readonly (readonly [SearchQuery, readonly string[]])[],
): ConformanceCase<MakeSearchBackend> {
  return {
    id,
    rule,
    run: (make) =>
      withSearch(make, async (search, provider, kit) => {
        await putDatasets(provider, kit);
        for (const [query, want] of queries) sameValue(await found(search, query), want, JSON.stringify(query));
      }),
  };
}

/** The rules of what is found. */
export const queryCases: readonly ConformanceCase<MakeSearchBackend>[] = [
  finds("search/words", "a word is found in the name, the description and the tags", [
    [{ text: "mnist" }, ["mnist"]],
    [{ text: "houses" }, ["street numbers"]],
    [{ text: "small" }, ["letters", "mnist"]],
  ]),
  finds("search/case", "words are found whatever their case, in any alphabet", [
    [{ text: "HANDwritten" }, ["letters", "mnist"]],
    [{ text: "\u00fcber" }, ["letters"]],
    [{ text: "\u00dcBER" }, ["letters"]],
  ]),
  finds("search/all-words", "all words must be there, each of them anywhere and in any order", [
    [{ text: "small mnist" }, ["mnist"]],
    [{ text: "  images\n handwritten " }, ["letters", "mnist"]],
    [{ text: "mnist houses" }, []],
  ]),
  finds("search/literal", "words are no patterns", [
    [{ text: "c++" }, ["letters"]],
    ...[".*", "%", "_", "*", "mn?st", "mn_st", '"', "(", "\\", "x' OR '1'='1"].map((text) => [{ text }, []] as const),
  ]),
  finds("search/tags", "all tags must be there, each of them whole", [
    [{ tags: ["images"] }, ["letters", "mnist", "street numbers"]],
    [{ tags: ["small", "images"] }, ["letters", "mnist"]],
    [{ tags: ["street view"] }, ["street numbers"]],
    [{ tags: ["street"] }, []],
    [{ tags: ["images", "none"] }, []],
    [{ tags: [] }, ALL_DATASETS],
  ]),
  finds("search/schema", "a schema is asked for by its name, or by name and version", [
    [{ schema: "Digit" }, ["mnist", "plain", "street numbers"]],
    [{ schema: "Digit@2.0.0" }, ["street numbers"]],
    [{ schema: "Digits@1.0.0" }, ["letters"]],
    [{ schema: "Digit@2.0" }, []],
    [{ schema: "igit" }, []],
  ]),
  finds("search/together", "all that is asked for must hold", [
    [{ text: "handwritten", tags: ["small"], schema: "Digit" }, ["mnist"]],
    [{ text: "handwritten", schema: "Digit@2.0.0" }, []],
    [{ text: "plain", tags: ["images"] }, []],
  ]),
  finds("search/none", "a query that finds nothing ends without an entry", [[{ text: "nowhere" }, []]]),
];
