import assert from "node:assert/strict";
import { test } from "node:test";
import { pageModule } from "./page-module.mjs";

const { Threads, Unacknowledged, unseen } = await pageModule("exercises/04-rooms/web/rooms.js");

const said = (clientId) => ({ type: "send-message", room: "kitchen", message: "hello", clientId });

test("what was not acknowledged is sent again, in order, under the same clientId", () => {
  const unacknowledged = new Unacknowledged();
  for (const clientId of ["one", "two", "three"]) {
    unacknowledged.add(said(clientId), `item ${clientId}`);
  }
  assert.equal(unacknowledged.settle("two"), "item two");
  assert.deepEqual(unacknowledged.messages(), [said("one"), said("three")]);
});

test("a message is settled once, and one of another tab never", () => {
  const unacknowledged = new Unacknowledged();
  unacknowledged.add(said("one"), "item");
  assert.equal(unacknowledged.settle("of another tab"), undefined);
  assert.equal(unacknowledged.settle("one"), "item");
  assert.equal(unacknowledged.settle("one"), undefined);
});

test("a message that was seen is not shown again", () => {
  const room = new Threads().room("kitchen");
  const numbered = (...seqs) => seqs.map((seq) => ({ seq }));
  assert.deepEqual(unseen(room, numbered(7, 9)), numbered(7, 9));
  assert.deepEqual(unseen(room, numbered(7, 9, 12)), numbered(12));
  assert.equal(room.seq, 12);
});

test("a room and a person of the same name are two conversations", () => {
  const threads = new Threads();
  assert.notEqual(threads.room("mira"), threads.person("mira", "mira"));
  assert.equal(threads.room("mira"), threads.room("mira"));
  assert.deepEqual(threads.rooms(), [threads.room("mira")]);
});
