// Two namespaces over one connection: what the server says becomes what is on the screen, and the other way round.

import { Connection } from "./connection.js";
import { Paced } from "./limits.js";
import { forgetSession, isRefused, signIn, storedSession } from "./session.js";
import * as view from "./view.js";

/** The token is refreshed when so much of its time is left. */
const REFRESH_AT = 0.4;
const TICK_MS = 250;

const { elements } = view;
const panes = { "/chat": new view.Pane("/chat"), "/game": new view.Pane("/game") };

let session = null;
let connection = null;
let connected = false;
/** When the token ends, and how long it lasted when it came, in milliseconds. */
let token = null;
let refreshing = false;
let ticking = null;
/** What this tab has joined. It is joined again after a lost connection. */
let joined = new Map();

const paced = new Paced((message) => connected && connection.send(message));

function start(newSession) {
  session = newSession;
  joined = new Map();
  view.showApp(session.username);
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  connection = new Connection(() => `${scheme}//${location.host}/ws?token=${encodeURIComponent(session.token)}`, {
    onState,
    onMessage: (message) => handlers[message.type]?.(message),
    isRefused: () => isRefused("/api/session", session.token),
  });
  ticking = setInterval(tick, TICK_MS);
}

function end(reason = "") {
  clearInterval(ticking);
  connection?.stop();
  connection = null;
  connected = false;
  session = null;
  token = null;
  forgetSession();
  Object.values(panes).forEach((pane) => pane.clear());
  view.showLimit(0);
  view.showSignIn(reason);
}

function onState(state) {
  if (state === "ended") {
    end("Your session has ended. Sign in again.");
    return;
  }
  connected = state === "connected";
  if (!connected) {
    token = null;
    paced.lost();
  }
  view.showState(state);
}

function tick() {
  view.showTokenLeft(token === null ? null : token.ends - Date.now());
  view.showLimit(paced.left());
  paced.release();
  showHeld();
  if (token !== null && elements.stay.checked && token.ends - Date.now() < token.lasts * REFRESH_AT) {
    refresh();
  }
}

/** Signs in once more, and gives the connection the fresh token. */
async function refresh() {
  if (refreshing) {
    return;
  }
  refreshing = true;
  try {
    const fresh = await signIn(session.username);
    if (session !== null) {
      session = fresh;
      send({ type: "refresh-token", token: fresh.token });
    }
  } catch {
    // The next tick tries again, while there is time.
    refreshing = false;
  }
}

function tokenEnds(exp) {
  refreshing = false;
  const ends = exp * 1000;
  token = { ends, lasts: ends - Date.now() };
}

function send(message) {
  paced.offer(named(message));
  showHeld();
}

const named = (message) => ({ ...message, clientId: crypto.randomUUID() });

function showHeld() {
  for (const [namespace, pane] of Object.entries(panes)) {
    const waiting = paced.held().filter((message) => message.namespace === namespace);
    pane.showHeld(waiting.map(({ message, move, type, room }) => message ?? move ?? `${type} ${room ?? ""}`));
  }
}

const handlers = {
  connected({ exp }) {
    connection.greeted();
    tokenEnds(exp);
    // First the namespaces and the rooms: what waits is for them.
    const joins = [...joined].flatMap(([namespace, rooms]) => [
      { type: "join-namespace", namespace },
      ...[...rooms].map((room) => ({ type: "join-room", namespace, room })),
    ]);
    paced.first(joins.map(named));
  },

  "token-refreshed"({ exp }) {
    tokenEnds(exp);
  },

  "joined-namespace"({ namespace }) {
    if (!joined.has(namespace)) {
      joined.set(namespace, new Set());
      panes[namespace].event(`You joined ${namespace}`);
    }
    panes[namespace].showJoined(true);
  },

  "left-namespace"({ namespace }) {
    joined.delete(namespace);
    panes[namespace].showJoined(false);
    panes[namespace].event(`You left ${namespace}`);
  },

  "joined-room"({ namespace, room }) {
    const rooms = joined.get(namespace);
    if (rooms !== undefined && !rooms.has(room)) {
      rooms.add(room);
      panes[namespace].event(`You entered ${room}`);
    }
  },

  message({ namespace, room, userId, username, message }) {
    panes[namespace].message(`${username} in ${room}`, message, userId === session.userId ? "own" : "");
  },

  "opponent-move"({ namespace, room, username, move }) {
    panes[namespace].message(`${username} in ${room}`, move);
  },

  "move-made"({ namespace, room, move }) {
    panes[namespace].message(`${session.username} in ${room}`, move, "own");
  },

  error({ code, message, namespace, clientId, retryAfter }) {
    const waits = paced.refused(clientId, retryAfter);
    view.showLimit(paced.left());
    showHeld();
    if (!waits) {
      refreshing = false;
      panes[namespace]?.refused(code, message);
    }
  },
};

for (const [namespace, pane] of Object.entries(panes)) {
  pane.on(".membership", "click", () => {
    send({ type: joined.has(namespace) ? "leave-namespace" : "join-namespace", namespace });
  });
  pane.on(".room-form", "submit", () => send({ type: "join-room", namespace, room: pane.room }));
  pane.on(".composer", "submit", () => {
    const text = pane.takeText();
    if (namespace === "/chat") {
      send({ type: "send-message", namespace, room: pane.room, message: text });
    } else {
      send({ type: "game-move", namespace, room: pane.room, move: text });
    }
  });
}

elements.signInForm.addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    start(await signIn(elements.username.value));
  } catch (error) {
    view.showSignIn(error.message);
  }
});

elements.signOut.addEventListener("click", () => end());

const stored = storedSession();
if (stored === null) {
  view.showSignIn();
} else {
  start(stored);
}
