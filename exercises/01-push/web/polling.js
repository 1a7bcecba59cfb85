// Reading the feed by asking, again and again.

/** How long a text is on the wire. */
export const size = (text) => new TextEncoder().encode(text).length;

/** How long an answer was on the wire, with its head: HTTP/1.1 writes a header as `name: value` and an end of line. */
function sizeOfAnswer(response, body) {
  const headers = [...response.headers].reduce((sum, [name, value]) => sum + name.length + value.length + 4, 0);
  const statusLine = `HTTP/1.1 ${response.status} ${response.statusText}\r\n`;
  return statusLine.length + headers + 2 + size(body);
}

/** Asks `path` again and again: `pause` milliseconds after each answer, and `pauseAfterFailure` after one that failed. */
export class Polling {
  #path;
  #pauses;
  #hears;
  #stopped = new AbortController();

  constructor(path, pauses, cursor, hears) {
    this.#path = path;
    this.#pauses = pauses;
    this.#hears = hears;
    this.cursor = cursor;
    hears.onState("connecting");
    this.#run();
  }

  stop() {
    this.#stopped.abort();
  }

  async #run() {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      let { pause } = this.#pauses;
      try {
        await this.#ask(signal);
      } catch {
        if (signal.aborted) {
          return;
        }
        // The cursor stands where it stood: nothing is missed by asking later.
        this.#hears.onState("waiting");
        pause = this.#pauses.pauseAfterFailure;
      }
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }

  async #ask(signal) {
    this.#hears.onRequest();
    const response = await fetch(`${this.#path}?after=${this.cursor}`, { signal, cache: "no-store" });
    const body = await response.text();
    if (signal.aborted) {
      return;
    }
    this.#hears.onBytes(sizeOfAnswer(response, body));
    if (response.status === 410) {
      this.cursor = JSON.parse(body).after;
      this.#hears.onGap();
    } else if (response.ok) {
      for (const post of JSON.parse(body)) {
        this.cursor = post.id;
        this.#hears.onPost(post);
      }
    } else {
      throw new Error(`the server answered ${response.status}`);
    }
    this.#hears.onState("connected");
  }
}
