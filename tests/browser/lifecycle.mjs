// The page of one connection in a real browser: what it sees of the echo, of the chat, and of each way to end.

import assert from "node:assert/strict";
import { newContext, openPage, overflow, picture, play, scenario, startServerAgain, stopServer, whileFailing } from "./harness.mjs";

const events = (page, text) => page.locator("#events li").filter({ hasText: text });
const state = (page, name) => page.getByRole("status").getByText(name, { exact: true }).waitFor({ state: "attached" });
const press = (page, name) => page.getByRole("button", { name, exact: true }).click();

async function connect(page, path) {
  await page.getByLabel("Connect to").selectOption(path);
  await page.locator("#connect").click();
  await state(page, "Open");
}

async function send(page, text) {
  await page.getByLabel("Message").fill(text);
  await press(page, "Send text");
}

async function close(page, code, reason = "bye") {
  await page.getByLabel("Close with code").fill(String(code));
  await page.getByLabel("and reason").fill(reason);
  await press(page, "Close");
}

await play(async () => {
  const page = await openPage(await newContext());
  await state(page, "Closed");

  await scenario("text comes back as text and bytes as bytes", async () => {
    await connect(page, "/echo");
    await send(page, "¿Qué? 😀");
    await page.locator("#events li.theirs").filter({ hasText: "text, 12 bytes" }).filter({ hasText: "¿Qué? 😀" }).waitFor();
    await press(page, "Send as bytes");
    await page.locator("#events li.theirs").filter({ hasText: "binary, 12 bytes" }).filter({ hasText: "c2 bf 51" }).waitFor();
    await picture(page, "echo");
  });

  await scenario("a code that the page chooses comes back", async () => {
    await close(page, 1002);
    await events(page, "A browser lets a page send 1000 and 3000 to 4999").waitFor();
    await close(page, 4321, "enough");
    await events(page, "closed 4321 “enough”").waitFor();
    await state(page, "Closed");
  });

  await scenario("what is too large is refused with a code that says so", async () => {
    await connect(page, "/echo");
    await page.getByLabel("Or so many bytes at random").fill("70000");
    await press(page, "Send random bytes");
    await events(page, "closed 1009").filter({ hasText: "Message too big." }).waitFor();
  });

  await scenario("what is said without a connection is not sent, and the page says so", async () => {
    await send(page, "Is anybody there?");
    await events(page, "not sent").waitFor();
  });

  const other = await openPage(await newContext());
  await scenario("two windows hear each other at the chat", async () => {
    for (const [window, name] of [[page, "mira"], [other, "tomas"]]) {
      await connect(window, "/chat");
      await send(window, JSON.stringify({ type: "join", username: name }));
      await window.locator("#events li.theirs").filter({ hasText: `{"type":"welcome","username":"${name}"}` }).waitFor();
    }
    await press(page, "send-message");
    await press(page, "Send text");
    await other.locator("#events li.theirs").filter({ hasText: `{"type":"new-message","username":"mira","content":"Hello!"}` }).waitFor();
    await press(other, "leave");
    await press(other, "Send text");
    await events(other, "closed 1000 “goodbye”").waitFor();
    await send(page, "{not json");
    await page.locator("#events li.theirs").filter({ hasText: "invalid-message" }).waitFor();
    await press(page, "Send as bytes");
    await events(page, "closed 1003").waitFor();
  });

  await scenario("a server that stops says that it goes away", async () => {
    await whileFailing(async () => {
      await connect(other, "/echo");
      await stopServer();
      await events(other, "closed 1001").waitFor();
      await other.locator("#connect").click();
      await events(other, "closed 1006").waitFor();
      await startServerAgain();
      await connect(other, "/echo");
    });
  });

  await scenario("the keyboard is enough, in the dark and at 360 pixels", async () => {
    const narrow = await openPage(await newContext({ viewport: { width: 360, height: 640 }, colorScheme: "dark" }));
    await narrow.getByLabel("Connect to").focus();
    await narrow.keyboard.press("Tab");
    await narrow.keyboard.press("Enter");
    await state(narrow, "Open");
    await narrow.keyboard.press("Tab");
    await narrow.keyboard.type("a word that is longer than the window ".repeat(5));
    await narrow.keyboard.press("Tab");
    await narrow.keyboard.press("Enter");
    await narrow.locator("#events li.theirs").waitFor();
    assert.equal(await overflow(narrow), 0);
    await picture(narrow, "narrow-dark");
  });
}, { MAX_MESSAGE_SIZE: "65536", MAX_FRAME_SIZE: "65536" });
