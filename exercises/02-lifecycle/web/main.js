// One WebSocket, and everything that its page gets to see of it.

import { mayBeSentByAPage, meaningOf } from "./close-codes.js";

const elements = Object.fromEntries([...document.querySelectorAll("[id]")].map((element) => [element.id, element]));
const STATES = ["Connecting", "Open", "Closing", "Closed"];
const LONGEST_SHOWN = 2000;
/** `crypto.getRandomValues` takes no more at once. */
const RANDOM_CHUNK = 65_536;

let socket = null;
let opened = null;
let messages = 0;

function connect(path) {
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  const url = `${scheme}//${location.host}${path}`;
  add("own", "connects", path);
  opened = performance.now();
  const connection = new WebSocket(url);
  connection.binaryType = "arraybuffer";
  socket = connection;
  connection.onopen = () => {
    add("event", "open", `101 Switching Protocols, after ${since(opened)}`);
    showState();
  };
  connection.onmessage = ({ data }) => add("theirs", ...described(data));
  connection.onerror = () => add("event failed", "error", "A page is not told what went wrong.");
  connection.onclose = ({ code, reason, wasClean }) => {
    const how = wasClean ? "clean: each side sent a close frame" : "not clean: the other side sent no close frame, or never got ours";
    add(wasClean ? "event" : "event failed", `closed ${code}${reason === "" ? "" : ` “${reason}”`}`, `${meaningOf(code)} (${how})`);
    showState();
  };
  showState();
}

function send(data) {
  if (socket?.readyState !== WebSocket.OPEN) {
    // `send` would drop it without a word, or throw.
    add("event failed", "not sent", "The connection is not open.");
    return;
  }
  socket.send(data);
  add("own", ...described(data));
}

/** A message's kind and what to show of it. */
function described(data) {
  if (typeof data === "string") {
    const bytes = new TextEncoder().encode(data).length;
    const text = data.length > LONGEST_SHOWN ? `${data.slice(0, LONGEST_SHOWN)} … (${data.length} characters in all)` : data;
    return [`text, ${count(bytes, "byte")}`, text];
  }
  const bytes = new Uint8Array(data.buffer ?? data);
  const hex = [...bytes.subarray(0, 24)].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
  return [`binary, ${count(bytes.length, "byte")}`, bytes.length > 24 ? `${hex} …` : hex];
}

const count = (n, what) => `${n.toLocaleString("en-GB")} ${what}${n === 1 ? "" : "s"}`;
const since = (start) => `${(performance.now() - start).toFixed(1)} ms`;

function add(kind, what, text) {
  const item = document.createElement("li");
  item.className = kind;
  const head = document.createElement("strong");
  head.textContent = what;
  const time = document.createElement("time");
  time.textContent = opened === null ? "" : since(opened);
  const body = document.createElement("p");
  body.textContent = text;
  item.append(head, time, body);
  const atEnd = elements.timeline.scrollHeight - elements.timeline.scrollTop - elements.timeline.clientHeight < 40;
  elements.events.append(item);
  if (atEnd) {
    elements.timeline.scrollTop = elements.timeline.scrollHeight;
  }
}

function showState() {
  const state = socket?.readyState ?? WebSocket.CLOSED;
  for (const item of elements.states.children) {
    const current = Number(item.dataset.state) === state;
    item.toggleAttribute("data-current", current);
    if (current) {
      item.setAttribute("aria-current", "step");
    } else {
      item.removeAttribute("aria-current");
    }
  }
  elements.status.textContent = STATES[state];
  elements.connect.textContent = state === WebSocket.CLOSED ? "Connect" : "Connect again";
}

const TEMPLATES = {
  join: () => ({ type: "join", username: "mira" }),
  "send-message": () => ({ type: "send-message", clientId: `page ${(messages += 1)}`, content: "Hello!" }),
  leave: () => ({ type: "leave" }),
};

elements["connect-form"].addEventListener("submit", (event) => {
  event.preventDefault();
  if (socket !== null && socket.readyState <= WebSocket.OPEN) {
    socket.onclose = socket.onerror = null;
    socket.close(1000);
    add("own", "closes 1000", "for another connection");
  }
  connect(elements.path.value);
});

elements["send-form"].addEventListener("submit", (event) => {
  event.preventDefault();
  send(elements.text.value);
});

elements["send-bytes"].addEventListener("click", () => send(new TextEncoder().encode(elements.text.value)));

elements["send-random"].addEventListener("click", () => {
  const bytes = new Uint8Array(Number(elements.size.value));
  for (let at = 0; at < bytes.length; at += RANDOM_CHUNK) {
    crypto.getRandomValues(bytes.subarray(at, at + RANDOM_CHUNK));
  }
  send(bytes);
});

elements["close-form"].addEventListener("submit", (event) => {
  event.preventDefault();
  const code = Number(elements.code.value);
  if (socket === null || socket.readyState > WebSocket.OPEN) {
    add("event failed", "not closed", "There is no open connection.");
  } else if (!mayBeSentByAPage(code)) {
    add("event failed", "not closed", `A browser lets a page send 1000 and 3000 to 4999. ${code}: ${meaningOf(code)}`);
  } else {
    try {
      socket.close(code, elements.reason.value);
      add("own", `closes ${code}`, meaningOf(code));
    } catch (error) {
      add("event failed", "not closed", error.message); // a reason of more than 123 bytes
    }
    showState();
  }
});

for (const button of elements.templates.querySelectorAll("button")) {
  button.addEventListener("click", () => {
    elements.text.value = JSON.stringify(TEMPLATES[button.dataset.template]());
    elements.text.focus();
  });
}

elements.path.addEventListener("change", () => (elements.templates.hidden = elements.path.value !== "/chat"));
elements.templates.hidden = elements.path.value !== "/chat";
showState();
