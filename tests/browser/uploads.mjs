// The upload page in a real browser: several files, a lost connection, a server that was started again.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  connected,
  newContext,
  offline,
  openPage,
  overflow,
  picture,
  play,
  scenario,
  startServerAgain,
  stopServer,
  until,
  whileFailing,
} from "./harness.mjs";

const MIB = 1024 * 1024;
const folder = mkdtempSync(join(tmpdir(), "uploads-"));
process.on("exit", () => rmSync(folder, { recursive: true }));
// So slow that one can look at an upload while it goes on.
const settings = { UPLOAD_FOLDER: folder, DISK_DELAY_MS: "15" };

const line = (page, name) => page.locator(".upload").filter({ has: page.getByText(name, { exact: true }) }).first();
const stateOf = (page, name) => line(page, name).getAttribute("data-state");
const progress = (page, name) => line(page, name).locator("progress").evaluate((bar) => bar.value);
const file = (name, size) => ({ name, mimeType: "application/octet-stream", buffer: randomBytes(size) });

const choose = (page, files) => page.getByLabel("Choose files").setInputFiles(files);
const complete = (page, name) => line(page, name).getByText("Complete", { exact: true }).waitFor();
const begun = (page, name) => until(async () => (await progress(page, name)) > 0 && (await stateOf(page, name)) === "sending", `progress of ${name}`);

/** What the server has of a file is what was chosen. */
async function stored(page, { name, buffer }) {
  const path = await line(page, name).getByRole("link", { name: "Download" }).getAttribute("href");
  const response = await fetch(new URL(path, page.url()));
  assert.equal(response.headers.get("content-disposition"), `attachment; filename*=UTF-8''${encodeURIComponent(name)}`);
  assert.equal(response.headers.get("content-type"), "application/octet-stream");
  assert.ok(buffer.equals(Buffer.from(await response.arrayBuffer())), `${name} came back changed`);
}

/** The text messages that a page sends from now on, of all its connections. */
function recordSent(page) {
  const sent = [];
  page.on("websocket", (socket) => socket.on("framesent", ({ payload }) => typeof payload === "string" && sent.push(JSON.parse(payload))));
  return sent;
}

await play(async () => {
  const context = await newContext();
  const page = await openPage(context);

  await scenario("a file goes up, with a bar, and can be had again", async () => {
    await connected(page);
    const photo = file("holiday.jpg", 2 * MIB + 7);
    await choose(page, [photo]);
    await begun(page, photo.name);
    await picture(page, "sending");
    await complete(page, photo.name);
    assert.equal(await progress(page, photo.name), photo.buffer.length);
    await stored(page, photo);
  });

  await scenario("several files at once, two of them with the same name", async () => {
    const files = [file("a.bin", 300_000), file("b ü 漢.bin", 200_000), file("c.bin", 1)];
    await choose(page, files);
    for (const each of files) {
      await complete(page, each.name);
      await stored(page, each);
    }
    const again = file("a.bin", 100_000);
    await choose(page, [again]);
    await complete(page, again.name);
    await stored(page, again);
  });

  await scenario("a file can be dropped on the page", async () => {
    const drop = async (type) => {
      const transfer = await page.evaluateHandle(() => {
        const made = new DataTransfer();
        made.items.add(new File(["dropped"], "dropped.txt"));
        return made;
      });
      await page.dispatchEvent("body", type, { dataTransfer: transfer });
    };
    await drop("dragover");
    assert.equal(await page.locator("body.dragging").count(), 1);
    await drop("drop");
    await complete(page, "dropped.txt");
    await stored(page, { name: "dropped.txt", buffer: Buffer.from("dropped") });
    assert.equal(await page.locator("body.dragging").count(), 0);
  });

  await scenario("what the server refuses is said, and what follows is not held up", async () => {
    const [bad, good] = [file("what?.txt", 10), file("good.txt", 10)];
    await choose(page, [bad, good]);
    await line(page, bad.name).getByText("Failed: the file's name is not safe").waitFor();
    await complete(page, good.name);
    await choose(page, [{ ...file("empty.txt", 0) }]);
    await line(page, "empty.txt").getByText("Failed: the file is empty").waitFor();
  });

  await scenario("when the network is back the upload goes on where it stopped", async () => {
    const film = file("film.mp4", 4 * MIB);
    await choose(page, [film]);
    await begun(page, film.name);
    const sent = recordSent(page);
    await whileFailing(async () => {
      await context.setOffline(true);
      await offline(page);
      await line(page, film.name).getByText("Paused").waitFor();
      await picture(page, "offline");
      await context.setOffline(false);
      await connected(page);
    });
    await complete(page, film.name);
    await stored(page, film);
    assert.equal(sent[0].type, "resume-upload");
    assert.ok(sent[1].offset > 0, `goes on at ${sent[1].offset}`);
  });

  await scenario("a page that was reloaded resumes when the same file is chosen again", async () => {
    const film = file("again.mp4", 4 * MIB);
    await choose(page, [film]);
    await begun(page, film.name);
    await page.reload();
    const sent = recordSent(page);
    await page.reload(); // once more: only a socket that opens from now on is recorded
    await connected(page);
    await choose(page, [film]);
    await complete(page, film.name);
    await stored(page, film);
    assert.equal(sent[0].type, "resume-upload");
    assert.ok(sent[1].offset > 0, `goes on at ${sent[1].offset}`);
  });

  await scenario("a server that was started again has forgotten, and gets it anew", async () => {
    const film = file("restart.mp4", 4 * MIB);
    await choose(page, [film]);
    await begun(page, film.name);
    await whileFailing(async () => {
      await stopServer();
      await offline(page);
      await startServerAgain();
      await connected(page);
    });
    await complete(page, film.name);
    await stored(page, film);
  });

  await scenario("the keyboard is enough, in the dark and at 360 pixels", async () => {
    const narrow = await newContext({ viewport: { width: 360, height: 640 }, colorScheme: "dark" });
    const small = await openPage(narrow);
    await connected(small);
    let chooser = null;
    small.on("filechooser", (opened) => (chooser = opened));
    await small.keyboard.press("Tab");
    assert.equal(await small.evaluate(() => document.activeElement.id), "files");
    await until(async () => {
      if (chooser === null) {
        await small.keyboard.press("Enter");
      }
      return chooser !== null;
    }, "the file chooser");
    const long = file(`${"a-name-that-goes-on-and-on-".repeat(4)}.bin`, 100_000);
    await chooser.setFiles([long, file("what?.txt", 10)]);
    await complete(small, long.name);
    await stored(small, long);
    await small.getByText("Failed:").waitFor();
    assert.equal(await overflow(small), 0);
    await picture(small, "narrow-dark");
    const reached = new Set();
    for (let n = 0; n < 5; n += 1) {
      await small.keyboard.press("Tab");
      reached.add(await small.evaluate(() => document.activeElement?.textContent?.trim()));
    }
    for (const control of ["Download", "Try again"]) {
      assert.ok(reached.has(control), `Tab does not reach "${control}", only ${[...reached].join(", ")}`);
    }
    await narrow.close();
  });
}, settings);
