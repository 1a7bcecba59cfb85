// The rooms' page in a real browser: two users, and a third who must not hear everything.

import assert from "node:assert/strict";
import {
  connected,
  delivered,
  hears,
  log,
  messages,
  newContext,
  newUser,
  offline,
  openPage,
  overflow,
  picture,
  play,
  say,
  scenario,
  startServerAgain,
  stopServer,
  until,
  whileFailing,
} from "./harness.mjs";

const conversations = (page) => page.getByRole("navigation", { name: "Conversations" });
const members = (page) => page.locator("#users li");

async function join(page, room) {
  await page.getByLabel("Room to join").fill(room);
  await page.getByRole("button", { name: "Join", exact: true }).click();
  await title(page, room);
}

async function open(page, conversation) {
  await conversations(page).getByRole("button", { name: conversation }).click();
  await title(page, conversation);
}

/** Waits until nothing waits to be acknowledged. */
const acknowledged = (page) => until(async () => (await page.locator(".pending").count()) === 0, "acknowledgements");

/** Waits until the conversation that is open has this title. */
async function title(page, text) {
  await until(async () => (await page.locator("#title").innerText()) === text, `the title "${text}"`, () => page.locator("#title").innerText());
}

await play(async () => {
  const mira = await newUser("mira");
  const tomas = await newUser("tomas");
  const petra = await newUser("petra");

  await scenario("two users meet in a room and hear each other once", async () => {
    await join(mira.page, "kitchen");
    await tomas.page.getByRole("button", { name: "kitchen" }).click(); // it is listed
    await title(tomas.page, "kitchen");
    await log(mira.page).getByText("tomas joined").waitFor();
    await say(mira.page, "Is there tea?");
    await say(tomas.page, "There is.");
    for (const { page } of [mira, tomas]) {
      await hears(page, "Is there tea?");
      await hears(page, "There is.");
      await acknowledged(page);
    }
  });

  await scenario("what is said in one room is not heard in another", async () => {
    await join(petra.page, "garden");
    await join(mira.page, "garden");
    await say(mira.page, "Only for the garden.");
    await hears(petra.page, "Only for the garden.");
    await say(tomas.page, "Only for the kitchen.");
    await hears(tomas.page, "Only for the kitchen.");
    assert.equal(await messages(petra.page, "kitchen").count(), 0);
    assert.equal(await messages(mira.page, "Only for the kitchen.").count(), 0);
    await conversations(mira.page).getByRole("button", { name: "kitchen 1 new" }).waitFor();
    await picture(mira.page, "unread");
    await open(mira.page, "kitchen");
    await hears(mira.page, "Only for the kitchen.");
  });

  await scenario("markup is shown as text", async () => {
    const markup = '<img src="x" onerror="alert(1)"> & <b>bold</b>';
    await say(tomas.page, markup);
    await hears(mira.page, markup);
    assert.equal(await mira.page.locator("#messages img, #messages b").count(), 0);
  });

  await scenario("typing is shown, and ends", async () => {
    const typing = tomas.page.getByText("mira is typing…");
    await mira.page.getByLabel("Message", { exact: true }).pressSequentially("I am thi");
    await typing.waitFor();
    await picture(tomas.page, "typing");
    await mira.page.getByLabel("Message", { exact: true }).fill("");
    await typing.waitFor({ state: "detached" });
  });

  await scenario("a private message reaches one user", async () => {
    await mira.page.getByRole("button", { name: "tomas", exact: true }).click();
    await title(mira.page, "tomas");
    await say(mira.page, "Between us: the cake is in the office.");
    await hears(mira.page, "the cake is in the office");
    await conversations(tomas.page).getByRole("button", { name: "mira 1 new" }).click();
    await hears(tomas.page, "the cake is in the office");
    assert.equal(await messages(petra.page, "cake").count(), 0);
    await open(tomas.page, "kitchen");
    await open(mira.page, "kitchen");
  });

  await scenario("a private room is joined by those who are invited, and not listed", async () => {
    await mira.page.getByLabel("Invite tomas").check();
    await mira.page.getByRole("button", { name: "New private room" }).click();
    await open(mira.page, "Private: tomas");
    await open(tomas.page, "Private: mira");
    await say(tomas.page, "Nobody knows of this room.");
    await hears(mira.page, "Nobody knows of this room.");
    await petra.page.reload();
    await petra.page.getByRole("button", { name: "kitchen" }).waitFor(); // the list has come
    assert.deepEqual(await petra.page.locator("#rooms").getByText("private").allInnerTexts(), []);
    await picture(mira.page, "private-room");
    await open(tomas.page, "kitchen");
    await open(mira.page, "kitchen");
  });

  await scenario("who leaves a room hears no more of it", async () => {
    await join(petra.page, "kitchen");
    await log(mira.page).getByText("petra joined").waitFor();
    await petra.page.getByRole("button", { name: "Leave" }).click();
    await log(mira.page).getByText("petra left").waitFor();
    assert.equal(await members(mira.page).count(), 2);
    await say(mira.page, "Petra is gone.");
    await hears(tomas.page, "Petra is gone.");
    await acknowledged(mira.page);
    assert.equal(await messages(petra.page, "Petra is gone.").count(), 0);
  });

  await scenario("what was missed comes once, and what was written offline is sent once, in order", async () => {
    await whileFailing(async () => {
      await mira.context.setOffline(true);
      await offline(mira.page);
      await log(tomas.page).getByText("mira left").waitFor();
      for (const word of ["one", "two", "three"]) {
        await say(mira.page, `Written offline: ${word}`);
        await say(tomas.page, `Missed: ${word}`);
      }
      assert.equal(await mira.page.locator(".message.pending").count(), 3);
      await picture(mira.page, "offline");
      await mira.context.setOffline(false);
      await connected(mira.page);
    });
    for (const { page } of [mira, tomas]) {
      for (const text of ["Written offline:", "Missed:"]) {
        await hears(page, text, 3);
        const texts = await delivered(page, text).locator("p").allInnerTexts();
        assert.deepEqual(texts.map((each) => each.split(": ")[1]), ["one", "two", "three"]);
      }
    }
    await acknowledged(mira.page);
    await hears(mira.page, "Is there tea?");
  });

  await scenario("a reload keeps the rooms and shows what was said", async () => {
    await mira.page.reload();
    await connected(mira.page);
    await title(mira.page, "kitchen");
    await hears(mira.page, "Is there tea?");
    await hears(mira.page, "Missed: three");
    await conversations(mira.page).getByRole("button", { name: "Private: tomas" }).waitFor();
    await say(mira.page, "I am back.");
    await hears(tomas.page, "I am back.");
  });

  await scenario("a server that was started again is found again, and the gap is shown", async () => {
    await whileFailing(async () => {
      await stopServer();
      await offline(mira.page);
      await say(mira.page, "Written while the server was away.");
      await startServerAgain();
      await connected(mira.page);
      await connected(tomas.page);
    });
    await log(mira.page).getByText("Some messages are missing here.").waitFor();
    await hears(mira.page, "Written while the server was away.");
    await hears(tomas.page, "Written while the server was away.");
  });

  await scenario("the keyboard is enough, in the dark and at 360 pixels", async () => {
    const context = await newContext({ viewport: { width: 360, height: 640 }, colorScheme: "dark" });
    const page = await openPage(context);
    await page.getByLabel("Your name").waitFor();
    await page.keyboard.type("a-name-that-goes-on-and-on-and-o");
    await page.keyboard.press("Enter");
    await connected(page);
    await page.keyboard.type("kitchen");
    await page.keyboard.press("Enter");
    await title(page, "kitchen");
    await page.keyboard.type("Only keys so far, and-a-word-that-is-too-long-for-one-line-of-a-narrow-screen.");
    await page.keyboard.press("Enter");
    await hears(tomas.page, "Only keys so far");
    assert.equal(await overflow(page), 0);
    await picture(page, "narrow-dark");
    const reached = new Set();
    for (let n = 0; n < 24; n += 1) {
      await page.keyboard.press("Tab");
      reached.add(await page.evaluate(() => document.activeElement?.ariaLabel || document.activeElement?.textContent?.trim() || document.activeElement?.id));
    }
    for (const control of ["Sign out", "room", "Join", "kitchen", "Leave", "Invite tomas", "tomas", "New private room", "content", "Send"]) {
      assert.ok(reached.has(control), `Tab does not reach "${control}", only ${[...reached].join(", ")}`);
    }
    await context.close();
  });

  await picture(mira.page, "desktop");
});
