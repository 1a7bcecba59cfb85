// What was said and has not been heard back yet.

/**
 * Holds messages until the connection can take them, and then until the server has answered each of them.
 *
 * A server does what a client asks in order, so that an answer belongs to the oldest message that is on its way.
 */
export class Outbox {
  #waiting = [];
  #underWay = [];

  /** `item` is `{message, …}`; whatever else is in it is the caller's. */
  add(item) {
    this.#waiting.push(item);
  }

  /** Hands over all that waits, in order, until `send` says no. */
  flush(send) {
    while (this.#waiting.length > 0 && send(this.#waiting[0].message)) {
      this.#underWay.push(this.#waiting.shift());
    }
  }

  /** The item that a `new-message` or `private-message-sent` of our own answers, or null: it may be another tab's. */
  delivered(answer) {
    const first = this.#underWay[0];
    return first !== undefined && answers(answer, first.message) ? this.#underWay.shift() : null;
  }

  /** The item that an `error` answers, or null. */
  refused() {
    return this.#underWay.shift() ?? null;
  }

  /**
   * After a reconnect: of what was under way when the connection was lost, some may have arrived. `unseen` are our own messages in the history that we had not seen.
   * What is not among them is sent again. Returns `{delivered, unknown}`: private messages are not in the history, and whether they arrived cannot be known.
   */
  reconcile(unseen) {
    const delivered = [];
    const unknown = [];
    const again = [];
    const left = [...unseen];
    for (const item of this.#underWay) {
      const at = left.findIndex((message) => answers({ type: "new-message", ...message }, item.message));
      if (at >= 0) {
        left.splice(at, 1);
        delivered.push(item);
      } else if (item.message.type === "send-private-message") {
        unknown.push(item);
      } else {
        again.push(item);
      }
    }
    this.#underWay = [];
    this.#waiting.unshift(...again);
    return { delivered, unknown };
  }
}

function answers(answer, message) {
  const privately = message.type === "send-private-message";
  return (
    answer.content === message.content &&
    answer.type === (privately ? "private-message-sent" : "new-message") &&
    (!privately || answer.to === message.targetUserId)
  );
}
