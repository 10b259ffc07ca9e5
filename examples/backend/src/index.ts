export { folderIndex } from "./folder-index.ts";
export { folderStore } from "./folder-store.ts";
