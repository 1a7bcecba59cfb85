// What the tests of the pages share: a server, a real browser, and scenarios that leave the console empty.
//
// Environment: SERVER, the server's executable; CHROMIUM, the browser's; SCREENSHOTS, a folder for pictures (it is made).

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { startServer } from "./server.mjs";

const TIMEOUT_MS = 20_000;
const ALL_TIMEOUT_MS = 300_000;
const { SERVER, CHROMIUM, SCREENSHOTS } = process.env;

// The same secret when the server is started again: sessions go on.
const settings = { JWT_SECRET: randomUUID() };
let server;
let browser;

const consoles = [];
/** While the network or the server is away, the browser itself reports each failed connection. */
let failuresExpected = false;

/** Plays scenarios, and ends the process with 0 if all went well. `more` goes into the server's environment. */
export async function play(scenarios, more = {}) {
  Object.assign(settings, more);
  mkdirSync(SCREENSHOTS, { recursive: true });
  server = await startServer(SERVER, settings);
  browser = await chromium.launch({
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
  const watchdog = setTimeout(() => {
    console.error("the scenarios took more than five minutes");
    finish(1);
  }, ALL_TIMEOUT_MS);
  async function finish(code) {
    clearTimeout(watchdog);
    await Promise.allSettled([browser.close(), server.stop()]);
    process.exit(code);
  }
  try {
    await scenarios();
    await finish(0);
  } catch (error) {
    for (const [index, page] of browser.contexts().flatMap((context) => context.pages()).entries()) {
      await picture(page, `failed-${index}`).catch(() => {});
    }
    console.error(error);
    await finish(1);
  }
}

export async function scenario(name, run) {
  await run();
  assert.deepEqual(consoles, [], `the console is not empty after "${name}"`);
  console.log(`ok: ${name}`);
}

/** Runs something during which connections fail. */
export async function whileFailing(run) {
  failuresExpected = true;
  await run();
  failuresExpected = false;
}

/** Takes what the consoles have said so far, of which the scenario then is the judge. */
export const takeConsoles = () => consoles.splice(0);

export async function stopServer() {
  await server.stop();
}

export async function killServer() {
  await server.kill();
}

/** The same server again, on the same port. */
export async function startServerAgain() {
  server = await startServer(SERVER, settings, server.port);
}

export async function newContext(options = {}) {
  return browser.newContext({ viewport: { width: 1000, height: 700 }, ...options });
}

export async function openPage(context) {
  const page = await context.newPage();
  page.setDefaultTimeout(TIMEOUT_MS);
  page.on("console", (message) => {
    const network = /net::ERR_|WebSocket connection to/.test(message.text());
    if (!(failuresExpected && network)) {
      consoles.push(`${message.type()}: ${message.text()}`);
    }
  });
  page.on("pageerror", (error) => consoles.push(`uncaught: ${error.message}`));
  page.on("dialog", (dialog) => {
    consoles.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  await page.goto(server.url);
  return page;
}

export async function newUser(name, options = {}) {
  const context = await newContext(options);
  const page = await openPage(context);
  await signIn(page, name);
  return { context, page };
}

export async function signIn(page, name) {
  await page.getByLabel("Your name").fill(name);
  await page.getByRole("button", { name: "Sign in" }).click();
  await connected(page);
}

export const connected = (page) => page.getByRole("status").getByText("Connected", { exact: true }).waitFor();
export const offline = (page) => page.getByRole("status").getByText("Offline").waitFor();
export const log = (page) => page.getByRole("log");
export const messages = (page, text) => log(page).locator(".message").filter({ hasText: text });
export const delivered = (page, text) => log(page).locator(".message:not(.pending)").filter({ hasText: text });
export const picture = (page, name) => page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });

export async function say(page, text) {
  await page.getByLabel("Message", { exact: true }).fill(text);
  await page.getByRole("button", { name: "Send" }).click();
}

/** Waits until `count` delivered messages hold the text. */
export async function hears(page, text, count = 1) {
  await until(async () => (await delivered(page, text).count()) === count, `${count} of "${text}"`, async () => log(page).innerText());
}

/** Asks again until it holds; what the page shows follows what it was told, a moment later. */
export async function until(holds, what, otherwise = async () => "") {
  const end = Date.now() + TIMEOUT_MS;
  while (!(await holds())) {
    assert.ok(Date.now() < end, `waited in vain for ${what}; there is: ${await otherwise()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** By how many pixels the page is wider than its window. */
export const overflow = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
