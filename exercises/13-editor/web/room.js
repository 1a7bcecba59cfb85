// One document, as this page has it open: the connection, the text, those who are there, and what is to be undone.

import { Connection } from "./connection.js";
import { SharedDocument } from "./document.js";
import { transformCursor } from "./operation.js";
import { isRefused } from "./session.js";

/**
 * `surface` is where one types. `onState` hears how the connection is, `onChange()` that something is to be shown anew, `onLost(text)`
 * of text that could not be kept, `onProblem(message)` what went wrong, `onJoined()` that someone
 * has come, and `onRole(role)` what one may do from now on.
 */
export class Room {
  #session;
  #surface;
  #host;
  #shared;
  #connection;
  #connected = false;
  /** `{type, opId}`: an undo that was asked for and is not answered, and those that wait for it. */
  #undoing = null;
  #wanted = [];
  #pointed = null;
  #sessionId = null;
  /** By session. Their cursors are places in the text as it is shown. */
  participants = new Map();
  role = null;
  title = "";

  constructor(session, docId, surface, host) {
    this.#session = session;
    this.#surface = surface;
    this.#host = host;
    this.docId = docId;
    this.#shared = new SharedDocument(docId, session.userId, {
      // A connection is opened with what we know: there is nothing else to say first.
      send: (message) => message.type === "operation" && this.#send(message),
      newId: () => crypto.randomUUID(),
      onChange: (operation) => this.#show(operation),
      onLost: host.onLost,
      onRefused: (message) => host.onProblem(`Not taken: ${message}`),
    });
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const url = () => {
      const known = this.#shared.revision === null ? "" : `&revision=${this.#shared.revision}`;
      return `${scheme}//${location.host}/ws/${encodeURIComponent(docId)}?token=${encodeURIComponent(session.token)}${known}`;
    };
    this.#connection = new Connection(url, {
      onState: (state) => {
        this.#connected = state === "connected";
        host.onState(state);
      },
      onMessage: (message) => this.#receive(message),
      isRefused: () => isRefused(`/api/documents/${encodeURIComponent(docId)}`, session.token),
    });
  }

  get isSaved() {
    return this.#shared.isSaved && this.#undoing === null;
  }

  get text() {
    return this.#shared.text;
  }

  close() {
    this.#connection.stop();
  }

  /** The user has typed. */
  edit(operation) {
    this.#move(operation, this.#sessionId);
    this.#shared.edit(operation);
    this.#host.onChange();
  }

  /** The user has moved the cursor. The server is told when it has all of the text that the cursor stands in. */
  point() {
    const { anchor, head } = this.#surface.selection;
    const place = `${anchor} ${head} ${this.#shared.revision}`;
    if (!this.#connected || !this.#shared.isSaved || place === this.#pointed) {
      return;
    }
    this.#pointed = place;
    this.#send({ type: "cursor", revision: this.#shared.revision, anchor, head });
  }

  /** `what` is "undo" or "redo". It is about what the server has, so it waits until all of it is there. */
  history(what) {
    this.#wanted.push(what);
    this.#next();
  }

  #next() {
    if (this.#undoing === null && this.#wanted.length > 0 && this.#connected && this.#shared.isSaved) {
      this.#undoing = { type: this.#wanted.shift(), opId: crypto.randomUUID() };
      this.#send(this.#undoing);
    }
  }

  #send(message) {
    return this.#connection?.send(message) ?? false;
  }

  #receive(message) {
    if (this.#surface.waits(() => this.#receive(message))) {
      return;
    }
    if (message.type === "document" || message.type === "missed-operations") {
      this.#greeted(message);
    }
    // A document's name is given once, and its revisions are never counted anew: it is its own epoch.
    this.#shared.receive(message.type === "document" ? { ...message, epoch: message.docId } : message);
    if (this.#undoing !== null && message.opId === this.#undoing.opId) {
      this.#undoing = null;
    }
    switch (message.type) {
      case "document":
      case "missed-operations":
        this.participants = new Map(message.participants.map((one) => [one.sessionId, this.#local(one)]));
        if (this.#undoing !== null) {
          this.#send(this.#undoing);
        }
        break;
      case "participant-joined":
        this.participants.set(message.participant.sessionId, message.participant);
        this.#host.onJoined();
        break;
      case "participant-left":
        this.participants.delete(message.sessionId);
        break;
      case "cursor": {
        const one = this.participants.get(message.sessionId);
        if (one !== undefined) {
          this.participants.set(message.sessionId, this.#local({ ...one, cursor: message }));
        }
        break;
      }
      case "role-changed":
        this.#may(message.role);
        break;
      case "error":
        this.#failed(message);
    }
    this.#next();
    this.point();
    this.#showCursors();
    this.#host.onChange();
  }

  #greeted({ sessionId, title, role }) {
    this.#sessionId = sessionId;
    this.#pointed = null;
    this.title = title;
    this.#connection.greeted();
    this.#shared.connected();
    this.#may(role);
  }

  #may(role) {
    this.role = role;
    this.#surface.readOnly = role !== "editor" && role !== "owner";
    if (role === null) {
      this.close();
    }
    this.#host.onRole(role);
  }

  #failed({ code, message }) {
    if (code === "nothing-to-undo" || code === "nothing-to-redo" || code === "forbidden") {
      this.#host.onProblem(message);
    }
  }

  /** The same participant, with the cursor where it is in the text that is shown. */
  #local(one) {
    const cursor = one.cursor && { anchor: this.#shared.toLocal(one.cursor.anchor), head: this.#shared.toLocal(one.cursor.head) };
    return { ...one, cursor };
  }

  #show(operation) {
    if (operation === null) {
      this.#surface.setText(this.#shared.text);
    } else {
      this.#surface.change(operation, this.#shared.text);
      this.#move(operation, null);
    }
  }

  #move(operation, except) {
    for (const [id, one] of this.participants) {
      if (one.cursor !== null && id !== except) {
        const { anchor, head } = one.cursor;
        this.participants.set(id, { ...one, cursor: { anchor: transformCursor(anchor, operation), head: transformCursor(head, operation) } });
      }
    }
  }

  #showCursors() {
    const others = [...this.participants.values()].filter((one) => one.sessionId !== this.#sessionId && one.cursor !== null);
    this.#surface.showCursors(others.map(({ username, color, cursor }) => ({ username, color, ...cursor })));
  }

  /** Those who are there, each user once, this one first. */
  get people() {
    const people = new Map();
    const own = ({ userId }) => userId === this.#session.userId;
    for (const one of [...this.participants.values()].sort((a, b) => own(b) - own(a))) {
      people.set(one.userId, { ...one, own: own(one) });
    }
    return [...people.values()];
  }
}
