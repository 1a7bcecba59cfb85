// What is on the screen. Everything that people wrote goes in as `textContent`: it is text, and never markup.

const byId = (id) => document.getElementById(id);

const timeline = byId("timeline");
const log = byId("log");
const list = byId("messages");
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });

export const elements = {
  signIn: byId("sign-in"),
  signInForm: byId("sign-in-form"),
  username: byId("username"),
  signInError: byId("sign-in-error"),
  chat: byId("chat"),
  signOut: byId("sign-out"),
  earlier: byId("earlier"),
  composer: byId("composer"),
  content: byId("content"),
  toEveryone: byId("to-everyone"),
};

const STATES = {
  connecting: "Connecting…",
  connected: "Connected",
  waiting: "Offline, trying again",
  ended: "Signed out",
};

export function showState(state) {
  const status = byId("status");
  status.dataset.state = state;
  // Said once: a live region reads out each change.
  if (status.textContent !== STATES[state]) {
    status.textContent = STATES[state];
  }
}

export function showSignIn(error = "") {
  elements.chat.hidden = true;
  elements.signIn.hidden = false;
  elements.signInError.textContent = error;
  document.title = "Chat";
  elements.username.focus();
}

export function showChat(username) {
  elements.signIn.hidden = true;
  elements.chat.hidden = false;
  byId("me").textContent = username;
  document.title = `Chat: ${username}`;
  elements.content.focus();
}

/** `users` is a Map from id to name. */
export function showUsers(users, me, recipient, choose) {
  const others = [...users].filter(([id]) => id !== me).sort(([, a], [, b]) => a.localeCompare(b));
  const items = others.map(([id, username]) => {
    const button = element("button", { type: "button", textContent: username, title: `Write privately to ${username}` });
    button.setAttribute("aria-pressed", String(id === recipient));
    button.dataset.userId = id;
    button.addEventListener("click", () => choose(id, username));
    return element("li", {}, button);
  });
  const own = users.has(me) ? [element("li", {}, element("span", { textContent: `${users.get(me)} (you)` }))] : [];
  // The list is made anew; who was in it with the keyboard stays where they were.
  const focused = byId("users").contains(document.activeElement) ? document.activeElement.dataset.userId : undefined;
  byId("users").replaceChildren(...own, ...items);
  if (focused !== undefined) {
    const same = [...byId("users").querySelectorAll("button")].find((button) => button.dataset.userId === focused);
    (same ?? elements.content).focus();
  }
}

export function showRecipient(username) {
  byId("recipient").hidden = username === null;
  byId("recipient-name").textContent = username ?? "";
  elements.content.placeholder = username === null ? "Message to everyone" : "Private message";
}

export function showTyping(names) {
  const verb = names.length === 1 ? "is" : "are";
  byId("typing").textContent = names.length === 0 ? "" : `${names.join(", ")} ${verb} typing…`;
}

/** Appends what is said, and returns its element. `label` says to whom or from whom, or in what state it is. */
export function appendMessage({ author, label = "", content, timestamp, kinds }) {
  const item = messageItem({ author, label, content, timestamp, kinds });
  append(item);
  return item;
}

/** Shows what was said before. A screen reader reads out what is new, and not all of this. */
export function quietly(show) {
  log.setAttribute("aria-busy", "true");
  show();
  log.setAttribute("aria-busy", "false");
}

/** Puts messages before all others, the oldest first. */
export function prependMessages(messages) {
  const height = timeline.scrollHeight;
  list.prepend(...messages.map(messageItem));
  // What one was reading stays where it was.
  timeline.scrollTop += timeline.scrollHeight - height;
}

export function appendEvent(text) {
  append(element("li", { className: "event", textContent: text }));
}

/** Marks a message that has not been delivered. */
export function markFailed(item, reason) {
  item.classList.replace("pending", "failed");
  item.querySelector(".label").textContent = "";
  item.append(element("p", { className: "error", textContent: reason }));
}

export function clearMessages(keep = () => false) {
  list.replaceChildren(...[...list.children].filter(keep));
}

function messageItem({ author, label = "", content, timestamp, kinds = [] }) {
  const header = element("header", {}, element("strong", { textContent: author }));
  header.append(element("span", { className: "label", textContent: label }));
  if (timestamp) {
    const time = new Date(timestamp);
    header.append(element("time", { dateTime: timestamp, title: time.toLocaleString(), textContent: clock.format(time) }));
  }
  const item = element("li", { className: ["message", ...kinds].join(" ") }, header);
  item.append(element("p", { textContent: content }));
  return item;
}

function append(item) {
  const atEnd = timeline.scrollHeight - timeline.scrollTop - timeline.clientHeight < 40;
  // What waits to be sent stays last.
  const waiting = item.classList.contains("pending") ? null : list.querySelector(".pending");
  list.insertBefore(item, waiting);
  // Who has scrolled up to read is not torn away.
  if (atEnd || item.classList.contains("own")) {
    timeline.scrollTop = timeline.scrollHeight;
  }
}

function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}
