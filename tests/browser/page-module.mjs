// The page's modules, without a page.

import { readFile } from "node:fs/promises";

/** Imports a module of the chat's page that imports no other. */
export async function pageModule(name) {
  const source = await readFile(new URL(`../../exercises/03-chat/web/${name}`, import.meta.url), "utf8");
  // By its text: the page has no package.json that would tell Node.js that `.js` is a module.
  return import(`data:text/javascript,${encodeURIComponent(source)}`);
}
