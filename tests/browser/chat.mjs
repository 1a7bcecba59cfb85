// The chat's page in a real browser: two users, and a second tab of one of them.

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
  signIn,
  startServerAgain,
  stopServer,
  takeConsoles,
  whileFailing,
} from "./harness.mjs";

await play(async () => {
  const mira = await newUser("mira");
  const tomas = await newUser("tomas");
  let tab;

  await scenario("two users see each other and hear each other", async () => {
    await mira.page.getByRole("button", { name: "tomas" }).waitFor();
    await tomas.page.getByRole("button", { name: "mira" }).waitFor();
    await log(mira.page).getByText("tomas joined").waitFor();
    await say(mira.page, "Hello, Tomas!");
    await hears(mira.page, "Hello, Tomas!");
    await hears(tomas.page, "Hello, Tomas!");
    await say(tomas.page, "Hello, Mira!\nTwo lines, even.");
    await hears(mira.page, "Two lines, even.");
    await hears(tomas.page, "Two lines, even.");
    assert.equal(await tomas.page.locator(".pending").count(), 0);
  });

  await scenario("a second tab is the same user, and hears the same", async () => {
    tab = await openPage(mira.context);
    await signIn(tab, "mira");
    await hears(tab, "Hello, Tomas!");
    await say(tomas.page, "Which tab are you in?");
    await hears(mira.page, "Which tab are you in?");
    await hears(tab, "Which tab are you in?");
    assert.equal(await tomas.page.locator("#users li").count(), 2);
    assert.equal(await log(tomas.page).getByText("mira joined").count(), 0);
    await tab.close();
    await say(mira.page, "In this one.");
    await hears(tomas.page, "In this one.");
    assert.equal(await log(tomas.page).getByText("mira left").count(), 0);
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

  await scenario("a private message reaches one user, and typing it is not shown", async () => {
    const petra = await newUser("petra");
    await mira.page.getByRole("button", { name: "tomas" }).click();
    await mira.page.getByText("Private to").waitFor();
    await mira.page.getByLabel("Message", { exact: true }).pressSequentially("Between us: the cake is in the office.");
    assert.equal(await petra.page.getByText("is typing").count(), 0);
    await picture(mira.page, "private");
    await mira.page.keyboard.press("Enter");
    await hears(mira.page, "the cake is in the office");
    await hears(tomas.page, "the cake is in the office");
    await tomas.page.getByText("privately to you").waitFor();
    await mira.page.keyboard.press("Escape");
    await say(mira.page, "Hello everyone.");
    await hears(petra.page, "Hello everyone.");
    assert.equal(await messages(petra.page, "cake").count(), 0);
    await picture(tomas.page, "desktop-light");
    await petra.context.close();
    await log(mira.page).getByText("petra left").waitFor();
  });

  await scenario("a private message to someone who left is marked", async () => {
    const petra = await newUser("petra");
    await mira.page.getByRole("button", { name: "petra" }).click();
    await petra.context.close();
    await log(mira.page).getByText("petra left").nth(1).waitFor();
    await say(mira.page, "Are you still there?");
    await mira.page.getByText("Not sent: nobody who is online has this id").waitFor();
    await mira.page.getByRole("button", { name: "Write to everyone" }).click();
  });

  await scenario("a reload keeps the session and shows the history", async () => {
    await mira.page.reload();
    await connected(mira.page);
    await hears(mira.page, "Hello, Tomas!");
    await hears(mira.page, "Hello everyone.");
    await say(mira.page, "I am back.");
    await hears(tomas.page, "I am back.");
  });

  await scenario("what is written offline arrives once, in order, when the network is back", async () => {
    await whileFailing(async () => {
      await mira.context.setOffline(true);
      await offline(mira.page);
      await log(tomas.page).getByText("mira left").first().waitFor();
      for (const word of ["one", "two", "three"]) {
        await say(mira.page, `Written offline: ${word}`);
      }
      assert.equal(await mira.page.locator(".message.pending").count(), 3);
      await picture(mira.page, "offline");
      await say(tomas.page, "Said while Mira was away.");
      await mira.context.setOffline(false);
      await connected(mira.page);
    });
    for (const { page } of [mira, tomas]) {
      await hears(page, "Written offline:", 3);
      const texts = await delivered(page, "Written offline:").locator("p").allInnerTexts();
      assert.deepEqual(texts.map((text) => text.split(": ")[1]), ["one", "two", "three"]);
    }
    await hears(mira.page, "Said while Mira was away.");
    assert.equal(await mira.page.locator(".message.pending").count(), 0);
  });

  await scenario("a server that is started again is found again", async () => {
    await whileFailing(async () => {
      await stopServer();
      await offline(mira.page);
      await say(mira.page, "Written while the server was away.");
      await startServerAgain();
      await connected(mira.page);
      await connected(tomas.page);
    });
    await hears(mira.page, "Written while the server was away.");
    await hears(tomas.page, "Written while the server was away.");
  });

  await scenario("earlier messages are fetched on demand", async () => {
    for (let n = 1; n <= 60; n += 1) {
      await say(tomas.page, `Number ${n}.`);
    }
    await hears(mira.page, "Number 60.");
    await mira.page.reload();
    await connected(mira.page);
    await hears(mira.page, "Number 60.");
    assert.equal(await messages(mira.page, "Number 1.").count(), 0);
    await mira.page.getByRole("button", { name: "Earlier messages" }).click();
    await hears(mira.page, "Number 1.");
    const numbers = await delivered(mira.page, "Number").locator("p").allInnerTexts();
    assert.deepEqual(numbers, Array.from({ length: 60 }, (_, n) => `Number ${n + 1}.`));
    assert.equal(await mira.page.getByRole("button", { name: "Earlier messages" }).count(), 0);
  });

  await scenario("the keyboard is enough, in the dark and at 360 pixels", async () => {
    const context = await newContext({ viewport: { width: 360, height: 640 }, colorScheme: "dark" });
    const page = await openPage(context);
    await page.getByLabel("Your name").waitFor();
    assert.equal(await overflow(page), 0);
    await picture(page, "sign-in-dark");
    await page.keyboard.press("Enter"); // the empty name is refused where it stands
    await page.keyboard.type("a-name-that-goes-on-and-on-and-on");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").getByText("1 to 32 characters").waitFor();
    assert.deepEqual(takeConsoles(), ["error: Failed to load resource: the server responded with a status of 400 (Bad Request)"]);
    await page.keyboard.press("Backspace");
    await page.keyboard.press("Enter");
    await connected(page);
    await page.keyboard.type("Only keys so far, and-a-word-that-is-too-long-for-one-line-of-a-narrow-screen.");
    await page.keyboard.press("Enter");
    await hears(tomas.page, "Only keys so far");
    // From the composer back to the list of users, and to the first of them.
    await page.getByRole("button", { name: "mira" }).focus();
    await page.keyboard.press("Enter");
    await page.getByText("Private to").waitFor();
    await page.keyboard.type("Privately, with keys only.");
    await page.keyboard.press("Enter");
    await hears(mira.page, "Privately, with keys only.");
    await hears(page, "Privately, with keys only.");
    assert.equal(await overflow(page), 0);
    await picture(page, "narrow-dark");
    // Everything that can be pressed can be reached with Tab.
    const reached = new Set();
    for (let n = 0; n < 12; n += 1) {
      await page.keyboard.press("Tab");
      reached.add(await page.evaluate(() => document.activeElement?.textContent?.trim() || document.activeElement?.id));
    }
    for (const control of ["Sign out", "tomas", "Write to everyone", "Send", "content"]) {
      assert.ok(reached.has(control), `Tab does not reach "${control}", only ${[...reached].join(", ")}`);
    }
    await context.close();
  });

  await scenario("a session that the server does not know ends", async () => {
    await tomas.page.evaluate(() => {
      const session = JSON.parse(sessionStorage.getItem("session"));
      sessionStorage.setItem("session", JSON.stringify({ ...session, token: "no.longer.good" }));
    });
    await whileFailing(async () => {
      await tomas.page.reload();
      await tomas.page.getByRole("alert").getByText("Your session has ended").waitFor();
      takeConsoles(); // the two refusals
    });
    await signIn(tomas.page, "tomas");
    await tomas.page.getByRole("button", { name: "Sign out" }).click();
    await log(mira.page).getByText("tomas left").last().waitFor();
  });

  await picture(mira.page, "desktop-long");
});
