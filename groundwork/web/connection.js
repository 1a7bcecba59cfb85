// A WebSocket that comes back.

const BASE_MS = 500;
const CAP_MS = 15_000;
const CONNECT_TIMEOUT_MS = 10_000;
/** The server does not want us: coming back at once would not change that. 1008 is a policy violation (RFC 6455 §7.4.1), 3000 "unauthorized". */
const UNWANTED = [1008, 3000];

/**
 * Keeps a connection open until it is told to stop. `url` may be a function, for one that says how far a client got.
 *
 * `url` may be a function, which is asked before each attempt. `onState` hears "connecting", "connected", "waiting" or "ended"; `onMessage` hears each message; `onOpen`, if it is there,
 * hears that one can send, for a server that does not say something first; `isRefused` is asked, when a
 * connection could not be opened, whether the server would refuse the next one as well: a browser does not tell why.
 */
export class Connection {
  #url;
  #handlers;
  #socket = null;
  #timer = null;
  #failures = 0;
  #stopped = false;
  #online = () => this.#retryNow();
  // A socket does not notice at once that the network is gone; the browser does.
  #offline = () => this.#lose(this.#socket);

  constructor(url, handlers) {
    this.#url = url;
    this.#handlers = handlers;
    addEventListener("online", this.#online);
    addEventListener("offline", this.#offline);
    this.#connect();
  }

  /** Sends if the connection is open, and says whether it was. An `ArrayBuffer` goes as it is, all else as JSON. */
  send(message) {
    if (this.#socket?.readyState !== WebSocket.OPEN) {
      return false;
    }
    this.#socket.send(message instanceof ArrayBuffer ? message : JSON.stringify(message));
    return true;
  }

  /** To be called when the server has greeted us: only then was the attempt a success, and the next wait is short again. */
  greeted() {
    this.#failures = 0;
    this.#handlers.onState("connected");
  }

  stop() {
    this.#stopped = true;
    clearTimeout(this.#timer);
    removeEventListener("online", this.#online);
    removeEventListener("offline", this.#offline);
    this.#socket?.close(1000);
    this.#socket = null;
  }

  #connect() {
    if (!navigator.onLine) {
      this.#handlers.onState("waiting");
      return; // until the browser says "online"
    }
    this.#handlers.onState("connecting");
    const socket = new WebSocket(typeof this.#url === "function" ? this.#url() : this.#url);
    this.#socket = socket;
    let opened = false;
    const timeout = setTimeout(() => this.#lose(socket), CONNECT_TIMEOUT_MS);
    socket.onopen = () => {
      opened = true;
      clearTimeout(timeout);
      if (socket === this.#socket) {
        this.#handlers.onOpen?.();
      }
    };
    socket.onmessage = (event) => {
      if (socket === this.#socket) {
        this.#receive(event.data);
      }
    };
    socket.onclose = async (event) => {
      clearTimeout(timeout);
      if (socket !== this.#socket) {
        return;
      }
      this.#socket = null;
      const unwanted = UNWANTED.includes(event.code) || (!opened && (await this.#handlers.isRefused()));
      if (this.#stopped || this.#socket !== null) {
        return; // while we asked, someone signed out, or the network came back
      }
      if (unwanted) {
        this.#end();
      } else {
        this.#wait();
      }
    };
  }

  #receive(data) {
    let message;
    try {
      message = JSON.parse(data);
    } catch {
      return; // what cannot be read is no reason to stop reading
    }
    this.#handlers.onMessage(message);
  }

  /** Gives a socket up without waiting for the other side. */
  #lose(socket) {
    if (socket !== null && socket === this.#socket) {
      this.#socket = null;
      socket.close();
      this.#wait();
    }
  }

  #wait() {
    this.#handlers.onState("waiting");
    // Full jitter: without it, all clients of a server that restarts would be back in the same instant.
    const delay = Math.random() * Math.min(CAP_MS, BASE_MS * 2 ** this.#failures);
    this.#failures += 1;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#connect(), delay);
  }

  #retryNow() {
    if (!this.#stopped && this.#socket === null) {
      clearTimeout(this.#timer);
      this.#connect();
    }
  }

  #end() {
    this.stop();
    this.#handlers.onState("ended");
  }
}
