import { AtdataError } from "@atdata/core";

/** Where a search goes on: at the AppView, or in one of the accounts that are looked through in its place. */
export type SearchPlace =
  | { readonly at: "appview"; readonly cursor: string }
  | { readonly at: "account"; readonly account: number; readonly cursor: string | undefined };

/** Writes a place as text. */
export function writeSearchCursor(place: SearchPlace): string {
  return place.at === "appview" ? `v:${place.cursor}` : `a${place.account}:${place.cursor ?? ""}`;
}

/**
 * Reads what {@link writeSearchCursor} wrote.
 *
 * @param accounts - How many accounts there are.
 * @throws AtdataError `CURSOR_INVALID`.
 */
export function readSearchCursor(text: string, accounts: number): SearchPlace {
  const [, kind, account = "", cursor = ""] = /^(?:(v)|a(\d{1,6})):(.*)$/s.exec(text) ?? [];
  if (kind === "v" && cursor !== "") return { at: "appview", cursor };
  if (account !== "" && Number(account) < accounts) {
    return { at: "account", account: Number(account), cursor: cursor === "" ? undefined : cursor };
  }
  const hint = "search without a cursor";
  throw new AtdataError("CURSOR_INVALID", "the cursor is not of this search", { cursor: text.slice(0, 200) }, { hint });
}
