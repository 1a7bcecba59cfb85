// The collaborative editor's page in a real browser: three users, two of them with CodeMirror where it is bundled, one with the plain
// text area.

import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connected, killServer, newContext, offline, openPage, overflow, picture, play, scenario, startServerAgain, takeConsoles, until, whileFailing } from "./harness.mjs";

const saved = (page) => page.getByText("All of it is on the server.").waitFor();

/** The text that a page shows, in either kind of editor. */
const textOf = (page) =>
  page.evaluate(() => {
    const lines = [...document.querySelectorAll(".cm-line")].map((line) => line.textContent);
    return document.querySelector("#text")?.value ?? lines.join("\n");
  });

/** Waits until all of them show this text, and nothing is under way. */
async function have(text, ...pages) {
  await Promise.all(pages.map(saved));
  const texts = () => Promise.all(pages.map(textOf));
  await until(async () => (await texts()).every((one) => one === text), JSON.stringify(text), async () => JSON.stringify(await texts()));
}

/** The same text, whatever it is. */
async function agree(...pages) {
  await Promise.all(pages.map(saved));
  const texts = () => Promise.all(pages.map(textOf));
  await until(async () => new Set(await texts()).size === 1, "the same text", async () => JSON.stringify(await texts()));
  return textOf(pages[0]);
}

async function toEnd(page) {
  await page.getByLabel("Text", { exact: true }).focus();
  await page.keyboard.press("Control+End");
}
async function toBeginning(page) {
  await page.getByLabel("Text", { exact: true }).focus();
  await page.keyboard.press("Control+Home");
}

async function signedIn(name, { plain = false, ...options } = {}) {
  const context = await newContext(options);
  if (plain) {
    await context.route("**/codemirror.js", (route) => route.fulfill({ contentType: "text/javascript", body: "export const EditorView = null;" }));
  }
  const page = await openPage(context);
  await page.getByLabel("Your name").fill(name);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("Your documents").waitFor();
  return { context, page };
}

const folder = mkdtempSync(join(tmpdir(), "editor-"));

