import assert from "node:assert/strict";
import { test } from "node:test";
import { pageModule } from "./page-module.mjs";

const { Paced } = await pageModule("exercises/06-namespaces/web/limits.js");

/** A server that lets through what it is told to, on a clock that stands still until it is moved. */
function setUp() {
  const sent = [];
  const clock = { now: 0, connected: true };
  const paced = new Paced(
    ({ clientId }) => {
      if (clock.connected) {
        sent.push(clientId);
      }
      return clock.connected;
    },
    () => clock.now,
  );
  const offer = (...names) => names.forEach((clientId) => paced.offer({ clientId }));
  const held = () => paced.held().map(({ clientId }) => clientId);
  return { sent, clock, paced, offer, held };
}

test("what is not refused is sent at once and in order", () => {
  const { sent, offer, held } = setUp();
  offer("a", "b", "c");
  assert.deepEqual(sent, ["a", "b", "c"]);
  assert.deepEqual(held(), []);
});

test("what came too fast waits, before all that is offered later", () => {
  const { sent, clock, paced, offer, held } = setUp();
  offer("a", "b", "c");
  assert.equal(paced.refused("b", 500), true);
  offer("d");
  assert.equal(paced.refused("c", 500), true);
  assert.deepEqual(held(), ["b", "c", "d"]);
  clock.now = 499;
  paced.release();
  assert.equal(paced.left(), 1);
  assert.deepEqual(sent, ["a", "b", "c"]);
  clock.now = 500;
  for (let n = 0; n < 3; n += 1) {
    paced.release();
  }
  assert.deepEqual(sent, ["a", "b", "c", "b", "c", "d"]);
  assert.deepEqual(held(), []);
});

test("after a wait one message is tried at a time, and may be refused again", () => {
  const { sent, clock, paced, offer, held } = setUp();
  offer("a", "b");
  paced.refused("a", 100);
  paced.refused("b", 100);
  clock.now = 100;
  paced.release();
  assert.deepEqual(sent, ["a", "b", "a"]);
  paced.release();
  paced.refused("b", 80);
  assert.deepEqual(held(), ["b"]);
  assert.equal(paced.left(), 80);
});

test("what is refused for another reason is given up", () => {
  const { paced, offer, held } = setUp();
  offer("a");
  assert.equal(paced.refused("a", undefined), false);
  assert.equal(paced.refused("of another tab", undefined), false);
  assert.deepEqual(held(), []);
});

test("without a connection everything waits, and what was sent before is not sent again", () => {
  const { sent, clock, paced, offer, held } = setUp();
  offer("a");
  clock.connected = false;
  paced.lost();
  offer("b", "c");
  assert.deepEqual(held(), ["b", "c"]);
  paced.refused("a", 10);
  assert.deepEqual(held(), ["b", "c"]);
  clock.connected = true;
  clock.now = 10;
  paced.release();
  paced.release();
  assert.deepEqual(sent, ["a", "b", "c"]);
});

test("what must come first does, also when it is refused", () => {
  const { sent, clock, paced, offer, held } = setUp();
  clock.connected = false;
  offer("a", "b");
  clock.connected = true;
  paced.first([{ clientId: "join" }, { clientId: "enter" }]);
  assert.deepEqual(sent, ["join", "enter", "a", "b"]);
  for (const clientId of ["enter", "b", "a"]) {
    paced.refused(clientId, 100);
  }
  assert.deepEqual(held(), ["enter", "a", "b"]);
});
