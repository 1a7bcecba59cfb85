// The page: files go in, and each gets a line with a bar.

import { Connection } from "./connection.js";
import { Sha256 } from "./sha256.js";
import { Uploader } from "./uploader.js";

const HASH_PIECE = 1024 * 1024;

const byId = (id) => document.getElementById(id);
const lines = new Map();
/** Made after the connection, which tells of its first state at once. */
let uploader = null;

const STATES = {
  connecting: "Connecting…",
  connected: "Connected",
  waiting: "Offline, trying again",
  ended: "Disconnected",
};

const remembered = {
  get: (key) => localStorage.getItem(key),
  set: (key, id) => localStorage.setItem(key, id),
  delete: (key) => localStorage.removeItem(key),
};

const scheme = location.protocol === "https:" ? "wss:" : "ws:";
const connection = new Connection(`${scheme}//${location.host}/ws`, {
  onState(state) {
    const status = byId("status");
    status.dataset.state = state;
    // Said once: a live region reads out each change.
    if (status.textContent !== STATES[state]) {
      status.textContent = STATES[state];
    }
    if (state !== "connected") {
      uploader?.lost();
    }
  },
  onOpen() {
    // This server says nothing first.
    connection.greeted();
    uploader.opened();
  },
  onMessage: (message) => uploader.receive(message),
  isRefused: async () => false,
});

uploader = new Uploader({ connection, onChange: (upload) => lines.get(upload)?.(upload), remembered });

async function take(file) {
  const show = newLine(file);
  if (file.size === 0) {
    show({ state: "failed", reason: "the file is empty" });
    return;
  }
  let sha256;
  try {
    sha256 = await hash(file, (offset) => show({ state: "hashing", offset }));
  } catch {
    show({ state: "failed", reason: "the file cannot be read" });
    return;
  }
  const upload = uploader.add(file, sha256);
  lines.set(upload, show);
  show(upload);
}

/** Piece by piece: the file need not fit into memory, and the page stays alive meanwhile. */
async function hash(file, onProgress) {
  const sum = new Sha256();
  for (let offset = 0; offset < file.size; offset += HASH_PIECE) {
    onProgress(offset);
    sum.update(new Uint8Array(await file.slice(offset, offset + HASH_PIECE).arrayBuffer()));
  }
  return sum.hex();
}

const TEXTS = {
  hashing: () => "Reading…",
  waiting: ({ offset }) => (offset > 0 ? "Paused" : "Waiting"),
  sending: ({ offset }, file) => `${Math.floor((offset / file.size) * 100)} %`,
  complete: () => "Complete",
  failed: ({ reason }) => `Failed: ${reason}`,
};

/** Puts a line on the screen, and returns what shows an upload's state in it. */
function newLine(file) {
  const name = element("span", { className: "name", textContent: file.name, title: file.name });
  const bar = element("progress", { max: file.size, value: 0 });
  bar.setAttribute("aria-label", `Progress of ${file.name}`);
  const state = element("span", { className: "state" });
  const action = element("span", { className: "action" });
  const item = element("li", { className: "upload" }, name, element("span", { className: "size", textContent: sizeOf(file) }), bar, state, action);
  byId("uploads").prepend(item);
  return (upload) => {
    const changed = item.dataset.state !== upload.state;
    item.dataset.state = upload.state;
    bar.value = upload.offset ?? 0;
    state.textContent = TEXTS[upload.state](upload, file);
    if (!changed) {
      return;
    }
    if (upload.state === "complete") {
      action.replaceChildren(element("a", { href: `/files/${upload.id}`, download: file.name, textContent: "Download" }));
    } else if (upload.state === "failed" && upload.sha256 !== undefined) {
      const retry = element("button", { type: "button", textContent: "Try again" });
      retry.addEventListener("click", () => uploader.retry(upload));
      action.replaceChildren(retry);
    } else {
      action.replaceChildren();
    }
  };
}

const UNITS = ["bytes", "KiB", "MiB", "GiB"];

function sizeOf({ size }) {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log2(Math.max(size, 1)) / 10));
  return `${(size / 1024 ** power).toFixed(power === 0 ? 0 : 1)} ${UNITS[power]}`;
}

function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

byId("files").addEventListener("change", ({ target }) => {
  [...target.files].forEach(take);
  target.value = ""; // the same file can be chosen again
});

const holdsFiles = (event) => event.dataTransfer?.types.includes("Files");
addEventListener("dragover", (event) => {
  if (holdsFiles(event)) {
    event.preventDefault();
    document.body.classList.add("dragging");
  }
});
addEventListener("dragleave", (event) => {
  if (event.relatedTarget === null) {
    document.body.classList.remove("dragging");
  }
});
addEventListener("drop", (event) => {
  if (holdsFiles(event)) {
    event.preventDefault();
    document.body.classList.remove("dragging");
    [...event.dataTransfer.files].forEach(take);
  }
});
