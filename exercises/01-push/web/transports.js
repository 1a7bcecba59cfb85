// The four ways to read the feed. Each keeps a cursor, the id of the last post that it has seen, and goes on from there.
//
// A way is made with what hears of it: `onPost(post)`, `onGap()`, `onState(state)` with "connecting", "connected" or "waiting",
// `onRequest()` and `onBytes(count)`. It is stopped with `stop()`; a new one may be made with the cursor of the old.

import { Connection } from "./connection.js";

const POLL_EVERY_MS = 2_000;
const ASK_AGAIN_MS = 1_000;

const utf8 = new TextEncoder();
const size = (text) => utf8.encode(text).length;

/** How long an answer was on the wire, with its head: HTTP/1.1 writes a header as `name: value` and an end of line. */
function sizeOfAnswer(response, body) {
  const headers = [...response.headers].reduce((sum, [name, value]) => sum + name.length + value.length + 4, 0);
  const statusLine = `HTTP/1.1 ${response.status} ${response.statusText}\r\n`;
  return statusLine.length + headers + 2 + size(body);
}

/** Asks `path` again and again, `pause` milliseconds after each answer. */
class Polling {
  #path;
  #pause;
  #hears;
  #stopped = new AbortController();

  constructor(path, pause, cursor, hears) {
    this.#path = path;
    this.#pause = pause;
    this.#hears = hears;
    this.cursor = cursor;
    hears.onState("connecting");
    this.#run();
  }

  stop() {
    this.#stopped.abort();
  }

  async #run() {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      let pause = this.#pause;
      try {
        await this.#ask(signal);
      } catch {
        if (signal.aborted) {
          return;
        }
        // The cursor stands where it stood: nothing is missed by asking later.
        this.#hears.onState("waiting");
        pause = ASK_AGAIN_MS;
      }
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }

  async #ask(signal) {
    this.#hears.onRequest();
    const response = await fetch(`${this.#path}?after=${this.cursor}`, { signal, cache: "no-store" });
    const body = await response.text();
    if (signal.aborted) {
      return;
    }
    this.#hears.onBytes(sizeOfAnswer(response, body));
    if (response.status === 410) {
      this.cursor = JSON.parse(body).after;
      this.#hears.onGap();
    } else if (response.ok) {
      for (const post of JSON.parse(body)) {
        this.cursor = post.id;
        this.#hears.onPost(post);
      }
    } else {
      throw new Error(`the server answered ${response.status}`);
    }
    this.#hears.onState("connected");
  }
}

export const shortPolling = (cursor, hears) => new Polling("/feed", POLL_EVERY_MS, cursor, hears);

/** The server holds the answer until there is something new, so there is nothing to wait for in between. */
export const longPolling = (cursor, hears) => new Polling("/feed/long", 0, cursor, hears);

/** An EventSource comes back by itself, and says in `Last-Event-ID` how far it got. */
export function events(cursor, hears) {
  const way = { cursor, stop: () => source.close() };
  const source = new EventSource(`/feed/events?after=${cursor}`);
  const heard = (event) => {
    way.cursor = Number(event.lastEventId);
    hears.onBytes(size(`event: ${event.type}\nid: ${event.lastEventId}\ndata: ${event.data}\n\n`));
  };
  hears.onState("connecting");
  hears.onRequest();
  source.onopen = () => hears.onState("connected");
  source.onerror = () => {
    hears.onState("waiting");
    hears.onRequest(); // it tries again by itself
  };
  source.addEventListener("post", (event) => {
    heard(event);
    hears.onPost(JSON.parse(event.data));
  });
  source.addEventListener("gap", (event) => {
    heard(event);
    hears.onGap();
  });
  return way;
}

export function webSocket(cursor, hears) {
  const way = { cursor, stop: () => connection.stop() };
  const address = () => {
    hears.onRequest();
    return `${location.origin.replace(/^http/, "ws")}/feed/ws?after=${way.cursor}`;
  };
  const connection = new Connection(address, {
    onState: hears.onState,
    onOpen: () => connection.greeted(),
    isRefused: async () => false,
    onMessage(message) {
      const length = size(JSON.stringify(message));
      hears.onBytes(length + (length < 126 ? 2 : 4)); // RFC 6455, section 5.2
      if (message.type === "gap") {
        way.cursor = message.after;
        hears.onGap();
      } else {
        way.cursor = message.id;
        hears.onPost(message);
      }
    },
  });
  return way;
}
