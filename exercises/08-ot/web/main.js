// The editor: what is in the text area becomes operations, and the other way round.

import { Connection } from "./connection.js";
import { SharedDocument } from "./document.js";
import { difference, isIdle, toCharacters, toUnits, transformCursor } from "./operation.js";
import { forgetSession, isRefused, signIn, storedSession } from "./session.js";

const elements = Object.fromEntries(
  ["sign-in", "sign-in-form", "username", "sign-in-error", "editor", "status", "me", "sign-out", "open-form", "doc-id", "saved", "problem", "text", "lost", "lost-text", "lost-close"].map((id) => [id, document.getElementById(id)]),
);
const { text } = elements;

const STATES = { connecting: "Connecting…", connected: "Connected", waiting: "Offline: your text is sent later", ended: "Signed out" };

let session = null;
let connection = null;
let shared = null;
let connected = false;
/** While an input method composes a character the text area is its own; what others write waits. */
let composing = false;
let waiting = [];

function start(newSession) {
  session = newSession;
  elements.me.textContent = session.username;
  show(true);
  open(decodeURIComponent(location.hash.slice(1)) || "notes");
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  connection = new Connection(`${scheme}//${location.host}/ws?token=${encodeURIComponent(session.token)}`, {
    onState,
    onMessage,
    isRefused: () => isRefused("/api/documents/notes", session.token),
  });
}

function end(reason = "") {
  connection?.stop();
  connection = null;
  shared = null;
  connected = false;
  forgetSession();
  elements["sign-in-error"].textContent = reason;
  show(false);
  elements.username.focus();
}

function show(isSignedIn) {
  elements["sign-in"].hidden = isSignedIn;
  elements.editor.hidden = !isSignedIn;
}

function onState(state) {
  if (state === "ended") {
    end("Your session has ended. Sign in again.");
    return;
  }
  connected = state === "connected";
  elements.status.textContent = STATES[state];
  elements.status.dataset.state = state;
}

function onMessage(message) {
  if (message.type === "connected") {
    connection.greeted();
    shared.connected();
  } else if (composing) {
    waiting.push(message);
  } else if (message.docId === shared.docId) {
    shared.receive(message);
    showSaved();
  } else if (message.type === "error") {
    elements.problem.textContent = message.message;
  }
}

/** Opens another document, and closes the one that is open. */
function open(docId) {
  if (shared !== null && connected) {
    connection.send({ type: "close", docId: shared.docId });
  }
  location.hash = encodeURIComponent(docId);
  elements["doc-id"].value = docId;
  elements.problem.textContent = "";
  waiting = [];
  shared = new SharedDocument(docId, session.userId, {
    send: (message) => connected && connection.send(message),
    newId: () => crypto.randomUUID(),
    onChange: showText,
    onLost: showLost,
    onRefused: (reason) => (elements.problem.textContent = `Not taken: ${reason}`),
  });
  text.value = "";
  text.disabled = false;
  if (connected) {
    shared.connected();
  }
  showSaved();
}

/** Shows the text as it is now. The selection moves with what stands around it. */
function showText(operation) {
  const before = text.value;
  const ends = [text.selectionStart, text.selectionEnd].map((units) => toCharacters(before, units));
  const [start, end] = operation === null ? ends : ends.map((cursor) => transformCursor(cursor, operation));
  const { scrollTop, selectionDirection } = text;
  text.value = shared.text;
  text.setSelectionRange(toUnits(text.value, start), toUnits(text.value, end), selectionDirection);
  text.scrollTop = scrollTop;
}

function showSaved() {
  elements.saved.textContent = shared.isSaved ? "All of it is on the server." : "Not all of it is on the server yet.";
}

function showLost(lost) {
  elements["lost-text"].value = lost;
  elements.lost.hidden = false;
}

/** The text area has changed: what is the difference? */
function edited() {
  if (composing) {
    return;
  }
  // Half of a surrogate pair cannot be sent.
  const value = text.value.toWellFormed();
  const operation = difference(shared.text, value);
  if (!isIdle(operation)) {
    elements.problem.textContent = "";
    shared.edit(operation);
    showSaved();
  }
}

text.addEventListener("input", edited);
text.addEventListener("compositionstart", () => (composing = true));
text.addEventListener("compositionend", () => {
  composing = false;
  edited();
  waiting.splice(0).forEach(onMessage);
});

elements["sign-in-form"].addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    start(await signIn(elements.username.value));
  } catch (error) {
    elements["sign-in-error"].textContent = error.message;
  }
});

elements["open-form"].addEventListener("submit", (event) => {
  event.preventDefault();
  const docId = elements["doc-id"].value.trim();
  if (docId !== "" && docId !== shared.docId) {
    open(docId);
  }
  text.focus();
});

elements["lost-close"].addEventListener("click", () => (elements.lost.hidden = true));
elements["sign-out"].addEventListener("click", () => end());
addEventListener("hashchange", () => {
  const docId = decodeURIComponent(location.hash.slice(1));
  if (session !== null && shared !== null && docId !== "" && docId !== shared.docId) {
    open(docId);
  }
});

const stored = storedSession();
if (stored === null) {
  show(false);
  elements.username.focus();
} else {
  start(stored);
}
