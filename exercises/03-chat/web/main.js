// The chat: what the server says becomes what is on the screen, and the other way round.

import * as api from "./api.js";
import { Connection } from "./connection.js";
import { Outbox } from "./outbox.js";
import { forgetSession, isRefused, signIn, storedSession } from "./session.js";
import * as view from "./view.js";

const TYPING_ENDS_AFTER_MS = 3000;
const EARLIER_PAGE = 100;

const { elements } = view;

let session = null;
let connection = null;
let connected = false;
let outbox = new Outbox();
let users = new Map();
let typing = new Map();
let recipient = null;
let typingTimer = null;
/** The messages to all that are on the screen. An id alone would not do: a server that was restarted counts from one again. */
let shown = new Set();
const keyOf = (message) => `${message.id} ${message.timestamp}`;

function start(newSession) {
  session = newSession;
  outbox = new Outbox();
  users = new Map();
  typing = new Map();
  shown = new Set();
  view.clearMessages();
  view.showTyping([]);
  elements.earlier.hidden = true;
  choose(null);
  view.showChat(session.username);
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  connection = new Connection(`${scheme}//${location.host}/ws?token=${encodeURIComponent(session.token)}`, {
    onState,
    onMessage: (message) => handlers[message.type]?.(message),
    isRefused: () => isRefused("/api/online-users", session.token),
  });
}

function end(reason = "") {
  connection?.stop();
  connection = null;
  session = null;
  clearTimeout(typingTimer);
  typingTimer = null;
  forgetSession();
  view.showSignIn(reason);
}

function onState(state) {
  if (state === "ended") {
    end("Your session has ended. Sign in again.");
    return;
  }
  connected = state === "connected";
  if (!connected) {
    // Nobody is known to be there while we are not.
    typing.clear();
    view.showTyping([]);
    clearTimeout(typingTimer);
    typingTimer = null;
  }
  view.showState(state);
}

const handlers = {
  "online-users"({ users: list }) {
    users = new Map(list.map(({ id, username }) => [id, username]));
    showUsers();
  },

  "recent-messages"({ messages }) {
    const unseen = messages.filter((message) => !shown.has(keyOf(message)));
    if (unseen.length === messages.length && shown.size > 0) {
      // Nothing of it is on the screen: there is a gap, or the server was restarted and has forgotten everything.
      if (messages.length > 0) {
        // Begin anew. What is private is not in the history, and stays.
        view.clearMessages((item) => item.matches(".private, .pending, .failed"));
      }
      shown.clear();
    }
    view.quietly(() => unseen.forEach(showMessage));
    const { delivered, unknown } = outbox.reconcile(unseen.filter((message) => message.userId === session.userId));
    delivered.forEach((item) => item.element.remove());
    unknown.forEach((item) => view.markFailed(item.element, "The connection was lost; it may not have arrived."));
    connection.greeted();
    flush();
    offerEarlier();
  },

  "new-message"(message) {
    if (message.userId === session.userId) {
      outbox.delivered(message)?.element.remove();
    }
    showMessage(message);
  },

  "user-joined"({ userId, username }) {
    users.set(userId, username);
    showUsers();
    view.appendEvent(`${username} joined`);
  },

  "user-left"({ userId, username }) {
    users.delete(userId);
    typing.delete(userId);
    showUsers();
    showTyping();
    view.appendEvent(`${username} left`);
  },

  "user-typing"({ userId, username }) {
    typing.set(userId, username);
    showTyping();
  },

  "user-stop-typing"({ userId }) {
    typing.delete(userId);
    showTyping();
  },

  "private-message"(message) {
    showPrivate(message, nameOf(message.from), "to you", []);
  },

  "private-message-sent"(message) {
    outbox.delivered(message)?.element.remove();
    showPrivate(message, session.username, `to ${nameOf(message.to)}`, ["own"]);
  },

  error({ code, message }) {
    // A server that does not know yet what typing is refuses that, and no message.
    const item = code === "unknown-type" ? null : outbox.refused();
    if (item !== null) {
      view.markFailed(item.element, `Not sent: ${message}`);
    }
  },
};

