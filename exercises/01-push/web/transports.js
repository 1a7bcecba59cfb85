// The four ways to read the feed. Each keeps a cursor, the id of the last post that it has seen, and goes on from there.
//
// A way is made with what hears of it: `onPost(post)`, `onGap()`, `onState(state)` with "connecting", "connected" or "waiting",
// `onRequest()` and `onBytes(count)`. It is stopped with `stop()`; a new one may be made with the cursor of the old.

import { Connection } from "./connection.js";
import { Polling, size } from "./polling.js";

const POLL_EVERY_MS = 2_000;
const ASK_AGAIN_MS = 1_000;

export const shortPolling = (cursor, hears) =>
  new Polling("/feed", { pause: POLL_EVERY_MS, pauseAfterFailure: ASK_AGAIN_MS }, cursor, hears);

/** The server holds the answer until there is something new, so there is nothing to wait for in between. */
export const longPolling = (cursor, hears) =>
  new Polling("/feed/long", { pause: 0, pauseAfterFailure: ASK_AGAIN_MS }, cursor, hears);

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
