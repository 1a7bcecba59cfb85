// The editor: signing in, the list of documents, and one that is open. `#link=LINK` follows a link, `#DOCID` opens a document.

import { request } from "./api.js";
import { Sharing, Versions, element, showPeople } from "./panels.js";
import { Room } from "./room.js";
import { forgetSession, signIn, storedSession } from "./session.js";
import { surface } from "./surface.js";

const elements = Object.fromEntries([...document.querySelectorAll("[id]")].map((one) => [one.id, one]));
const STATES = { connecting: "Connecting…", connected: "Connected", waiting: "Offline: your text is sent later", ended: "Signed out" };
const ROLES = { owner: "You own this document.", editor: "You may write.", viewer: "You may look." };

let session = null;
let room = null;
let sharing = null;
let versions = null;
/** Counts openings, so that one that takes its time does not open what nobody wants any more. */
let openings = 0;

const typing = surface(elements.surface, {
  onEdit: (operation) => room?.edit(operation),
  onSelect: () => room?.point(),
  onHistory: (what) => room?.history(what),
});

const problem = (message) => (elements.problem.textContent = message);
const failed = (error) => (error.status === 401 ? end("Your session has ended. Sign in again.") : problem(error.message));

function start(newSession) {
  session = newSession;
  elements.me.textContent = session.username;
  elements["sign-in"].hidden = true;
  elements.editor.hidden = false;
  route();
}

function end(reason = "") {
  leave();
  session = null;
  forgetSession();
  elements["sign-in-error"].textContent = reason;
  elements["sign-in"].hidden = false;
  elements.editor.hidden = true;
  elements.username.focus();
}

function leave() {
  openings += 1;
  room?.close();
  room = null;
}

/** Shows what the address asks for. */
async function route() {
  leave();
  problem("");
  const place = decodeURIComponent(location.hash.slice(1));
  const link = place.startsWith("link=") ? place.slice("link=".length) : null;
  if (link !== null) {
    try {
      const { docId } = await request(session, "POST", `/api/links/${encodeURIComponent(link)}`);
      location.replace(`#${docId}`);
    } catch (error) {
      history.replaceState(null, "", "#");
      showDocuments();
      failed(error);
    }
  } else if (place === "") {
    showDocuments();
  } else {
    open(place);
  }
}

async function showDocuments() {
  const opening = openings;
  elements.title.textContent = "Documents";
  document.title = "Editor";
  elements.status.textContent = "";
  elements.status.dataset.state = "connected";
  elements.saved.textContent = "";
  elements.documents.hidden = false;
  elements.open.hidden = elements.all.hidden = true;
  try {
    const documents = await request(session, "GET", "/api/documents");
    if (opening === openings) {
      elements["document-list"].replaceChildren(
        ...documents.map(({ docId, title, role }) => {
          const item = element("li", "");
          item.append(element("button", title, { type: "button", title: ROLES[role], onclick: () => (location.hash = docId) }));
          return item;
        }),
      );
    }
  } catch (error) {
    failed(error);
  }
}

async function open(docId) {
  const opening = openings;
  try {
    await request(session, "GET", `/api/documents/${encodeURIComponent(docId)}`);
  } catch (error) {
    if (opening !== openings) {
      return;
    }
    if (error.status !== undefined) {
      history.replaceState(null, "", "#");
      showDocuments();
      failed(error);
      return;
    }
    problem(error.message);
  }
  const where = await typing;
  if (opening !== openings) {
    return;
  }
  where.setText("");
  elements.documents.hidden = true;
  elements.open.hidden = elements.all.hidden = false;
  elements.lost.hidden = true;
  sharing = new Sharing(session, docId, elements, failed);
  versions = new Versions(session, docId, elements, failed);
  room = new Room(session, docId, where, { onState, onChange, onLost, onRole, onJoined, onProblem: problem });
  where.focus();
}

function onState(state) {
  if (state === "ended") {
    end("Your session has ended. Sign in again.");
    return;
  }
  elements.status.textContent = STATES[state];
  elements.status.dataset.state = state;
}

function onChange() {
  elements.title.textContent = room.title;
  document.title = room.title === "" ? "Editor" : `${room.title} – Editor`;
  elements.saved.textContent = room.isSaved ? "All of it is on the server." : "Not all of it is on the server yet.";
  showPeople(elements.participants, room.people);
}

function onRole(role) {
  if (role === null) {
    elements.status.textContent = "No longer shared with you";
    elements.status.dataset.state = "ended";
    problem("The document is shared with you no longer.");
  }
  const writes = role === "owner" || role === "editor";
  elements.role.textContent = ROLES[role] ?? "";
  elements.undo.disabled = elements.redo.disabled = !writes;
  elements["version-form"].hidden = !writes;
  elements.sharing.hidden = role !== "owner";
  versions.mayRestore = writes;
  if (role !== null) {
    versions.show();
  }
  if (role === "owner") {
    sharing.show();
  }
}

/** Whoever comes may have followed a link. */
function onJoined() {
  if (room.role === "owner") {
    sharing.show();
  }
}

function onLost(lost) {
  elements["lost-text"].value = lost;
  elements.lost.hidden = false;
}

elements["sign-in-form"].addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    start(await signIn(elements.username.value));
  } catch (error) {
    elements["sign-in-error"].textContent = error.message;
  }
});
elements["create-form"].addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    const { docId } = await request(session, "POST", "/api/documents", { title: elements["new-title"].value });
    elements["new-title"].value = "";
    location.hash = docId;
  } catch (error) {
    failed(error);
  }
});
for (const what of ["undo", "redo"]) {
  elements[what].addEventListener("click", () => room?.history(what));
}
elements["lost-close"].addEventListener("click", () => (elements.lost.hidden = true));
elements.all.addEventListener("click", () => (location.hash = ""));
elements["sign-out"].addEventListener("click", () => end());
addEventListener("hashchange", () => session !== null && route());

const stored = storedSession();
if (stored === null) {
  elements["sign-in"].hidden = false;
  elements.username.focus();
} else {
  start(stored);
}
