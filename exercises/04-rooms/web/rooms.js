// What this tab knows: its conversations, and what it has sent and not heard about yet.

/** A room, or one person to whom we write. */
class Thread {
  users = new Map();
  typing = new Map();
  /** The `seq` of the last message that we have seen, or null before the first. */
  seq = null;
  /** The elements on the screen, in order. */
  items = [];
  unread = 0;
  /** It is to be opened once it is joined. */
  wanted = false;
  /** On this connection. */
  joined = false;
  /** What was missed has been asked for and has not come yet. */
  catchingUp = false;

  constructor(key, kind, label) {
    Object.assign(this, { key, kind, label });
  }
}

export class Threads {
  #threads = new Map();

  get(key) {
    return this.#threads.get(key);
  }

  room(name, label = name) {
    return this.#ensure(name, "room", label);
  }

  person(id, username) {
    return this.#ensure(`@${id}`, "person", username);
  }

  #ensure(key, kind, label) {
    if (!this.#threads.has(key)) {
      this.#threads.set(key, new Thread(key, kind, label));
    }
    return this.#threads.get(key);
  }

  remove(key) {
    this.#threads.delete(key);
  }

  all() {
    return [...this.#threads.values()];
  }

  rooms() {
    return this.all().filter((thread) => thread.kind === "room");
  }
}

/** Messages that were not acknowledged yet. They are sent again after each reconnect, under the same `clientId`. */
export class Unacknowledged {
  #items = new Map();

  add(message, item) {
    this.#items.set(message.clientId, { message, item });
  }

  /** The item of a message that was acknowledged or refused, or undefined. It is not sent again. */
  settle(clientId) {
    const found = this.#items.get(clientId);
    this.#items.delete(clientId);
    return found?.item;
  }

  /** All of them, in the order in which they were written. */
  messages() {
    return [...this.#items.values()].map(({ message }) => message);
  }
}

/** Those of `messages` that are new to a room, which then has seen them. */
export function unseen(thread, messages) {
  const found = messages.filter(({ seq }) => thread.seq === null || seq > thread.seq);
  if (found.length > 0) {
    thread.seq = found.at(-1).seq;
  }
  return found;
}
