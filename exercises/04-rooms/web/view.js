// What is on the screen. Everything that people wrote goes in as `textContent`: it is text, and never markup.

const byId = (id) => document.getElementById(id);

const timeline = byId("timeline");
const log = byId("log");
const list = byId("messages");
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });

export const elements = {
  signInForm: byId("sign-in-form"),
  username: byId("username"),
  signOut: byId("sign-out"),
  joinForm: byId("join-form"),
  room: byId("room"),
  invite: byId("invite"),
  leave: byId("leave"),
  composer: byId("composer"),
  content: byId("content"),
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
  byId("chat").hidden = true;
  byId("sign-in").hidden = false;
  byId("sign-in-error").textContent = error;
  document.title = "Rooms";
  elements.username.focus();
}

export function showChat(username) {
  byId("sign-in").hidden = true;
  byId("chat").hidden = false;
  byId("me").textContent = username;
  document.title = `Rooms: ${username}`;
  elements.room.focus();
}

/** The conversations, with what is unread in each. */
export function showThreads(threads, current, choose) {
  replace(byId("threads"), threads.map((thread) => {
    const unread = thread.unread > 0 ? `${thread.unread} new` : "";
    const button = choice(thread.label, unread, "count unread", () => choose(thread));
    button.setAttribute("aria-current", String(thread === current));
    return element("li", {}, button);
  }));
}

/** Rooms that one could join: `{name, userCount}`. */
export function showOpenRooms(rooms, join) {
  byId("open-rooms").hidden = rooms.length === 0;
  replace(byId("rooms"), rooms.map(({ name, userCount }) => {
    const button = choice(name, String(userCount), "count", () => join(name));
    button.title = `Join ${name}`;
    return element("li", {}, button);
  }));
}

/** Everything about the conversation that is open, or that there is none. */
export function showThread(thread, me, write) {
  byId("bar").hidden = thread === null;
  byId("composer").hidden = thread === null;
  byId("title").textContent = thread?.label ?? "";
  elements.leave.textContent = thread?.kind === "person" ? "Close" : "Leave";
  elements.content.placeholder = thread?.kind === "person" ? `Private message to ${thread.label}` : "Message to the room";
  quietly(() => list.replaceChildren(...(thread?.items ?? [])));
  timeline.scrollTop = timeline.scrollHeight;
  showUsers(thread, me, write);
  showTyping(thread);
}

export function showUsers(thread, me, write) {
  byId("members").hidden = thread?.kind !== "room";
  const users = [...(thread?.users ?? [])].sort(([, a], [, b]) => a.localeCompare(b));
  const checked = new Set(invited());
  replace(byId("users"), users.map(([id, username]) => {
    if (id === me) {
      return element("li", {}, element("span", { textContent: `${username} (you)` }));
    }
    const box = element("input", { type: "checkbox", value: id, title: `Invite ${username}`, checked: checked.has(id) });
    box.setAttribute("aria-label", `Invite ${username}`);
    const button = element("button", { type: "button", textContent: username, title: `Write privately to ${username}` });
    button.addEventListener("click", () => write(id, username));
    return element("li", {}, box, button);
  }));
}

/** The ids of those whose boxes are ticked. */
export function invited() {
  return [...byId("users").querySelectorAll("input:checked")].map((box) => box.value);
}

export function clearInvited() {
  byId("users").querySelectorAll("input").forEach((box) => (box.checked = false));
}

export function showTyping(thread) {
  const names = [...(thread?.typing.values() ?? [])];
  const verb = names.length === 1 ? "is" : "are";
  byId("typing").textContent = names.length === 0 ? "" : `${names.join(", ")} ${verb} typing…`;
}

export function messageItem({ author, label = "", content, timestamp, kinds = [] }) {
  const header = element("header", {}, element("strong", { textContent: author }));
  header.append(element("span", { className: "label", textContent: label }));
  if (timestamp) {
    const time = new Date(timestamp);
    header.append(element("time", { dateTime: timestamp, title: time.toLocaleString(), textContent: clock.format(time) }));
  }
  return element("li", { className: ["message", ...kinds].join(" ") }, header, element("p", { textContent: content }));
}

export function eventItem(text, className = "event") {
  return element("li", { className, textContent: text });
}

export function markDelivered(item) {
  item.classList.remove("pending");
  item.querySelector(".label").textContent = "";
}

export function markFailed(item, reason) {
  item.classList.replace("pending", "failed");
  item.querySelector(".label").textContent = "";
  item.append(element("p", { className: "error", textContent: reason }));
}

/** Adds to the conversation that is open. Who has scrolled up to read is not torn away. */
export function append(item) {
  const atEnd = timeline.scrollHeight - timeline.scrollTop - timeline.clientHeight < 40;
  // What waits to be acknowledged stays last.
  list.insertBefore(item, item.classList.contains("pending") ? null : list.querySelector(".pending"));
  if (atEnd || item.classList.contains("own")) {
    timeline.scrollTop = timeline.scrollHeight;
  }
}

/** Shows what was said before. A screen reader reads out what is new, and not all of this. */
function quietly(show) {
  log.setAttribute("aria-busy", "true");
  show();
  log.setAttribute("aria-busy", "false");
}

function choice(label, count, countClass, onClick) {
  const button = element("button", { type: "button" });
  button.append(element("span", { textContent: label }), element("span", { className: countClass, textContent: count }));
  button.addEventListener("click", onClick);
  return button;
}

/** A list is made anew; who was in it with the keyboard stays where they were. */
function replace(parent, children) {
  const focusable = () => [...parent.querySelectorAll("button, input")];
  const place = focusable().indexOf(document.activeElement);
  parent.replaceChildren(...children);
  if (place >= 0) {
    (focusable()[place] ?? elements.content).focus();
  }
}

function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}
