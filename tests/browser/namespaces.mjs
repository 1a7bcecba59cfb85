// The page with two namespaces in a real browser: two users, each with one connection.

import assert from "node:assert/strict";
import {
  connected,
  newContext,
  newUser,
  offline,
  openPage,
  overflow,
  picture,
  play,
  scenario,
  signIn,
  until,
  whileFailing,
} from "./harness.mjs";

/** The page asks for a fresh token when 40 % of this is left: a busy machine may take seconds for that. */
const TOKEN_LIFETIME_MS = 20_000;
const CAPACITY = 12;

const pane = (page, namespace) => page.locator(`.pane[data-namespace="${namespace}"]`);
const texts = (page, namespace) => pane(page, namespace).locator(".log .message p").allInnerTexts();

async function enter(page, namespace, room) {
  const here = pane(page, namespace);
  await here.getByRole("button", { name: "Join", exact: true }).click();
  await here.getByRole("button", { name: "Leave" }).waitFor();
  await here.getByLabel(`Room in ${namespace}`).fill(room);
  await here.getByRole("button", { name: "Enter room" }).click();
  await here.getByText(`You entered ${room}`).waitFor();
}

async function write(page, namespace, text) {
  await pane(page, namespace).locator(".text").fill(text);
  await pane(page, namespace).locator(".composer button").click();
}

const shows = (page, namespace, text) =>
  until(async () => (await texts(page, namespace)).filter((each) => each === text).length === 1, `"${text}" in ${namespace}`, () => page.locator("main").last().innerText());

await play(
  async () => {
    const mira = await newUser("mira");
    const tomas = await newUser("tomas");
    const petra = await newUser("petra");

    await scenario("two users talk in one namespace and play in the other", async () => {
      for (const { page } of [mira, tomas]) {
        await enter(page, "/chat", "lobby");
        await enter(page, "/game", "lobby");
      }
      await write(mira.page, "/chat", "Shall we play?");
      await shows(tomas.page, "/chat", "Shall we play?");
      await shows(mira.page, "/chat", "Shall we play?");
      await write(tomas.page, "/game", "e2e4");
      await shows(mira.page, "/game", "e2e4");
      await shows(tomas.page, "/game", "e2e4");
      await picture(mira.page, "side-by-side");
    });

    await scenario("nothing leaks into the other namespace, though the rooms have one name", async () => {
      assert.deepEqual(await texts(tomas.page, "/chat"), ["Shall we play?"]);
      assert.deepEqual(await texts(tomas.page, "/game"), ["e2e4"]);
      assert.deepEqual(await texts(mira.page, "/game"), ["e2e4"]);
    });

    await scenario("markup is shown as text", async () => {
      const markup = '<img src="x" onerror="alert(1)"> & <b>bold</b>';
      await write(tomas.page, "/chat", markup);
      await shows(mira.page, "/chat", markup);
      assert.equal(await mira.page.locator(".log img, .log b").count(), 0);
    });

    await scenario("a refusal is shown where it belongs", async () => {
      await write(petra.page, "/game", "d2d4");
      await pane(petra.page, "/game").getByText("Refused (not-in-namespace)").waitFor();
      assert.equal(await pane(petra.page, "/chat").getByText("Refused").count(), 0);
      await picture(petra.page, "refused");
    });

    await scenario("who sends too much sees how long it takes, and everything arrives once, in order", async () => {
      const said = Array.from({ length: CAPACITY + 3 }, (_, n) => `number ${n}`);
      // All at once: however slow the machine is, the bucket is not filled meanwhile.
      await pane(mira.page, "/chat").evaluate((chat, texts) => {
        for (const text of texts) {
          chat.querySelector(".text").value = text;
          chat.querySelector(".composer").requestSubmit();
        }
      }, said);
      await mira.page.getByText(/Too many messages\. The next one is sent in \d+ s\./).waitFor();
      await until(async () => (await pane(mira.page, "/chat").locator(".held li").count()) > 0, "what waits");
      await picture(mira.page, "limited");
      await write(tomas.page, "/chat", "I may still speak.");
      await shows(mira.page, "/chat", "I may still speak.");
      await shows(tomas.page, "/chat", said.at(-1));
      const heard = (await texts(tomas.page, "/chat")).filter((text) => text.startsWith("number "));
      assert.deepEqual(heard, said);
      await mira.page.locator("#limit").waitFor({ state: "hidden" });
      assert.equal(await pane(mira.page, "/chat").locator(".held li").count(), 0);
    });

    await scenario("a connection goes on past the end of its first token", async () => {
      await petra.page.getByLabel("Stay signed in").uncheck(); // see the next scenario
      const { page, context } = await newUser("ines");
      let sockets = 0;
      page.on("websocket", () => (sockets += 1));
      await new Promise((resolve) => setTimeout(resolve, TOKEN_LIFETIME_MS + 1000));
      await connected(page);
      await enter(page, "/chat", "lobby");
      assert.equal(sockets, 0, "there was no second connection");
      await context.close();
    });

    await scenario("without a fresh token the session ends, and says so", async () => {
      await petra.page.getByText("Your session has ended. Sign in again.").waitFor();
      await signIn(petra.page, "petra");
    });

    await scenario("a lost connection comes back and is where it was", async () => {
      await whileFailing(async () => {
        await tomas.context.setOffline(true);
        await offline(tomas.page);
        await write(tomas.page, "/chat", "Written offline.");
        await tomas.context.setOffline(false);
        await connected(tomas.page);
      });
      await shows(mira.page, "/chat", "Written offline.");
      await write(mira.page, "/game", "e7e5");
      await shows(tomas.page, "/game", "e7e5");
    });

    await scenario("the keyboard is enough, in the dark and at 360 pixels", async () => {
      const context = await newContext({ viewport: { width: 360, height: 640 }, colorScheme: "dark" });
      const page = await openPage(context);
      await page.getByLabel("Your name").waitFor();
      await page.keyboard.type("a-name-that-goes-on-and-on-and-o");
      await page.keyboard.press("Enter");
      await connected(page);
      const chat = pane(page, "/chat");
      await chat.getByRole("button", { name: "Join", exact: true }).focus();
      await page.keyboard.press("Enter");
      await chat.getByText("You joined /chat").waitFor();
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      await chat.getByText("You entered lobby").waitFor();
      await chat.getByLabel("Message").focus();
      await page.keyboard.type("Keys-only-and-a-word-too-long-for-one-line-of-a-narrow-screen.");
      await page.keyboard.press("Enter");
      await shows(page, "/chat", "Keys-only-and-a-word-too-long-for-one-line-of-a-narrow-screen.");
      assert.equal(await overflow(page), 0);
      await picture(page, "narrow-dark");
      await context.close();
    });
  },
  { TOKEN_LIFETIME_MS: String(TOKEN_LIFETIME_MS), RATE_CAPACITY: String(CAPACITY), RATE_REFILL_MS: "1000" },
);
