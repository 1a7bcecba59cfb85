// The rooms: what the server says becomes what is on the screen, and the other way round.

import { Connection } from "./connection.js";
import { Threads, Unacknowledged, unseen } from "./rooms.js";
import { forgetSession, get, isRefused, signIn, storedSession } from "./session.js";
import * as view from "./view.js";

/** Typing is said again so often while it goes on; the server ends it by itself after 5 s. */
const TYPING_AGAIN_AFTER_MS = 2000;
const LIST_AGAIN_AFTER_MS = 5000;
const JOINED = "joined-rooms";

const { elements } = view;

let session = null;
let connection = null;
let connected = false;
let threads = new Threads();
let unacknowledged = new Unacknowledged();
let current = null;
let typingSince = null;
let listTimer = null;
/** The names of those whom we have just invited, for the label of the room that comes of it. */
let inviting = null;

function start(newSession) {
  session = newSession;
  threads = new Threads();
  unacknowledged = new Unacknowledged();
  view.showChat(session.username);
  for (const [name, label] of joinedRooms()) {
    threads.room(name, label);
  }
  open(threads.rooms()[0] ?? null);
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  connection = new Connection(`${scheme}//${location.host}/ws?token=${encodeURIComponent(session.token)}`, {
    onState,
    onMessage: (message) => handlers[message.type]?.(message),
    isRefused: () => isRefused("/api/rooms", session.token),
  });
}

function end(reason = "") {
  connection?.stop();
  connection = null;
  session = null;
  connected = false;
  clearTimeout(listTimer);
  sessionStorage.removeItem(JOINED);
  forgetSession();
  view.showSignIn(reason);
}

function onState(state) {
  if (state === "ended") {
    end("Your session has ended. Sign in again.");
    return;
  }
  connected = state === "connected";
  typingSince = null;
  if (!connected) {
    // Nobody is known to type while we are not there.
    threads.all().forEach((thread) => thread.typing.clear());
    view.showTyping(current);
  }
  view.showState(state);
}

const handlers = {
  connected() {
    connection.greeted();
    // First the rooms: what waits is for them.
    threads.rooms().forEach((thread) => {
      thread.joined = false;
      join(thread);
    });
    unacknowledged.messages().forEach((message) => connection.send(message));
    listRooms();
  },

  "joined-room"({ room, users }) {
    const isNew = threads.get(room) === undefined;
    const thread = threads.room(room, inviting ?? room);
    if (isNew) {
      inviting = null;
    }
    thread.users = new Map(users.map(({ id, username }) => [id, username]));
    rememberRooms();
    if (current === null || thread.wanted) {
      thread.wanted = false;
      open(thread);
    }
    if (!thread.joined) {
      thread.joined = true;
      resume(thread);
    }
    refresh(thread);
    listRooms();
  },

  "missed-messages"({ room, messages }) {
    const thread = threads.get(room);
    thread.catchingUp = false;
    unseen(thread, messages).forEach((message) => showMessage(thread, message));
  },

  "gap-too-large"({ room, after }) {
    const thread = threads.get(room);
    if (thread.seq !== null && thread.seq > 0) {
      add(thread, view.eventItem("Some messages are missing here.", "gap"));
    }
    thread.seq = after;
    resume(thread);
  },

  "user-joined"({ room, userId, username }) {
    const thread = threads.get(room);
    thread?.users.set(userId, username);
    happened(thread, `${username} joined`);
  },

  "user-left"({ room, userId, username }) {
    const thread = threads.get(room);
    thread?.users.delete(userId);
    thread?.typing.delete(userId);
    happened(thread, `${username} left`);
  },

  "left-room"({ room }) {
    threads.remove(room);
    rememberRooms();
    if (current?.key === room) {
      open(threads.all()[0] ?? null);
    }
    view.showThreads(threads.all(), current, open);
    listRooms();
  },

  "receive-message"(message) {
    const thread = threads.get(message.room);
    // What is said while we catch up is among what we missed.
    if (thread !== undefined && !thread.catchingUp) {
      unseen(thread, [message]).forEach(() => showMessage(thread, message));
    }
  },

  ack({ clientId }) {
    const item = unacknowledged.settle(clientId);
    if (item?.thread.kind === "person") {
      view.markDelivered(item.element);
    } else if (item !== undefined) {
      // The room's own copy stands in its place among the others'.
      remove(item);
    }
  },

  "user-typing"({ room, userId, username }) {
    threads.get(room)?.typing.set(userId, username);
    view.showTyping(current);
  },

  "user-stop-typing"({ room, userId }) {
    threads.get(room)?.typing.delete(userId);
    view.showTyping(current);
  },

  "receive-private-message"({ from, username, message, timestamp }) {
    const thread = threads.person(from, username);
    add(thread, view.messageItem({ author: username, label: "privately to you", content: message, timestamp, kinds: ["private"] }));
    refresh(thread);
  },

  invited({ room, username }) {
    join(threads.room(room, `Private: ${username}`));
  },

  error({ clientId, code, message }) {
    const item = unacknowledged.settle(clientId);
    if (item !== undefined) {
      view.markFailed(item.element, `Not sent: ${message}`);
    } else if (code === "unknown-type") {
      // A server that does not know yet how to resume.
      threads.rooms().forEach((thread) => (thread.catchingUp = false));
    } else if (threads.get(clientId)?.kind === "room") {
      // A room that cannot be joined (any more).
      happened(threads.get(clientId), `${message} (${code})`);
    } else if (current !== null) {
      inviting = null;
      happened(current, message);
    }
  },
};

