// The client of ot.js, with its three states, on the wire of the collaborative editor (project 18).

import assert from "node:assert/strict";
import ot from "ot";
import { inCharacters, inUnits } from "./units.mjs";

const { Client, TextOperation } = ot;

export class ForeignClient extends Client {
  /** What the user sees, and what the server has at our revision: the same when nothing is under way. */
  text = "";
  #base = "";
  #link = null;
  #isGreeted = false;
  #isNew = true;
  #opId = null;
  #sent = 0;
  #resends = false;
  #converts;

  /** One that does not convert what it sends is wrong from the first emoji on. */
  constructor(name, user, converts) {
    super(0);
    this.#converts = converts;
    this.name = name;
    this.user = user;
    this.acknowledged = [];
  }

  get isSynchronized() {
    return this.state instanceof Client.Synchronized;
  }

  get hasBuffer() {
    return this.state instanceof Client.AwaitingWithBuffer;
  }

  get isConnected() {
    return this.#link !== null;
  }

  get link() {
    return this.#link;
  }

  /** The revision to resume from, if there has been a connection. */
  get known() {
    return this.#isNew ? null : this.revision;
  }

  /** The name of what is under way. */
  get pending() {
    return this.isSynchronized ? null : this.#opId;
  }

  connect(link) {
    this.#link = link;
    this.#isGreeted = false;
  }

  disconnect() {
    this.#link = null;
  }

  edit(operation) {
    this.text = operation.apply(this.text);
    this.applyClient(operation);
  }

  /** Hears one of the messages that wait in its link. */
  hear(message) {
    switch (message.type) {
      case "document":
        assert.ok(this.#isNew, `${this.name} was here, and is told the whole document`);
        assert.ok(this.isSynchronized);
        this.revision = message.revision;
        this.text = this.#base = message.content;
        this.#isNew = false;
        this.#isGreeted = true;
        break;
      case "missed-operations":
        message.operations.forEach((missed) => this.#advance(missed));
        this.#isGreeted = true;
        this.#resends = true;
        this.serverReconnect();
        this.#resends = false;
        break;
      case "document-updated":
        this.#advance(message);
        break;
      case "ack":
        if (message.opId === this.pending) {
          this.#confirm(message.revision);
        } else {
          // Sent again, although it had been applied: we have heard of it among the operations.
          assert.ok(this.acknowledged.includes(message.opId), `${this.name} is acknowledged what it has never sent: ${message.opId}`);
        }
        break;
      default:
        assert.fail(`${this.name} is told: ${JSON.stringify(message)}`);
    }
  }

  #advance({ revision, opId, userId, operation }) {
    const theirs = TextOperation.fromJSON(inUnits(operation, this.#base));
    if (opId === this.pending && userId === this.user.userId) {
      assert.deepEqual(theirs.toJSON(), this.state.outstanding.toJSON(), `${this.name}'s operation is not what the server made of it`);
      this.#confirm(revision);
      return;
    }
    assert.equal(revision, this.revision + 1, `${this.name} hears of another revision than the next`);
    this.#base = theirs.apply(this.#base);
    this.applyServer(theirs);
  }

  #confirm(revision) {
    assert.equal(revision, this.revision + 1, `${this.name} is acknowledged another revision than the next`);
    this.#base = this.state.outstanding.apply(this.#base);
    this.acknowledged.push(this.#opId);
    this.serverAck();
  }

  // What ot.js asks its user to define.

  sendOperation(revision, operation) {
    if (!this.#resends) {
      this.#sent += 1;
      this.#opId = `${this.name} ${this.#sent}`;
    }
    if (this.#isGreeted && this.#link !== null) {
      const units = operation.toJSON();
      const sent = this.#converts ? inCharacters(units, this.#base) : units;
      this.#link.up.push({ type: "operation", opId: this.#opId, revision, operation: sent });
    }
  }

  applyOperation(operation) {
    this.text = operation.apply(this.text);
  }
}
