// One document as this page has it: the server's text, what is under way to it, and what is not sent yet.

import { apply, compose, difference, divide, isIdle, transform, transformCursor } from "./operation.js";

// ANCHOR: all
/** A message has at most 64 KiB, and as JSON a character may have six bytes. */
const MOST_INSERTED = 8000;

/**
 * `send` sends a message if there is a connection; `newId` makes a name for an operation; `onChange(operation)` hears what others
 * have changed, or null when all of the text is another; `onLost(text)` hears of text that the server has no longer, and
 * `onRefused(message)` why something was not taken.
 */
export class SharedDocument {
  #host;
  /** What the server has at `revision`. */
  #base = "";
  #epoch = null;
  #revision = 0;
  /** `{opId, operation}`: sent, and not yet acknowledged. It is made for #base. */
  #outstanding = null;
  /** Made after it, and not yet sent: an operation on what #outstanding leaves. */
  #buffer = null;
  /** A newer text of the server's, `{content, revision}`, while we ask whether #outstanding is in it. */
  #snapshot = null;

  constructor(docId, userId, host) {
    this.docId = docId;
    this.userId = userId;
    this.text = "";
    this.#host = host;
  }

  get isSaved() {
    return this.#epoch !== null && this.#outstanding === null;
  }

  /** The last revision of the server's that we have, or null if we have none. */
  get revision() {
    return this.#epoch === null ? null : this.#revision;
  }

  /** Where a place in the server's text is in ours, which has what is not sent yet. */
  toLocal(cursor) {
    const ours = [this.#outstanding?.operation, this.#buffer].filter((operation) => operation != null);
    return ours.reduce(transformCursor, cursor);
  }

  /** There is a connection, and it is a new one. */
  connected() {
    const { docId } = this;
    this.#snapshot = null;
    const known = this.#epoch === null ? { type: "open", docId } : { type: "resume", docId, epoch: this.#epoch, revision: this.#revision };
    this.#host.send(known);
  }

  /** The user has changed the text. */
  edit(operation) {
    this.text = apply(operation, this.text);
    this.#buffer = this.#buffer === null ? operation : compose(this.#buffer, operation);
    this.#flush();
  }

  receive(message) {
    switch (message.type) {
      case "document":
        return this.#replace(message);
      case "missed-operations":
        message.operations.forEach((missed) => this.#advance(missed));
        this.#send();
        return this.#flush();
      case "document-updated":
        return this.#advance(message);
      case "ack":
        return this.#acknowledge(message);
      case "error":
        return this.#refused(message);
    }
  }

  /** Sends what is not sent yet, unless something is under way. */
  #flush() {
    if (this.#epoch === null || this.#outstanding !== null || this.#buffer === null) {
      return;
    }
    const [first, rest] = divide(this.#buffer, MOST_INSERTED);
    this.#outstanding = { opId: this.#host.newId(), operation: first };
    this.#buffer = isIdle(rest) ? null : rest;
    this.#send();
  }

  /** Sends what is under way, perhaps again: under the same name it is applied once. */
  #send() {
    if (this.#outstanding !== null) {
      const { docId } = this;
      this.#host.send({ type: "operation", docId, revision: this.#revision, ...this.#outstanding });
    }
  }

  /** The next revision of the server's. */
  #advance({ revision, opId, userId, operation }) {
    if (this.#snapshot !== null) {
      this.#snapshot = { content: apply(operation, this.#snapshot.content), revision };
      return;
    }
    this.#revision = revision;
    this.#base = apply(operation, this.#base);
    if (opId === this.#outstanding?.opId && userId === this.userId) {
      this.#settle(); // sent on a connection that was lost before the acknowledgement
      return;
    }
    let theirs = operation;
    if (this.#outstanding !== null) {
      [this.#outstanding.operation, theirs] = transform(this.#outstanding.operation, theirs);
    }
    if (this.#buffer !== null) {
      [this.#buffer, theirs] = transform(this.#buffer, theirs);
    }
    this.text = apply(theirs, this.text);
    this.#host.onChange(theirs);
  }

  #acknowledge({ opId, revision }) {
    if (opId !== this.#outstanding?.opId) {
      return; // sent twice, and known by now
    }
    if (this.#snapshot !== null) {
      this.#rebase(true);
      return;
    }
    this.#revision = revision;
    this.#base = apply(this.#outstanding.operation, this.#base);
    this.#settle();
  }

  #settle() {
    this.#outstanding = null;
    this.#flush();
  }

  /** The whole text, because we are new or were away for too long. */
  #replace({ epoch, revision, content }) {
    const isSame = epoch === this.#epoch;
    if (isSame && (this.#outstanding !== null || this.#buffer !== null)) {
      this.#snapshot = { content, revision };
      if (this.#outstanding === null) {
        this.#rebase(false);
      } else {
        this.#send(); // an acknowledgement says that it is in the text, an error that it is not
      }
      return;
    }
    if (!isSame && this.#epoch !== null && this.text !== "" && this.text !== content) {
      this.#host.onLost(this.text);
    }
    // What was written before there was a text to write in follows it.
    const early = this.#epoch === null ? this.text : "";
    this.#outstanding = null;
    this.#buffer = null;
    this.#adopt({ content, revision }, epoch);
    if (early !== "") {
      this.edit(difference(content, content + early));
      this.#host.onChange(null);
    }
  }

  #adopt({ content, revision }, epoch = this.#epoch) {
    this.#epoch = epoch;
    this.#revision = revision;
    this.#base = content;
    this.text = content;
    this.#snapshot = null;
    this.#host.onChange(null);
  }

  /** Takes what we have not sent, or the server has not got, over to a newer text: the difference is one operation of theirs. */
  #rebase(isIn) {
    const snapshot = this.#snapshot;
    const sent = this.#outstanding?.operation ?? difference(this.#base, this.#base);
    const from = isIn ? apply(sent, this.#base) : this.#base;
    const later = this.#buffer ?? difference(apply(sent, this.#base), apply(sent, this.#base));
    const ours = isIn ? later : compose(sent, later);
    const [pending] = transform(ours, difference(from, snapshot.content));
    this.#outstanding = null;
    this.#buffer = null;
    this.#adopt(snapshot);
    if (!isIdle(pending)) {
      this.edit(pending);
      this.#host.onChange(null);
    }
  }

  #refused({ code, message, opId }) {
    if (opId === null || opId !== this.#outstanding?.opId) {
      if (opId === null) {
        this.#host.onRefused(message);
      }
      return;
    }
    if (code === "revision-too-old" && this.#snapshot !== null) {
      this.#rebase(false);
    } else if (code === "revision-too-old") {
      this.#send(); // it has been transformed over all that came before this error
    } else {
      this.#outstanding = null;
      this.#buffer = null;
      this.#adopt({ content: this.#base, revision: this.#revision });
      this.#host.onRefused(message);
    }
  }
}
// ANCHOR_END: all
