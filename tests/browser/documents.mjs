// The editor's page in a real browser: two users, and what becomes of their text.

import assert from "node:assert/strict";
import { connected, newContext, newUser, offline, openPage, overflow, picture, play, scenario, startServerAgain, stopServer, until, whileFailing } from "./harness.mjs";

const area = (page) => page.getByLabel("Text", { exact: true });
const textOf = (page) => area(page).inputValue();
const saved = (page) => page.getByText("All of it is on the server.").waitFor();

async function open(page, name) {
  await page.getByLabel("Document", { exact: true }).fill(name);
  await page.getByRole("button", { name: "Open" }).click();
  await saved(page);
}

/** Waits until all of them have the same text, and nothing is under way; and says which it is. */
async function agree(...pages) {
  await Promise.all(pages.map(saved));
  const texts = () => Promise.all(pages.map(textOf));
  await until(async () => new Set(await texts()).size === 1, "the same text", async () => JSON.stringify(await texts()));
  return textOf(pages[0]);
}

async function has(page, text) {
  await until(async () => (await textOf(page)) === text, JSON.stringify(text), () => textOf(page));
}

/** Puts the caret in front of the first occurrence of a word, or behind the text. */
async function caretAt(page, word) {
  await area(page).evaluate((element, word) => {
    const place = word === null ? element.value.length : element.value.indexOf(word);
    element.focus();
    element.setSelectionRange(place, place);
  }, word);
}

await play(async () => {
  const mira = await newUser("mira");
  const tomas = await newUser("tomas");

  await scenario("what one writes the other reads, emoji and accents too", async () => {
    await open(mira.page, "plan");
    await open(tomas.page, "plan");
    await area(mira.page).pressSequentially("Bring 😀 and e\u0301clairs.");
    await has(tomas.page, "Bring 😀 and e\u0301clairs.");
    await caretAt(tomas.page, " and");
    await tomas.page.keyboard.type("👩‍👩‍👧");
    await has(mira.page, "Bring 😀👩‍👩‍👧 and e\u0301clairs.");
    await picture(mira.page, "two-users");
  });

  await scenario("both write at once, at the same place and around each other", async () => {
    await Promise.all([mira, tomas].map(({ page }) => caretAt(page, null)));
    await Promise.all([mira.page.keyboard.type("[mira 𝒳 wrote this]"), tomas.page.keyboard.type("[and this is from tomas 🎈]")]);
    const text = await agree(mira.page, tomas.page);
    // Each character once: which of two at the same place is first, the server decides.
    const letters = (text) => [...text].sort().join("");
    assert.equal(letters(text), letters("Bring 😀👩‍👩‍👧 and e\u0301clairs.[mira 𝒳 wrote this][and this is from tomas 🎈]"));
  });

  await scenario("a caret stays where it is in the text", async () => {
    await area(mira.page).fill("one two three");
    await has(tomas.page, "one two three");
    await caretAt(tomas.page, "three");
    await caretAt(mira.page, "one");
    await mira.page.keyboard.type("😀 zero ");
    await has(tomas.page, "😀 zero one two three");
    await tomas.page.keyboard.type("and ");
    await has(mira.page, "😀 zero one two and three");
  });

  await scenario("what was written offline is merged on return, once", async () => {
    await whileFailing(async () => {
      await mira.context.setOffline(true);
      await offline(mira.page);
      await caretAt(mira.page, "zero");
      await mira.page.keyboard.type("offline ");
      await mira.page.getByText("Not all of it is on the server yet.").waitFor();
      await caretAt(tomas.page, null);
      await tomas.page.keyboard.type(" meanwhile");
      await saved(tomas.page);
      await mira.context.setOffline(false);
      await connected(mira.page);
    });
    assert.equal(await agree(mira.page, tomas.page), "😀 offline zero one two and three meanwhile");
  });

  await scenario("who was away for longer than the history is merged too", async () => {
    await whileFailing(async () => {
      await mira.context.setOffline(true);
      await offline(mira.page);
      await caretAt(mira.page, "one");
      await mira.page.keyboard.type("mine ");
      await caretAt(tomas.page, null);
      for (const word of [" a", " b", " c", " d", " e", " f"]) {
        await tomas.page.keyboard.insertText(word); // one operation each
        await saved(tomas.page);
      }
      await mira.context.setOffline(false);
      await connected(mira.page);
    });
    assert.equal(await agree(mira.page, tomas.page), "😀 offline zero mine one two and three meanwhile a b c d e f");
  });

  await scenario("a long text is sent in parts", async () => {
    const long = "0123456789😀 ".repeat(3000);
    await open(mira.page, "long");
    await open(tomas.page, "long");
    await area(mira.page).fill(long);
    await has(tomas.page, long);
    await saved(mira.page);
  });

  await scenario("documents are apart, and a reload brings one back", async () => {
    await open(mira.page, "mine");
    await area(mira.page).pressSequentially("Only mine.");
    await saved(mira.page);
    assert.ok(!(await textOf(tomas.page)).includes("Only mine."));
    await mira.page.reload();
    await has(mira.page, "Only mine.");
    await open(tomas.page, "mine");
    await has(tomas.page, "Only mine.");
  });

  await scenario("markup is text", async () => {
    await area(tomas.page).fill('<img src="x" onerror="alert(1)">');
    await has(mira.page, '<img src="x" onerror="alert(1)">');
  });

  await scenario("a server that was started again has lost the text, and the page has not", async () => {
    await whileFailing(async () => {
      await stopServer();
      await offline(mira.page);
      await startServerAgain();
      await connected(mira.page);
      await connected(tomas.page);
    });
    await mira.page.getByRole("region", { name: "The server has started anew." }).waitFor();
    assert.equal(await mira.page.locator("#lost-text").inputValue(), '<img src="x" onerror="alert(1)">');
    await picture(mira.page, "lost");
    await has(mira.page, "");
    await area(mira.page).pressSequentially("Again.");
    await has(tomas.page, "Again.");
  });

  await scenario("the keyboard is enough, in the dark and at 360 pixels", async () => {
    const context = await newContext({ viewport: { width: 360, height: 640 }, colorScheme: "dark" });
    const page = await openPage(context);
    await page.getByLabel("Your name").waitFor();
    await page.keyboard.type("a-name-that-goes-on-and-on-and-o");
    await page.keyboard.press("Enter");
    await connected(page);
    const reached = new Set();
    for (let n = 0; n < 8; n += 1) {
      await page.keyboard.press("Tab");
      reached.add(await page.evaluate(() => document.activeElement?.id || document.activeElement?.textContent?.trim()));
    }
    for (const control of ["sign-out", "doc-id", "Open", "text"]) {
      assert.ok(reached.has(control), `Tab does not reach "${control}", only ${[...reached].join(", ")}`);
    }
    assert.equal(await overflow(page), 0);
    await picture(page, "narrow-dark");
    await context.close();
  });
}, { HISTORY_LIMIT: "4" });
