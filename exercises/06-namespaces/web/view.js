// What is on the screen. Everything that people wrote goes in as `textContent`: it is text, and never markup.

const byId = (id) => document.getElementById(id);

export const elements = {
  signInForm: byId("sign-in-form"),
  username: byId("username"),
  signOut: byId("sign-out"),
  stay: byId("stay"),
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
  byId("app").hidden = true;
  byId("sign-in").hidden = false;
  byId("sign-in-error").textContent = error;
  document.title = "Chat and game";
  elements.username.focus();
}

export function showApp(username) {
  byId("sign-in").hidden = true;
  byId("app").hidden = false;
  byId("me").textContent = username;
  document.title = `Chat and game: ${username}`;
}

/** How long the token lasts, in milliseconds, or null when there is no connection. */
export function showTokenLeft(left) {
  byId("token-left").textContent = left === null ? "" : `Token: ${duration(left)}`;
}

/** How long nothing may be sent, in milliseconds. */
export function showLimit(left) {
  const limit = byId("limit");
  limit.hidden = left <= 0;
  const text = left <= 0 ? "" : `Too many messages. The next one is sent in ${Math.ceil(left / 1000)} s.`;
  if (limit.textContent !== text) {
    limit.textContent = text;
  }
}

function duration(milliseconds) {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 120) {
    return `${seconds} s`;
  }
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

/** One namespace's half of the page. */
export class Pane {
  #pane;
  #log;
  #held;
  #timeline;

  constructor(namespace) {
    this.#pane = document.querySelector(`.pane[data-namespace="${namespace}"]`);
    this.#log = this.find(".log");
    this.#held = this.find(".held");
    this.#timeline = this.find(".timeline");
  }

  find(selector) {
    return this.#pane.querySelector(selector);
  }

  on(selector, event, handle) {
    this.find(selector).addEventListener(event, (happened) => {
      happened.preventDefault();
      handle(happened);
    });
  }

  get room() {
    return this.find(".room").value;
  }

  /** What was written, which is then gone. */
  takeText() {
    const field = this.find(".text");
    const text = field.value;
    field.value = "";
    field.focus();
    return text;
  }

  showJoined(joined) {
    this.find(".membership").textContent = joined ? "Leave" : "Join";
  }

  clear() {
    this.#log.replaceChildren();
    this.showHeld([]);
    this.showJoined(false);
  }

  message(author, text, kind = "") {
    const header = element("header", {}, element("strong", { textContent: author }));
    this.#append(element("li", { className: `message ${kind}` }, header, element("p", { textContent: text })));
  }

  event(text) {
    this.#append(element("li", { className: "event", textContent: text }));
  }

  refused(code, text) {
    this.#append(element("li", { className: "refused", textContent: `Refused (${code}): ${text}` }));
  }

  /** What waits to be sent. */
  showHeld(texts) {
    this.#held.replaceChildren(...texts.map((text) => element("li", { className: "message own pending" }, element("p", { textContent: text }))));
    this.#scroll();
  }

  #append(item) {
    this.#log.append(item);
    this.#scroll();
  }

  #scroll() {
    this.#timeline.scrollTop = this.#timeline.scrollHeight;
  }
}

function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}
