// What the browser tests have in common: a Chromium, its consoles, and scenarios.
//
// Environment: CHROMIUM, the browser's executable; SCREENSHOTS, a folder for pictures (it is made).

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";

const TIMEOUT_MS = 20_000;
const ALL_MS = 300_000;
const { CHROMIUM, SCREENSHOTS } = process.env;

export class Harness {
  #browser;
  #consoles = [];
  /** While the network or the server is away, the browser itself reports each failed connection. */
  failuresExpected = false;

  static async launch() {
    mkdirSync(SCREENSHOTS, { recursive: true });
    const harness = new Harness();
    harness.#browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    });
    return harness;
  }

  newContext(options = {}) {
    return this.#browser.newContext({ viewport: { width: 1000, height: 700 }, ...options });
  }

  async openPage(context, url) {
    const page = await context.newPage();
    page.setDefaultTimeout(TIMEOUT_MS);
    page.on("console", (message) => {
      const network = /net::ERR_|WebSocket connection to/.test(message.text());
      if (!(this.failuresExpected && network)) {
        this.#consoles.push(`${message.type()}: ${message.text()}`);
      }
    });
    page.on("pageerror", (error) => this.#consoles.push(`uncaught: ${error.message}`));
    await page.goto(url);
    return page;
  }

  async scenario(name, run) {
    await run();
    assert.deepEqual(this.#consoles, [], `the console is not empty after "${name}"`);
    console.log(`ok: ${name}`);
  }

  /** Runs all scenarios and exits; pictures of the pages are taken where one fails. */
  async run(scenarios, cleanUp) {
    let code = 0;
    const watchdog = setTimeout(() => {
      console.error("the scenarios took more than five minutes");
      process.exit(1);
    }, ALL_MS);
    try {
      await scenarios();
    } catch (error) {
      code = 1;
      const pages = this.#browser.contexts().flatMap((context) => context.pages());
      for (const [index, page] of pages.entries()) {
        await picture(page, `failed-${index}`).catch(() => {});
      }
      console.error(error);
    }
    clearTimeout(watchdog);
    await Promise.allSettled([this.#browser.close(), cleanUp()]);
    process.exit(code);
  }
}

export const picture = (page, name) => page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });

export const overflow = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** Asks again until it holds; what the page shows follows what it was told, a moment later. */
export async function until(holds, what) {
  const end = Date.now() + TIMEOUT_MS;
  while (!(await holds())) {
    assert.ok(Date.now() < end, `waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
