// The page of the feed in a real browser: two users, four ways each, a lost network, a server that was started again.

import assert from "node:assert/strict";
import { newContext, openPage, overflow, picture, play, scenario, startServerAgain, stopServer, takeConsoles, until, whileFailing } from "./harness.mjs";

const WAYS = ["Short polling", "Long polling", "Server-sent events", "WebSocket"];
const settings = { LONG_POLL_MS: "2000" };

const way = (page, name) => page.getByRole("region", { name, exact: true });
const posts = async (page, name) => (await way(page, name).getByRole("listitem").allInnerTexts()).reverse();
const count = async (page, name, what) => Number(await way(page, name).locator(`[data-count="${what}"]`).innerText());

async function post(page, text) {
  await page.getByLabel("Post", { exact: true }).fill(text);
  await page.getByRole("button", { name: "Post", exact: true }).click();
  await until(async () => (await page.getByLabel("Post", { exact: true }).inputValue()) === "", "the post to be taken");
}

/** Waits until every column of the page shows just these, in this order. */
async function shows(page, expected, names = WAYS) {
  for (const name of names) {
    await until(
      async () => JSON.stringify(await posts(page, name)) === JSON.stringify(expected),
      `${name} to show ${expected.join(", ")}`,
      async () => (await posts(page, name)).join(", "),
    );
  }
}

async function connected(page, names = WAYS) {
  for (const name of names) {
    await way(page, name).getByRole("status").getByText("Connected", { exact: true }).waitFor();
  }
}

async function newReader(options) {
  const context = await newContext(options);
  const page = await openPage(context);
  return { context, page };
}

await play(async () => {
  const mira = await newReader();
  const tomas = await newReader();

  await scenario("what two people post is shown by all four ways, to both, in the same order", async () => {
    await connected(mira.page);
    await connected(tomas.page);
    await post(mira.page, "The kettle is on.");
    await post(tomas.page, "Two cups, please.");
    const all = ["The kettle is on.", "Two cups, please."];
    await shows(mira.page, all);
    await shows(tomas.page, all);
  });

  await scenario("who comes late sees everything", async () => {
    const petra = await newReader();
    await shows(petra.page, ["The kettle is on.", "Two cups, please."]);
    await petra.context.close();
  });

  await scenario("what each way costs is counted", async () => {
    // Two posts came, and polls ask on when nothing does.
    const before = await count(mira.page, "Short polling", "requests");
    await until(async () => (await count(mira.page, "Short polling", "requests")) > before + 1, "more polls");
    for (const name of WAYS) {
      assert.equal(await count(mira.page, name, "posts"), 2, name);
    }
    assert.ok((await count(mira.page, "Long polling", "requests")) >= 3);
    assert.equal(await count(mira.page, "Server-sent events", "requests"), 1);
    assert.equal(await count(mira.page, "WebSocket", "requests"), 1);
    // {"type":"post","id":1,"text":"The kettle is on."} and the other, each with two bytes of frame.
    assert.equal(await count(mira.page, "WebSocket", "bytes"), 49 + 49 + 4);
    assert.ok((await count(mira.page, "Short polling", "bytes")) > (await count(mira.page, "Server-sent events", "bytes")));
    await picture(mira.page, "four-ways");
  });

  await scenario("a column that was stopped goes on where it was", async () => {
    for (const name of WAYS) {
      await way(mira.page, name).getByRole("button", { name: "Stop" }).click();
    }
    await post(tomas.page, "Is anybody there?");
    await shows(tomas.page, ["The kettle is on.", "Two cups, please.", "Is anybody there?"]);
    await shows(mira.page, ["The kettle is on.", "Two cups, please."]);
    for (const name of WAYS) {
      await way(mira.page, name).getByRole("button", { name: "Go on" }).click();
    }
    await shows(mira.page, ["The kettle is on.", "Two cups, please.", "Is anybody there?"]);
  });

  await scenario("what was posted while the network was away comes once", async () => {
    await whileFailing(async () => {
      await mira.context.setOffline(true);
      await way(mira.page, "Short polling").getByText("Offline").waitFor();
      await way(mira.page, "WebSocket").getByText("Offline").waitFor();
      await post(tomas.page, "Sugar?");
      await shows(tomas.page, ["The kettle is on.", "Two cups, please.", "Is anybody there?", "Sugar?"]);
      await mira.context.setOffline(false);
      await shows(mira.page, ["The kettle is on.", "Two cups, please.", "Is anybody there?", "Sugar?"]);
    });
  });

  await scenario("a server that was started again is found again, and the gap is shown", async () => {
    await whileFailing(async () => {
      await stopServer();
      for (const name of WAYS) {
        await way(mira.page, name).getByText("Offline").waitFor();
      }
      await startServerAgain();
      await connected(mira.page);
      await post(mira.page, "New leaves.");
      for (const name of WAYS) {
        await until(async () => (await posts(mira.page, name)).at(-1) === "New leaves.", `${name} to go on`);
        const shown = await posts(mira.page, name);
        assert.equal(shown.filter((text) => text === "Some posts are missing here.").length, 1, `${name}: ${shown}`);
      }
    });
    onlyAnswersOf("410 (Gone)");
  });

  await scenario("what is wrong is said beside the form", async () => {
    const response = mira.page.waitForResponse((response) => response.request().method() === "POST");
    await mira.page.getByLabel("Post", { exact: true }).fill("   ");
    await mira.page.getByRole("button", { name: "Post", exact: true }).click();
    assert.equal((await response).status(), 400);
    await mira.page.getByRole("alert").getByText("neither blank nor too long").waitFor();
    onlyAnswersOf("400 (Bad Request)");
  });

  await scenario("the keyboard is enough, in the dark and at 360 pixels", async () => {
    const { context, page } = await newReader({ viewport: { width: 360, height: 640 }, colorScheme: "dark" });
    await connected(page);
    await page.getByLabel("Post", { exact: true }).focus();
    await page.keyboard.type("Only keys, and-a-word-that-is-too-long-for-one-line-of-a-narrow-screen.");
    await page.keyboard.press("Enter");
    await until(async () => (await posts(page, "WebSocket")).at(-1)?.startsWith("Only keys"), "the post");
    assert.equal(await overflow(page), 0);
    await picture(page, "narrow-dark");
    await context.close();
  });
}, settings);

/** Chromium itself reports each answer that is an error; nothing else may have been said. */
function onlyAnswersOf(status) {
  const others = takeConsoles().filter((line) => !line.includes(status));
  assert.deepEqual(others, []);
}
