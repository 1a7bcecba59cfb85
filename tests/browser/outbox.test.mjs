import assert from "node:assert/strict";
import { test } from "node:test";
import { pageModule } from "./page-module.mjs";

const { Outbox } = await pageModule("exercises/03-chat/web/outbox.js");

const toAll = (content) => ({ message: { type: "send-message", content } });
const toOne = (targetUserId, content) => ({ message: { type: "send-private-message", targetUserId, content } });
const heard = (content) => ({ type: "new-message", content });

/** An outbox with these items under way. */
function underWay(...items) {
  const outbox = new Outbox();
  items.forEach((item) => outbox.add(item));
  outbox.flush(() => true);
  return outbox;
}

/** What the outbox would send now. */
function sent(outbox) {
  const contents = [];
  outbox.flush((message) => contents.push(message.content));
  return contents;
}

test("what waits is sent in order and once", () => {
  const outbox = new Outbox();
  for (const content of ["one", "two", "three"]) {
    outbox.add(toAll(content));
  }
  assert.deepEqual(sent(outbox), ["one", "two", "three"]);
  assert.deepEqual(sent(outbox), []);
});

test("what the connection does not take goes on waiting", () => {
  const outbox = new Outbox();
  outbox.add(toAll("one"));
  outbox.add(toAll("two"));
  let room = 1;
  outbox.flush(() => room-- > 0);
  assert.deepEqual(sent(outbox), ["two"]);
});

test("an answer belongs to the oldest message under way, and what another tab said to none", () => {
  const [one, two] = [toAll("one"), toAll("two")];
  const outbox = underWay(one, two);
  assert.equal(outbox.delivered(heard("from another tab")), null);
  assert.equal(outbox.delivered(heard("one")), one);
  assert.equal(outbox.refused(), two);
  assert.equal(outbox.refused(), null);
});

test("a private message is answered by its own confirmation only", () => {
  const secret = toOne("user:petra", "hello");
  const outbox = underWay(secret);
  assert.equal(outbox.delivered(heard("hello")), null);
  assert.equal(outbox.delivered({ type: "private-message-sent", to: "user:tomas", content: "hello" }), null);
  assert.equal(outbox.delivered({ type: "private-message-sent", to: "user:petra", content: "hello" }), secret);
});

test("after a reconnect only what did not arrive is sent again, before what was written since", () => {
  const [one, two, three] = [toAll("one"), toAll("two"), toAll("three")];
  const outbox = underWay(one, two, three);
  outbox.add(toAll("four"));
  const { delivered, unknown } = outbox.reconcile([{ content: "one" }, { content: "three" }]);
  assert.deepEqual(delivered, [one, three]);
  assert.deepEqual(unknown, []);
  assert.deepEqual(sent(outbox), ["two", "four"]);
});

test("the same words said twice arrive twice, when one of them was lost", () => {
  const outbox = underWay(toAll("hello?"), toAll("hello?"));
  outbox.reconcile([{ content: "hello?" }]);
  assert.deepEqual(sent(outbox), ["hello?"]);
});

test("a private message that was under way is not sent again: it may have arrived", () => {
  const secret = toOne("user:petra", "hello");
  const outbox = underWay(secret);
  assert.deepEqual(outbox.reconcile([]).unknown, [secret]);
  assert.deepEqual(sent(outbox), []);
});