const nameOf = (id) => users.get(id) ?? "someone";

function showUsers() {
  view.showUsers(users, session.userId, recipient?.id, (id, username) => {
    choose(recipient?.id === id ? null : { id, username });
    elements.content.focus();
  });
}

function showTyping() {
  view.showTyping([...typing.values()]);
}

function forMessage(message) {
  const own = message.userId === session.userId;
  return { author: message.username, content: message.content, timestamp: message.timestamp, kinds: own ? ["own"] : [] };
}

function showMessage(message) {
  shown.add(keyOf(message));
  view.appendMessage(forMessage(message));
}

function showPrivate({ content, timestamp }, author, label, kinds) {
  view.appendMessage({ author, label: `privately ${label}`, content, timestamp, kinds: ["private", ...kinds] });
}

/** Chooses whom one writes to: `{id, username}`, or null for everyone. They stay chosen when they leave: what was meant for one must not go to all. */
function choose(target) {
  recipient = target;
  view.showRecipient(target?.username ?? null);
  if (target !== null) {
    stopTyping(); // nobody need know that something private is being written
  }
  if (session !== null) {
    showUsers();
  }
}

function send(content) {
  const message =
    recipient === null
      ? { type: "send-message", content }
      : { type: "send-private-message", targetUserId: recipient.id, content };
  const kinds = ["own", "pending", ...(recipient === null ? [] : ["private"])];
  const label = recipient === null ? "waiting to be sent" : `privately to ${recipient.username}, waiting to be sent`;
  const element = view.appendMessage({ author: session.username, label, content, kinds });
  outbox.add({ message, element });
  flush();
}

function flush() {
  // Not before the greeting: what is sent then comes after what we missed, for us as for everyone.
  if (connected) {
    outbox.flush((message) => connection.send(message));
  }
}

function startTyping() {
  if (recipient !== null) {
    return;
  }
  if (typingTimer === null) {
    connection.send({ type: "typing-start" });
  }
  clearTimeout(typingTimer);
  typingTimer = setTimeout(stopTyping, TYPING_ENDS_AFTER_MS);
}

function stopTyping() {
  if (typingTimer !== null) {
    clearTimeout(typingTimer);
    typingTimer = null;
    connection?.send({ type: "typing-stop" });
  }
}

async function offerEarlier() {
  const page = await api.messages(session.token, 1, 0);
  elements.earlier.hidden = page === null || page.total <= shown.size;
}

async function showEarlier() {
  const total = (await api.messages(session.token, 1, 0))?.total ?? 0;
  const missing = total - shown.size;
  if (missing > 0) {
    const limit = Math.min(EARLIER_PAGE, missing);
    const page = await api.messages(session.token, limit, missing - limit);
    const unseen = (page?.messages ?? []).filter((message) => !shown.has(keyOf(message)));
    unseen.forEach((message) => shown.add(keyOf(message)));
    view.quietly(() => view.prependMessages(unseen.map(forMessage)));
  }
  if (total <= shown.size) {
    elements.content.focus(); // the button that has the focus goes away
    elements.earlier.hidden = true;
  }
}

elements.signInForm.addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    start(await signIn(elements.username.value));
  } catch (error) {
    view.showSignIn(error.message);
  }
});

elements.composer.addEventListener("submit", (event) => {
  event.preventDefault();
  const content = elements.content.value;
  if (content.trim() !== "") {
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
  } else if (event.key === "Escape") {
    choose(null);
  }
});

elements.content.addEventListener("input", () => (elements.content.value === "" ? stopTyping() : startTyping()));
elements.content.addEventListener("blur", stopTyping);
elements.toEveryone.addEventListener("click", () => {
  choose(null);
  elements.content.focus();
});
elements.signOut.addEventListener("click", () => end());
elements.earlier.addEventListener("click", showEarlier);

const stored = storedSession();
if (stored === null) {
  view.showSignIn();
} else {
  start(stored);
}