await play(async () => {
  const mira = await signedIn("mira");
  const tomas = await signedIn("tomas", { plain: true });
  const ada = await signedIn("ada");
  const pages = [mira.page, tomas.page, ada.page];
  let address;

  await scenario("a document is made, shared by link, and everyone who is there is seen", async () => {
    await mira.page.getByPlaceholder("Title of a new document").fill("Travel <b>plans</b>");
    await mira.page.getByRole("button", { name: "Create" }).click();
    await connected(mira.page);
    await mira.page.getByRole("button", { name: "Link for editors" }).click();
    const link = mira.page.getByLabel("Link", { exact: true });
    await link.waitFor();
    address = mira.page.url();
    for (const { page } of [tomas, ada]) {
      await page.goto(await link.inputValue());
      await page.reload(); // the address differs in its hash only
      await connected(page);
      assert.equal(await page.getByRole("heading", { level: 1, name: "Travel <b>plans</b>" }).count(), 1);
    }
    for (const page of pages) {
      await until(async () => (await page.locator("#participants li").count()) === 3, "three people");
    }
    const colors = await mira.page.locator("#participants li").evaluateAll((items) => items.map((item) => item.style.getPropertyValue("--color")));
    assert.equal(new Set(colors).size, 3);
    const components = await Promise.all(pages.map((page) => page.locator(".cm-editor").count()));
    if (process.env.CI_REQUIRES_TOOLS === "1") {
      assert.deepEqual(components, [1, 0, 1], "CodeMirror is not bundled: run `npm install && npm run build` in groundwork/web/codemirror");
    } else if (components[0] === 0) {
      console.error("skipped: CodeMirror (run `npm install && npm run build` in groundwork/web/codemirror); all three have a text area");
    }
  });

  await scenario("all three write at once, emoji too, and have the same text", async () => {
    await toEnd(mira.page);
    await mira.page.keyboard.type("Pack 😀 and 👩‍👩‍👧.");
    await have("Pack 😀 and 👩‍👩‍👧.", ...pages);
    await toEnd(tomas.page);
    await toBeginning(ada.page);
    await toEnd(mira.page);
    await Promise.all([tomas.page.keyboard.type(" [tomas 𝒳]"), ada.page.keyboard.type("[ada e\u0301🎈] "), mira.page.keyboard.type(" [mira]")]);
    const text = await agree(...pages);
    const letters = (text) => [...text].sort().join("");
    assert.equal(letters(text), letters("Pack 😀 and 👩‍👩‍👧. [tomas 𝒳][ada e\u0301🎈]  [mira]"));
    await picture(mira.page, "three");
  });

  await scenario("the others' cursors are shown where they are", async () => {
    await toBeginning(tomas.page);
    if ((await mira.page.locator(".cm-editor").count()) === 0) {
      return; // a text area cannot show them
    }
    /** What stands before the caret of tomas, as mira sees it. */
    const before = () =>
      mira.page.evaluate(() => {
        const caret = document.querySelector('.caret[data-name="tomas"]');
        if (caret === null) {
          return null;
        }
        const range = document.createRange();
        range.setStart(document.querySelector(".cm-content"), 0);
        range.setEndBefore(caret);
        return range.toString();
      });
    await until(async () => (await before()) === "", "the caret of tomas at the beginning", before);
    await toBeginning(ada.page);
    await ada.page.keyboard.type("😀");
    await toEnd(tomas.page);
    await until(async () => (await before()) === (await textOf(tomas.page)), "the caret of tomas at the end", before);
  });

  await scenario("one undoes one's own, and does it again", async () => {
    await mira.page.getByLabel("Text", { exact: true }).focus();
    await mira.page.keyboard.press("Control+a");
    await mira.page.keyboard.press("Delete");
    await have("", ...pages);
    await mira.page.keyboard.insertText("one ");
    await have("one ", ...pages);
    await toEnd(tomas.page);
    await tomas.page.keyboard.insertText("two ");
    await have("one two ", ...pages);
    await toEnd(mira.page);
    await mira.page.keyboard.insertText("three");
    await have("one two three", ...pages);
    await mira.page.keyboard.press("Control+z");
    await have("one two ", ...pages);
    await mira.page.keyboard.press("Control+z");
    await have("two ", ...pages);
    await mira.page.keyboard.press("Control+Shift+z");
    await have("one two ", ...pages);
    await tomas.page.getByLabel("Text", { exact: true }).focus();
    await tomas.page.keyboard.press("Control+z");
    await have("one ", ...pages);
    await mira.page.getByRole("button", { name: "Redo" }).click();
    await have("one three", ...pages);
  });

  await scenario("a version is named, compared and restored", async () => {
    await mira.page.getByPlaceholder("Name this version").fill("first");
    await mira.page.getByRole("button", { name: "Name", exact: true }).click();
    await mira.page.getByRole("button", { name: "Restore first" }).waitFor();
    await toEnd(mira.page);
    await mira.page.keyboard.insertText(" four");
    await have("one three four", ...pages);
    await mira.page.getByRole("button", { name: "Compare first" }).click();
    await mira.page.getByRole("region", { name: "Difference" }).locator("ins").getByText("four").waitFor();
    await mira.page.getByRole("button", { name: "Restore first" }).click();
    await have("one three", ...pages);
    await mira.page.keyboard.press("Control+z");
    await mira.page.getByRole("button", { name: "Undo" }).click();
    await picture(mira.page, "versions");
    await agree(...pages);
  });

  await scenario("what was written offline is merged on return, once", async () => {
    const before = await agree(...pages);
    await whileFailing(async () => {
      await ada.context.setOffline(true);
      await offline(ada.page);
      await toBeginning(ada.page);
      await ada.page.keyboard.type("offline 😀 ");
      await ada.page.getByText("Not all of it is on the server yet.").waitFor();
      await toEnd(tomas.page);
      await tomas.page.keyboard.type(" meanwhile");
      await saved(tomas.page);
      await ada.context.setOffline(false);
      await connected(ada.page);
    });
    await have(`offline 😀 ${before} meanwhile`, ...pages);
  });

  await scenario("a server that is killed has lost nothing, and the page goes on", async () => {
    const before = await agree(...pages);
    await whileFailing(async () => {
      await toEnd(mira.page);
      await mira.page.keyboard.type(" last words");
      await saved(mira.page);
      await killServer();
      await Promise.all(pages.map(offline));
      await toEnd(mira.page);
      await mira.page.keyboard.type(" and after");
      await startServerAgain();
      await Promise.all(pages.map(connected));
    });
    await have(`${before} last words and after`, ...pages);
    assert.equal(await mira.page.locator("#lost").isVisible(), false);
  });

  await scenario("who is made a viewer in the middle can write no more, and who is removed sees no more", async () => {
    const before = await agree(...pages);
    await mira.page.getByLabel("What tomas may do").selectOption("viewer");
    await tomas.page.getByText("You may look.").waitFor();
    await toEnd(tomas.page);
    await tomas.page.keyboard.type("nothing of this");
    await mira.page.getByRole("button", { name: "Remove ada" }).click();
    await ada.page.getByText("The document is shared with you no longer.").waitFor();
    await toEnd(mira.page);
    await mira.page.keyboard.type(" still here");
    await have(`${before} still here`, mira.page, tomas.page);
    assert.equal(await textOf(ada.page), before);
    await ada.page.reload();
    await ada.page.getByText("There is no such document").or(ada.page.getByText("there is no such document")).waitFor();
    // A browser reports each request that is refused.
    assert.ok(takeConsoles().every((line) => line.includes("404")));
  });

  await scenario("a page that comes later has all of it, in the dark and at 360 pixels", async () => {
    const before = await textOf(mira.page);
    const context = await newContext({ viewport: { width: 360, height: 640 }, colorScheme: "dark" });
    const page = await openPage(context);
    await page.goto(address);
    await page.getByLabel("Your name").fill("mira");
    await page.keyboard.press("Enter");
    await connected(page);
    await have(before, page);
    assert.equal(await overflow(page), 0);
    await picture(page, "narrow-dark");
    await context.close();
  });
}, { DATABASE: join(folder, "editor.db") });
