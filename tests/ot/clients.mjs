// Clients of ot.js write in one document of the collaborative editor's server, over links that fail. At rest all copies are equal.
//
// Environment: SERVER, the server's executable; SEED; STEPS; BREAKS, how the links break the protocol, if they do (see `spoils`).
// Exit status: 0 all is well, 3 a copy differs or the protocol was broken, 1 anything else.

import assert, { AssertionError } from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ot from "ot";
import { startServer } from "../browser/server.mjs";
import { ForeignClient } from "./foreign.mjs";
import { Link, until } from "./link.mjs";

const { TextOperation } = ot;
const { SERVER, BREAKS } = process.env;
const SEED = Number(process.env.SEED ?? 18);
const STEPS = Number(process.env.STEPS ?? 3000);
/** Two of them are one user in two windows. */
const NAMES = ["mira", "tomas", "ines", "jonas", "mira"];
/** Of one to four bytes, of one and two UTF-16 units, one that combines with the one before, and one that is a family. */
const PIECES = ["a", "b", " ", "é", "☂", "e\u0301", "😀", "𝒳", "👩‍👩‍👧"];
/** Short texts are written in at the same places. */
const LONG = 40;

/** Random numbers that a seed repeats: mulberry32. */
function randomFrom(seed) {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}
const random = randomFrom(SEED);
const oneOf = (list) => list[random(list.length)];

/** An insert, a delete, or one in place of the other, in UTF-16 units as an editor has them. */
function randomEdit(text) {
  const characters = [...text];
  const start = random(characters.length + 1);
  const deletes = characters.length > LONG ? random(4) > 0 : random(4) === 0;
  const deleted = deletes ? characters.slice(start, start + 1 + random(8)).join("") : "";
  const inserted = deleted === "" || random(3) === 0 ? oneOf(PIECES) + oneOf(PIECES) : "";
  const before = characters.slice(0, start).join("");
  return new TextOperation()
    .retain(before.length)
    .insert(inserted)
    .delete(deleted.length)
    .retain(text.length - before.length - deleted.length);
}

/** What a link does to what passes, and how it breaks the protocol: as servers that are wrong do. */
function spoils() {
  const asSent = new Map();
  let newest = 0;
  let updates = 0;
  const fair = { converts: true, up: (message) => message, down: (message) => message };
  return {
    none: fair,
    // Operations are passed on as they came.
    "as-it-came": {
      ...fair,
      up: (message) => {
        asSent.set(message.opId, message.operation);
        return message;
      },
      down: (message) => (message.type === "document-updated" ? { ...message, operation: asSent.get(message.opId) } : message),
    },
    // Whatever it was made against, it is taken for the newest revision.
    "newest-revision": {
      ...fair,
      up: (message) => ({ ...message, revision: newest }),
      down: (message) => {
        newest = Math.max(newest, message.revision ?? 0);
        return message;
      },
    },
    // What is sent again is not known to be the same.
    "new-names": {
      ...fair,
      up: (message) => {
        const times = (asSent.get(message.opId) ?? 0) + 1;
        asSent.set(message.opId, times);
        return times === 1 ? message : { ...message, opId: `${message.opId} again` };
      },
      down: (message) => (message.type === "ack" ? { ...message, opId: message.opId.replace(" again", "") } : message),
    },
    // One in a hundred is not passed on.
    gaps: {
      ...fair,
      down: (message) => {
        updates += message.type === "document-updated" ? 1 : 0;
        return message.type === "document-updated" && updates % 100 === 0 ? undefined : message;
      },
    },
    // Positions go out as JavaScript counts them.
    "utf-16": { ...fair, converts: false },
  };
}

async function answer(response) {
  if (!response.ok) {
    throw new Error(`${response.url} answered ${response.status}`);
  }
  return response.json();
}

