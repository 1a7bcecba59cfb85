import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { pageModule } from "./page-module.mjs";

const { Uploader } = await pageModule("exercises/07-uploads/web/uploader.js");

const MAX_CHUNK = 4;

let sent;
let open;
let memory;
let uploader;

beforeEach(() => {
  [sent, open, memory] = [[], true, new Map()];
  uploader = new Uploader({
    connection: {
      send(message) {
        if (open) {
          sent.push(message instanceof ArrayBuffer ? new TextDecoder().decode(message) : message);
        }
        return open;
      },
    },
    onChange: () => {},
    remembered: {
      get: (key) => memory.get(key) ?? null,
      set: (key, id) => memory.set(key, id),
      delete: (key) => memory.delete(key),
    },
  });
  uploader.opened();
});

const fileOf = (name, text) => Object.assign(new Blob([text]), { name });
const ready = (uploadId, offset = 0) => uploader.receive({ type: "ready-for-upload", uploadId, offset, maxChunk: MAX_CHUNK });
const failed = (uploadId, code) => uploader.receive({ type: "file-error", uploadId, code, message: code });
/** What was read from a file is sent a little later. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 20));
const types = () => sent.map((message) => message.type ?? message);

function lose() {
  open = false;
  uploader.lost();
  sent.length = 0;
}

function comeBack() {
  open = true;
  uploader.opened();
}

test("the pieces are sent in order, each with its place", async () => {
  uploader.add(fileOf("a", "0123456789"), "sum");
  ready("up");
  await settled();
  assert.deepEqual(sent, [
    { type: "start-upload", filename: "a", size: 10, sha256: "sum" },
    { type: "upload-chunk", uploadId: "up", offset: 0 },
    "0123",
    { type: "upload-chunk", uploadId: "up", offset: 4 },
    "4567",
    { type: "upload-chunk", uploadId: "up", offset: 8 },
    "89",
  ]);
});

test("only so many pieces are on their way, and each answer makes room for another", async () => {
  uploader.add(fileOf("a", "x".repeat(MAX_CHUNK * 20)), "sum");
  ready("up");
  await settled();
  assert.equal(types().filter((type) => type === "upload-chunk").length, 8);
  uploader.receive({ type: "upload-progress", uploadId: "up", offset: MAX_CHUNK, progress: 5 });
  await settled();
  assert.equal(types().filter((type) => type === "upload-chunk").length, 9);
});

test("one file starts at a time, so that each answer finds its file", () => {
  const [a, b] = ["a", "b"].map((name) => uploader.add(fileOf(name, name), name));
  assert.deepEqual(types(), ["start-upload"]);
  failed(null, "unsafe-name");
  assert.equal(a.state, "failed");
  assert.deepEqual(types(), ["start-upload", "start-upload"]);
  ready("up");
  assert.equal(b.id, "up");
});

test("after a lost connection it goes on where the server says", async () => {
  const upload = uploader.add(fileOf("a", "0123456789"), "sum");
  ready("up");
  await settled();
  lose();
  assert.equal(upload.state, "waiting");
  comeBack();
  ready("up", 8);
  await settled();
  assert.deepEqual(sent, [{ type: "resume-upload", uploadId: "up" }, { type: "upload-chunk", uploadId: "up", offset: 8 }, "89"]);
});

test("what was read for a lost connection is not sent on the next one", async () => {
  uploader.add(fileOf("a", "0123456789"), "sum");
  ready("up"); // the first piece is being read
  lose();
  comeBack();
  await settled();
  assert.deepEqual(types(), ["resume-upload"]);
});

test("an upload that the server has forgotten begins anew, and not for ever", () => {
  const upload = uploader.add(fileOf("a", "0123"), "sum");
  ready("up");
  for (let n = 0; n < 3; n += 1) {
    lose();
    comeBack();
    failed("up", "unknown-upload");
    assert.deepEqual(types(), ["resume-upload", "start-upload"]);
    ready("up");
  }
  lose();
  comeBack();
  failed("up", "unknown-upload");
  assert.equal(upload.state, "failed");
});

test("a file that was begun before the page was reloaded is resumed", () => {
  memory.set("upload sum a", "before");
  uploader.add(fileOf("a", "0123"), "sum");
  assert.deepEqual(sent, [{ type: "resume-upload", uploadId: "before" }]);
  uploader.receive({ type: "upload-complete", uploadId: "before" });
  assert.equal(memory.size, 0);
});

test("pieces of an upload that is gone leave their places in the window", async () => {
  uploader.add(fileOf("a", "x".repeat(MAX_CHUNK * 20)), "sum");
  ready("old");
  await settled();
  for (let n = 0; n < 8; n += 1) {
    failed("old", "unknown-upload");
  }
  sent.length = 0;
  ready("new");
  await settled();
  assert.equal(types().filter((type) => type === "upload-chunk").length, 8);
});
