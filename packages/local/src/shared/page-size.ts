/** How many things a listing asks for at first. */
export const FIRST_PAGE = 200;
const LARGEST_PAGE = 1000;
/** What a page should hold, so that neither side has to keep much. */
const PAGE_BYTES = 4 * 1024 * 1024;

/** Tells how many to ask for next, after a page of so many that had so many bytes. */
export function nextPage(count: number, bytes: number): number {
  return Math.max(1, Math.min(LARGEST_PAGE, Math.floor((count * PAGE_BYTES) / Math.max(1, bytes))));
}