/** A document, and its users: `{userId, username, token}`, whose first is the owner and the others editors. */
async function prepare(url) {
  const post = (path, body, token) =>
    fetch(`${url}${path}`, { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json", Authorization: `Bearer ${token}` } }).then(answer);
  const users = new Map();
  for (const username of new Set(NAMES)) {
    users.set(username, await post("/api/sign-in", { username }));
  }
  const [owner, ...others] = users.values();
  const { docId } = await post("/api/documents", { title: "Notes" }, owner.token);
  const { link } = await post(`/api/documents/${docId}/links`, { role: "editor" }, owner.token);
  for (const { token } of others) {
    await post(`/api/links/${link}`, {}, token);
  }
  return { docId, users };
}

class Session {
  /** Links whose clients have given them up, and over which something is still on its way. */
  #late = [];
  counts = { edits: 0, buffered: 0, lostOperations: 0, lostAcknowledgements: 0, lateOperations: 0, otherCuts: 0, sentTogether: 0 };

  constructor(url, { docId, users }, spoil) {
    this.url = url;
    this.docId = docId;
    this.users = users;
    this.spoil = spoil;
    this.clients = NAMES.map((name, index) => new ForeignClient(`${name}.${index}`, users.get(name), spoil.converts));
  }

  /** Connects, and waits for the greeting to stand in the link. */
  async connect(client) {
    const known = client.known === null ? "" : `&revision=${client.known}`;
    const path = `/ws/${this.docId}?token=${client.user.token}${known}`;
    const link = new Link(this.url.replace("http", "ws") + path, this.spoil);
    await until(
      () => `${client.name} is not greeted`,
      () => link.down.length > 0 || link.ended,
    );
    assert.ok(!link.ended, `${client.name} is not let in`);
    client.connect(link);
  }

  /** Lets what these have said pass at the same time, and waits until the server has answered all of it. */
  async passUp(links) {
    links.forEach((link) => link.passUp());
    await until(
      () => "an operation is not answered",
      () => links.every((link) => link.isAnswered),
    );
  }

  hear(client) {
    const message = client.link.down.shift();
    if (message !== undefined) {
      client.hear(message);
      this.counts.buffered += client.hasBuffer ? 1 : 0;
    }
  }

  hearAll(client) {
    while (client.link.down.length > 0) {
      this.hear(client);
    }
  }

  /** The connection is gone, at a moment of which the client cannot tell what has arrived. */
  cut(client) {
    const { link } = client;
    client.disconnect();
    if (link.up.length > 0 && random(2) === 0) {
      this.counts.lateOperations += 1;
      this.#late.push(link); // to the client it is gone
      return;
    }
    if (link.up.length > 0) {
      this.counts.lostOperations += 1;
    } else if (link.down.some(({ type, opId }) => type === "ack" && opId === client.pending)) {
      this.counts.lostAcknowledgements += 1;
    } else {
      this.counts.otherCuts += 1;
    }
    link.cut();
  }

  /** What was given up long ago arrives. */
  async arriveLate() {
    const link = this.#late.splice(random(this.#late.length), 1)[0];
    if (link !== undefined) {
      await this.passUp([link]);
      link.cut();
    }
  }

  async step() {
    const client = oneOf(this.clients);
    const chance = random(100);
    if (!client.isConnected) {
      if (chance < 40) {
        await this.connect(client);
      } else if (chance < 60) {
        await this.arriveLate();
      } else if (client.known !== null) {
        this.edit(client); // offline
      }
    } else if (chance < 30 && client.known !== null) {
      this.edit(client);
    } else if (chance < 50) {
      const speakers = this.clients.filter(({ link }) => link !== null && link.up.length > 0 && random(2) === 0);
      this.counts.sentTogether += speakers.length > 1 ? 1 : 0;
      await this.passUp(speakers.map(({ link }) => link));
    } else if (chance < 93) {
      this.hear(client);
    } else if (chance < 95) {
      await this.arriveLate();
    } else {
      this.cut(client);
    }
  }

  edit(client) {
    client.edit(randomEdit(client.text));
    this.counts.edits += 1;
    this.counts.buffered += client.hasBuffer ? 1 : 0;
  }

  /** The links work again, and everything arrives. */
  async rest() {
    for (;;) {
      await this.arriveLate();
      for (const client of this.clients) {
        if (!client.isConnected) {
          await this.connect(client);
        }
        this.hearAll(client);
      }
      const links = this.clients.map(({ link }) => link);
      await this.passUp(links.filter(({ up }) => up.length > 0));
      const isQuiet = links.every(({ up, down }) => up.length + down.length === 0);
      if (isQuiet && this.#late.length === 0 && this.clients.every(({ isSynchronized }) => isSynchronized)) {
        break;
      }
      assert.ok(!isQuiet || this.#late.length > 0, `all is quiet, and still waits: ${this.clients.map(({ pending }) => pending)}`);
    }
    const headers = { Authorization: `Bearer ${this.clients[0].user.token}` };
    const { revision, content } = await fetch(`${this.url}/api/documents/${this.docId}`, { headers }).then(answer);
    await until(
      () => `not all hear of revision ${revision}: ${this.clients.map((client) => client.revision)}`,
      () => {
        this.clients.forEach((client) => this.hearAll(client));
        return this.clients.every((client) => client.revision >= revision);
      },
    );
    for (const client of this.clients) {
      assert.equal(client.text, content, `${client.name} has another text than the server`);
      assert.equal(client.revision, revision);
    }
    const acknowledged = this.clients.flatMap((client) => client.acknowledged);
    assert.equal(revision, new Set(acknowledged).size, "not every operation was applied once");
    return { revision, content };
  }
}

async function play(url) {
  const spoil = spoils()[BREAKS ?? "none"];
  if (spoil === undefined) {
    throw new Error(`there is no such break: ${BREAKS}`);
  }
  const session = new Session(url, await prepare(url), spoil);
  for (let step = 0; step < STEPS; step += 1) {
    await session.step();
  }
  const { revision, content } = await session.rest();
  for (const [what, count] of Object.entries(session.counts)) {
    if (count < 3) {
      throw new Error(`${what}: ${count}, which shows nothing`);
    }
  }
  if (!/[\u{10000}-\u{10ffff}]/u.test(content)) {
    throw new Error(`no emoji is left in ${JSON.stringify(content)}, which shows nothing`);
  }
  console.log(JSON.stringify({ seed: SEED, revision, ...session.counts, content }));
}

const folder = mkdtempSync(join(tmpdir(), "foreign-clients-"));
const server = await startServer(SERVER, { JWT_SECRET: "only for this test", DATABASE: join(folder, "editor.db"), HISTORY_LIMIT: "1000000" });
let status = 0;
try {
  await play(server.url);
} catch (error) {
  console.error(`seed ${SEED}:`, error);
  status = error instanceof AssertionError ? 3 : 1;
} finally {
  await server.kill();
  rmSync(folder, { recursive: true, force: true });
}
process.exit(status);