function join(thread) {
  connection.send({ type: "join-room", room: thread.key, clientId: thread.key });
}

/** Asks for what was said since; of a room that is new to us, for all that there is. */
function resume(thread) {
  thread.catchingUp = true;
  connection.send({ type: "resume", room: thread.key, after: thread.seq ?? 0, clientId: thread.key });
}

function showMessage(thread, { userId, username, message, timestamp }) {
  const kinds = userId === session.userId ? ["own"] : [];
  add(thread, view.messageItem({ author: username, content: message, timestamp, kinds }));
}

function happened(thread, text) {
  if (thread !== undefined) {
    add(thread, view.eventItem(text));
    thread.unread = 0;
    refresh(thread);
  }
}

function add(thread, item) {
  thread.items.push(item);
  if (thread === current) {
    view.append(item);
  } else if (!item.classList.contains("event")) {
    thread.unread += 1;
    view.showThreads(threads.all(), current, open);
  }
}

function remove({ thread, element }) {
  thread.items = thread.items.filter((item) => item !== element);
  element.remove();
}

function refresh(thread) {
  view.showThreads(threads.all(), current, open);
  if (thread === current) {
    view.showUsers(thread, session.userId, writeTo);
    view.showTyping(thread);
  }
}

function open(thread) {
  stopTyping();
  current = thread;
  if (thread !== null) {
    thread.unread = 0;
  }
  view.showThread(thread, session.userId, writeTo);
  view.showThreads(threads.all(), current, open);
  (thread === null ? elements.room : elements.content).focus();
}

function writeTo(id, username) {
  open(threads.person(id, username));
}

/** Joins a room and opens it. Without a connection it is joined as soon as there is one. */
function enter(name) {
  const thread = threads.room(name);
  thread.wanted = true;
  join(thread);
  if (!connected) {
    open(thread);
  }
}

function send(content) {
  const thread = current;
  const privately = thread.kind === "person";
  const clientId = crypto.randomUUID();
  const message = privately
    ? { type: "private-message", targetUserId: thread.key.slice(1), message: content, clientId }
    : { type: "send-message", room: thread.key, message: content, clientId };
  const kinds = ["own", "pending", ...(privately ? ["private"] : [])];
  const element = view.messageItem({ author: session.username, label: "waiting", content, kinds });
  add(thread, element);
  unacknowledged.add(message, { thread, element });
  if (connected) {
    connection.send(message);
  }
}

function startTyping() {
  const now = Date.now();
  if (current?.kind === "room" && connected && (typingSince === null || now - typingSince > TYPING_AGAIN_AFTER_MS)) {
    typingSince = now;
    connection.send({ type: "typing", room: current.key });
  }
}

function stopTyping() {
  if (typingSince !== null && current?.kind === "room") {
    connection?.send({ type: "stop-typing", room: current.key });
  }
  typingSince = null;
}

/** What others are in: asked for again and again, since nobody tells. */
async function listRooms() {
  clearTimeout(listTimer);
  if (!connected) {
    return;
  }
  listTimer = setTimeout(listRooms, LIST_AGAIN_AFTER_MS);
  try {
    const response = await get("/api/rooms", session.token);
    const rooms = response.ok ? await response.json() : [];
    const others = rooms.filter(({ name }) => threads.get(name) === undefined);
    view.showOpenRooms(others.sort((a, b) => a.name.localeCompare(b.name)), enter);
  } catch {
    // Without the list one can still join by name.
  }
}

/** The rooms of this tab, as `[name, label]`. They survive a reload, as the session does. */
function joinedRooms() {
  try {
    return JSON.parse(sessionStorage.getItem(JOINED)) ?? [];
  } catch {
    return [];
  }
}

function rememberRooms() {
  const rooms = threads.rooms().map(({ key, label }) => [key, label]);
  sessionStorage.setItem(JOINED, JSON.stringify(rooms));
}

elements.signInForm.addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    start(await signIn(elements.username.value));
  } catch (error) {
    view.showSignIn(error.message);
  }
});

elements.joinForm.addEventListener("submit", (event) => {
  event.preventDefault();
  const name = elements.room.value.trim();
  if (name !== "") {
    elements.room.value = "";
    enter(name);
  }
});

elements.composer.addEventListener("submit", (event) => {
  event.preventDefault();
  const content = elements.content.value;
  if (content.trim() !== "" && current !== null) {
    elements.content.value = "";
    send(content);
    stopTyping();
  }
  elements.content.focus();
});

elements.content.addEventListener("keydown", (event) => {
  // While an input method composes a character, Enter belongs to it.
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    elements.composer.requestSubmit();
  }
});

elements.content.addEventListener("input", () => (elements.content.value === "" ? stopTyping() : startTyping()));
elements.content.addEventListener("blur", stopTyping);

elements.leave.addEventListener("click", () => {
  if (current.kind === "room" && connected) {
    connection.send({ type: "leave-room", room: current.key, clientId: current.key });
  } else {
    handlers["left-room"]({ room: current.key });
  }
});

elements.invite.addEventListener("click", () => {
  const invite = view.invited();
  if (invite.length > 0) {
    inviting = `Private: ${invite.map((id) => current.users.get(id)).join(", ")}`;
    connection.send({ type: "create-private-room", invite });
    view.clearInvited();
  }
});

elements.signOut.addEventListener("click", () => end());

const stored = storedSession();
if (stored === null) {
  view.showSignIn();
} else {
  start(stored);
}
