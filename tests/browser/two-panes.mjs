// The book's page with two panes, in a real browser.
//
// Environment: PAGE, the chapter's file in the built book; CHROMIUM, the browser's executable; SCREENSHOTS, a folder for pictures.

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const { PAGE, CHROMIUM, SCREENSHOTS } = process.env;
mkdirSync(SCREENSHOTS, { recursive: true });
const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"] });
const watchdog = setTimeout(() => process.exit(1), 120_000);
try {
  const page = await browser.newPage();
  page.setDefaultTimeout(20_000);
  const problems = [];
  page.on("pageerror", (error) => problems.push(error.message));
  await page.goto(pathToFileURL(PAGE).href);
  const panes = page.locator("two-panes");
  const verdict = (state) => panes.locator(`.verdict[data-state="${state}"]`).waitFor();
  const texts = async () => Promise.all(["mira", "server", "tomas"].map((name) => panes.locator(`.${name}`).inputValue()));
  const delay = (milliseconds) => panes.locator(".delay").fill(String(milliseconds));

  await delay(3000);
  await panes.getByRole("button", { name: "both write at once" }).click();
  await verdict("waiting");
  assert.deepEqual(await texts(), ["aef", "abcdef", "abc😀def"], "each sees their own edit at once");
  await verdict("same");
  assert.deepEqual(await texts(), ["a😀ef", "a😀ef", "a😀ef"]);
  console.log("ok: transformed, they converge");

  await panes.getByLabel("transform").uncheck();
  await panes.getByRole("button", { name: "both write at once" }).click();
  await verdict("different");
  assert.ok(new Set(await texts()).size > 1);
  await page.screenshot({ path: join(SCREENSHOTS, "diverged.png") });
  console.log("ok: as they came, they diverge");

  await panes.getByLabel("transform").check();
  await delay(1000);
  await panes.locator(".mira").pressSequentially("one 😀 ");
  await panes.locator(".tomas").pressSequentially("two ");
  await verdict("same");
  assert.equal([...(await texts())[0]].sort().join(""), [..."abcdefone 😀 two "].sort().join(""));
  await page.screenshot({ path: join(SCREENSHOTS, "converged.png") });
  console.log("ok: what is typed converges");

  assert.deepEqual(problems, []);
} finally {
  clearTimeout(watchdog);
  await browser.close();
}
