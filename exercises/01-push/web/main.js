// The page: a column for each way to read the feed, and a form to post.

import { events, longPolling, shortPolling, webSocket } from "./transports.js";

const WAYS = [
  ["Short polling", shortPolling],
  ["Long polling", longPolling],
  ["Server-sent events", events],
  ["WebSocket", webSocket],
];
const STATES = { connecting: "Connecting…", connected: "Connected", waiting: "Offline, trying again", stopped: "Stopped" };
const SHOWN = 200;

for (const [name, read] of WAYS) {
  column(name, read);
}

function column(name, read) {
  const section = document.getElementById("way").content.firstElementChild.cloneNode(true);
  const [title, state, list, toggle] = ["h2", ".state", "ol", ".toggle"].map((selector) => section.querySelector(selector));
  title.textContent = name;
  section.ariaLabel = name;
  list.ariaLabel = `Posts by ${name}`;
  const count = (what, more) => {
    const shown = section.querySelector(`[data-count="${what}"]`);
    shown.textContent = Number(shown.textContent) + more;
  };
  const show = (text, isGap) => {
    const item = document.createElement("li");
    item.textContent = text;
    item.classList.toggle("gap", isGap);
    list.prepend(item);
    if (list.childElementCount > SHOWN) {
      list.lastElementChild.remove();
    }
  };
  const setState = (to) => {
    state.dataset.state = to;
    state.textContent = STATES[to];
  };
  const hears = {
    onState: setState,
    onRequest: () => count("requests", 1),
    onBytes: (bytes) => count("bytes", bytes),
    onGap: () => show("Some posts are missing here.", true),
    onPost(post) {
      count("posts", 1);
      show(post.text, false);
    },
  };
  let way = read(0, hears);
  let running = true;
  toggle.addEventListener("click", () => {
    running = !running;
    toggle.textContent = running ? "Stop" : "Go on";
    if (running) {
      way = read(way.cursor, hears);
    } else {
      way.stop();
      setState("stopped");
    }
  });
  document.getElementById("ways").append(section);
}

const form = document.getElementById("post-form");
const text = document.getElementById("text");
const error = document.getElementById("post-error");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  error.textContent = "";
  let response;
  try {
    response = await fetch("/feed", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ text: text.value }),
    });
  } catch {
    error.textContent = "The server cannot be reached.";
    return;
  }
  if (response.ok) {
    text.value = "";
  } else {
    const body = await response.json().catch(() => ({}));
    error.textContent = body.message ?? `The server answered with ${response.status}.`;
  }
  text.focus();
});
