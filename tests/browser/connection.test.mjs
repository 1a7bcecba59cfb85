import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { pageModule } from "./page-module.mjs";

const CAP_MS = 15_000;

let sockets;
/** The timers that are set: `{delay, run}`. */
let timers;
let listeners;
let states;
let jitter;

class FakeSocket {
  static OPEN = 1;
  readyState = 0;
  sent = [];

  constructor() {
    sockets.push(this);
  }

  send(text) {
    this.sent.push(JSON.parse(text));
  }

  close() {}

  open() {
    this.readyState = FakeSocket.OPEN;
    this.onopen();
  }

  async lose(code = 1006) {
    this.readyState = 3;
    await this.onclose({ code });
  }
}

// What a page has, as far as the connection uses it.
Object.defineProperty(globalThis, "navigator", { value: { onLine: true }, configurable: true, writable: true });
globalThis.WebSocket = FakeSocket;
globalThis.addEventListener = (name, listener) => (listeners[name] = listener);
globalThis.removeEventListener = (name) => delete listeners[name];
globalThis.setTimeout = (run, delay) => timers.push({ run, delay }) && timers.at(-1);
globalThis.clearTimeout = (timer) => (timers = timers.filter((each) => each !== timer));
Math.random = () => jitter;

const { Connection } = await pageModule("groundwork/web/connection.js");

beforeEach(() => {
  [sockets, timers, listeners, states, jitter] = [[], [], {}, [], 1];
  navigator.onLine = true;
});

function connect({ refused = false } = {}) {
  return new Connection("ws://server", {
    onState: (state) => states.push(state),
    onMessage: () => {},
    isRefused: async () => refused,
  });
}

/** Loses the newest connection and returns the wait before the next attempt, which is then made. */
async function wait() {
  await sockets.at(-1).lose();
  assert.equal(timers.length, 1, "one attempt is due");
  const { delay, run } = timers.pop();
  run();
  timers.splice(0, 1); // the new socket's own timeout
  return delay;
}

test("each wait is twice as long as the one before, to a cap", async () => {
  connect();
  const waits = [];
  for (let n = 0; n < 8; n += 1) {
    waits.push(await wait());
  }
  assert.deepEqual(waits, [500, 1000, 2000, 4000, 8000, CAP_MS, CAP_MS, CAP_MS]);
});

test("the jitter takes any part of the wait", async () => {
  connect();
  jitter = 0;
  assert.equal(await wait(), 0);
  jitter = 0.25;
  assert.equal(await wait(), 250);
});

test("a greeting makes the next wait short again, and a connection that only opened does not", async () => {
  const connection = connect();
  await wait();
  await wait();
  sockets.at(-1).open();
  assert.equal(await wait(), 2000);
  sockets.at(-1).open();
  connection.greeted();
  assert.equal(await wait(), 500);
});

test("a server that refuses the token is not asked again", async () => {
  connect({ refused: true });
  await sockets[0].lose();
  assert.deepEqual(timers, []);
  assert.equal(states.at(-1), "ended");
});

test("a policy close is final, and any other is not", async () => {
  connect();
  sockets[0].open();
  await sockets[0].lose(1013);
  assert.equal(states.at(-1), "waiting");
  timers.pop().run();
  sockets[1].open();
  await sockets[1].lose(1008);
  assert.equal(states.at(-1), "ended");
});

test("a connection whose token has ended does not come back", async () => {
  connect();
  sockets[0].open();
  await sockets[0].lose(3000);
  assert.equal(states.at(-1), "ended");
});

test("without a network it waits for the browser to say that there is one", async () => {
  connect();
  sockets[0].open();
  navigator.onLine = false;
  listeners.offline();
  timers.pop().run();
  assert.equal(sockets.length, 1);
  navigator.onLine = true;
  listeners.online();
  assert.equal(sockets.length, 2);
});

test("only what an open connection took counts as sent", () => {
  const connection = connect();
  assert.equal(connection.send({ type: "typing-start" }), false);
  sockets[0].open();
  assert.equal(connection.send({ type: "typing-start" }), true);
  assert.deepEqual(sockets[0].sent, [{ type: "typing-start" }]);
});
