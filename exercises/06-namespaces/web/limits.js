// What may not be sent yet: messages that came too fast, and those behind them.

/** So many messages are remembered, in case they are refused. The server does not say what it has let through. */
const REMEMBERED = 100;

/**
 * Sends messages in order, and those that were refused once more after the time that the server asked for.
 *
 * `send` sends one message and says whether it could; `now` is a clock in milliseconds.
 */
export class Paced {
  #send;
  #now;
  /** What was sent and may still be refused: `{order, message}` by `clientId`. */
  #sent = new Map();
  /** What waits: `{order, message}`, in order. */
  #held = [];
  #offered = 0;
  #front = 0;
  #blockedUntil = 0;
  /** After a refusal one message is sent at a time, until all that waited is gone. */
  #careful = false;

  constructor(send, now = () => performance.now()) {
    this.#send = send;
    this.#now = now;
  }

  /** Sends it, or keeps it until that is possible. */
  offer(message) {
    this.#offered += 1;
    const behind = this.#held.length > 0;
    this.#held.push({ order: this.#offered, message });
    if (!behind) {
      this.release();
    }
  }

  /** Sends these before all that waits: what must have happened before the rest makes sense. */
  first(messages) {
    this.#front -= messages.length;
    this.#held.unshift(...messages.map((message, index) => ({ order: this.#front + index, message })));
    this.release();
  }

  /**
   * The message of this name was refused. If it came too fast it is sent again, after `retryAfter` milliseconds and
   * before all that was offered later, and `true` is returned; else it is given up.
   */
  refused(clientId, retryAfter) {
    const sent = this.#sent.get(clientId);
    this.#sent.delete(clientId);
    if (retryAfter === undefined) {
      return false;
    }
    this.#blockedUntil = Math.max(this.#blockedUntil, this.#now() + retryAfter);
    this.#careful = true;
    if (sent !== undefined) {
      this.#held.push(sent);
      this.#held.sort((a, b) => a.order - b.order);
    }
    return true;
  }

  /** Sends what may be sent. To be called again and again. */
  release() {
    while (this.#held.length > 0 && this.left() === 0) {
      const [next] = this.#held;
      if (!this.#send(next.message)) {
        return;
      }
      this.#held.shift();
      this.#remember(next);
      if (this.#careful) {
        break;
      }
    }
    this.#careful &&= this.#held.length > 0;
  }

  /** How many milliseconds it is until something may be sent. */
  left() {
    return Math.max(0, this.#blockedUntil - this.#now());
  }

  /** What waits, in order. */
  held() {
    return this.#held.map(({ message }) => message);
  }

  /** The connection was lost. What was sent is not sent again: nobody knows whether it was let through. */
  lost() {
    this.#sent.clear();
  }

  #remember(sent) {
    this.#sent.set(sent.message.clientId, sent);
    if (this.#sent.size > REMEMBERED) {
      this.#sent.delete(this.#sent.keys().next().value);
    }
  }
}
