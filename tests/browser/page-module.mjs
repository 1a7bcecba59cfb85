// The page's modules, without a page.

import { readFile } from "node:fs/promises";

/** Imports a page's module that imports no other. `path` is relative to the course's folder. */
export async function pageModule(path) {
  const source = await readFile(new URL(`../../${path}`, import.meta.url), "utf8");
  // By its text: the page has no package.json that would tell Node.js that `.js` is a module.
  return import(`data:text/javascript,${encodeURIComponent(source)}`);
}
