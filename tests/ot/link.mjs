// A connection that a test holds in its hands: what either side has said waits here until the test lets it pass.

import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import WebSocket from "ws";

/** On a machine that does other things too. */
const PATIENCE_MS = 20_000;
const arrivals = new EventEmitter().setMaxListeners(0);

/** Waits until it is so. What can make it so is that something comes from the server, or that a connection ends. */
export async function until(what, condition) {
  const patience = AbortSignal.timeout(PATIENCE_MS);
  while (!condition()) {
    await once(arrivals, "news", { signal: patience }).catch(() => assert.fail(`for ${PATIENCE_MS / 1000} s in vain: ${what()}`));
  }
}

export class Link {
  /** Said by the client, and not yet passed on. */
  up = [];
  /** Said by the server, and not yet heard by the client. */
  down = [];
  #socket;
  #unanswered = new Set();

  /** `spoil` stands between the two: `spoil.up(message)` and `spoil.down(message)` return what passes, or nothing. */
  constructor(url, spoil) {
    this.spoil = spoil;
    this.#socket = new WebSocket(url);
    this.ended = false;
    this.#socket.on("message", (data) => this.#arrived(JSON.parse(data)));
    this.#socket.on("error", () => {}); // "close" follows
    this.#socket.on("close", () => {
      this.ended = true;
      arrivals.emit("news");
    });
  }

  #arrived(message) {
    if (message.type === "ack" || message.type === "error") {
      this.#unanswered.delete(message.opId);
    }
    const passed = this.spoil.down(message);
    if (passed !== undefined && passed.type !== "participant-joined" && passed.type !== "participant-left") {
      this.down.push(passed);
    }
    arrivals.emit("news");
  }

  get isAnswered() {
    return this.ended || this.#unanswered.size === 0;
  }

  /** Passes on all that the client has said. */
  passUp() {
    for (const message of this.up.splice(0)) {
      const passed = this.spoil.up(message);
      this.#unanswered.add(passed.opId);
      this.#socket.send(JSON.stringify(passed));
    }
  }

  /** Ends without a close frame. What has not passed is lost. */
  cut() {
    this.#socket.terminate();
  }
}
