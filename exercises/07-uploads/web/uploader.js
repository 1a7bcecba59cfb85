// What goes on between files and a connection. What is on the screen is for others.

/** So many pieces may be on their way: enough to keep a fast server busy, and little to send again. */
const WINDOW = 8;
/** A file that must begin anew more often than this fails. */
const MAX_RESTARTS = 3;

/**
 * Sends files, several at once, and goes on where it stopped when the connection comes back.
 *
 * An upload is `{file, sha256, state, offset, ...}`; `state` is "waiting", "sending", "complete" or "failed". `onChange` hears
 * of each change. `remembered` keeps the ids of unfinished uploads beyond a reload of the page: `get`, `set` and `delete`.
 */
export class Uploader {
  #connection;
  #onChange;
  #remembered;
  #uploads = [];
  /** The one that waits for the answer to its start-upload: one at a time, for the answer does not say whose it is. */
  #starting = null;
  /** The upload of each piece that was sent and not answered yet. */
  #inFlight = [];
  #pumping = false;
  /** Counts connections: what was read for an earlier one is not sent on a later one. */
  #epoch = 0;
  #connected = false;

  constructor({ connection, onChange, remembered }) {
    this.#connection = connection;
    this.#onChange = onChange;
    this.#remembered = remembered;
  }

  add(file, sha256) {
    const upload = { file, sha256, state: "waiting", id: null, offset: 0, next: 0, restarts: 0, reason: "" };
    upload.id = this.#remembered.get(keyOf(upload));
    this.#uploads.push(upload);
    this.#ask(upload);
    return upload;
  }

  /** Tries again what has failed. */
  retry(upload) {
    upload.restarts = 0;
    this.#restart(upload);
  }

  opened() {
    this.#connected = true;
    this.#uploads.forEach((upload) => this.#ask(upload));
  }

  lost() {
    this.#connected = false;
    this.#epoch += 1;
    this.#inFlight = [];
    this.#starting = null;
    for (const upload of this.#uploads.filter(isUnfinished)) {
      this.#change(upload, { state: "waiting" });
    }
  }

  receive(message) {
    this.#handlers[message.type]?.(message);
    this.#startNext();
    this.#pump();
  }

  #handlers = {
    "ready-for-upload": ({ uploadId, offset, maxChunk }) => {
      const upload = this.#byId(uploadId) ?? this.#starting;
      if (upload === this.#starting) {
        this.#starting = null;
      }
      if (upload !== null && isUnfinished(upload)) {
        this.#remembered.set(keyOf(upload), uploadId);
        this.#change(upload, { id: uploadId, state: "sending", offset, next: offset, maxChunk });
      }
    },

    "upload-progress": ({ uploadId, offset }) => {
      this.#landed(uploadId);
      const upload = this.#byId(uploadId);
      if (upload?.state === "sending") {
        this.#change(upload, { offset });
      }
    },

    "upload-complete": ({ uploadId }) => {
      const upload = this.#byId(uploadId);
      if (upload !== null) {
        this.#remembered.delete(keyOf(upload));
        this.#change(upload, { state: "complete", offset: upload.file.size });
      }
    },

    "file-error": ({ uploadId, code, message }) => {
      this.#landed(uploadId);
      const upload = uploadId === null ? this.#starting : this.#byId(uploadId);
      if (upload === null) {
        return;
      }
      if (upload === this.#starting) {
        this.#starting = null;
      }
      if (!isUnfinished(upload)) {
        return;
      }
      if (code === "unknown-upload" && upload.restarts < MAX_RESTARTS) {
        this.#restart(upload);
      } else {
        this.#remembered.delete(keyOf(upload));
        this.#change(upload, { state: "failed", reason: message });
      }
    },
  };

  #restart(upload) {
    this.#remembered.delete(keyOf(upload));
    this.#change(upload, { state: "waiting", id: null, offset: 0, next: 0, restarts: upload.restarts + 1, reason: "" });
    this.#startNext();
  }

  /** What the server knows of is resumed; what it does not, starts when its turn has come. */
  #ask(upload) {
    if (!this.#connected || upload.state !== "waiting") {
      return;
    }
    if (upload.id === null) {
      this.#startNext();
    } else {
      this.#connection.send({ type: "resume-upload", uploadId: upload.id });
    }
  }

  #startNext() {
    const next = this.#uploads.find(({ state, id }) => state === "waiting" && id === null);
    if (!this.#connected || this.#starting !== null || next === undefined) {
      return;
    }
    this.#starting = next;
    const { file, sha256 } = next;
    this.#connection.send({ type: "start-upload", filename: file.name.normalize("NFC"), size: file.size, sha256 });
  }

  /** Sends the next pieces, one of each upload in turn, while there is room in the window. */
  async #pump() {
    if (this.#pumping) {
      return;
    }
    this.#pumping = true;
    try {
      for (let turn = 0; this.#connected && this.#inFlight.length < WINDOW; turn += 1) {
        const sending = this.#uploads.filter(({ state, next, file }) => state === "sending" && next < file.size);
        if (sending.length === 0) {
          return;
        }
        await this.#sendPiece(sending[turn % sending.length]);
      }
    } finally {
      this.#pumping = false;
    }
  }

  async #sendPiece(upload) {
    const epoch = this.#epoch;
    const { id, next: offset, file, maxChunk } = upload;
    let data;
    try {
      data = await file.slice(offset, offset + maxChunk).arrayBuffer();
    } catch {
      this.#change(upload, { state: "failed", reason: "the file cannot be read any more" });
      return;
    }
    const stillMeant = epoch === this.#epoch && upload.state === "sending" && upload.next === offset;
    if (stillMeant && this.#connection.send({ type: "upload-chunk", uploadId: id, offset })) {
      this.#connection.send(data);
      upload.next += data.byteLength;
      this.#inFlight.push(id);
    }
  }

  /** A piece was answered, if one of this upload was on its way. */
  #landed(id) {
    const index = this.#inFlight.indexOf(id);
    if (index >= 0) {
      this.#inFlight.splice(index, 1);
    }
  }

  #byId(id) {
    return this.#uploads.find((upload) => upload.id === id && upload.id !== null) ?? null;
  }

  #change(upload, changes) {
    Object.assign(upload, changes);
    this.#onChange(upload);
  }
}

const isUnfinished = ({ state }) => state === "waiting" || state === "sending";
const keyOf = ({ file, sha256 }) => `upload ${sha256} ${file.name}`;
