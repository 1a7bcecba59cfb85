// Drives the program `ot-lines` with the fuzzer of the ShareDB project's operational transforms. The program's standard output is our
// standard input, and the other way round; what the fuzzer has to say goes to standard error.
//
// Environment: STEPS, how many times the fuzzer makes ten operations for three users and tries everything on them.

import assert from "node:assert/strict";
import { Console } from "node:console";
import { readSync, writeSync } from "node:fs";
import { createRequire } from "node:module";

// Standard output is for the program, and nobody else may write to it.
globalThis.console = new Console(process.stderr);
const steps = Number(process.env.STEPS);

let unread = "";
const chunk = Buffer.alloc(1 << 16);
const decoder = new TextDecoder();
let requests = 0;

/** Does it again while the pipe is full, or empty: Node.js may have made it one that does not wait. */
function patiently(attempt) {
  for (;;) {
    try {
      return attempt();
    } catch (error) {
      if (error.code !== "EAGAIN") {
        throw error;
      }
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}

function readLine() {
  for (;;) {
    const end = unread.indexOf("\n");
    if (end >= 0) {
      const line = unread.slice(0, end);
      unread = unread.slice(end + 1);
      return line;
    }
    const count = patiently(() => readSync(0, chunk));
    assert.notEqual(count, 0, "the program has ended");
    unread += decoder.decode(chunk.subarray(0, count), { stream: true });
  }
}

/** Asks the program, and waits for its answer. */
function ask(method, parameters) {
  requests += 1;
  const request = Buffer.from(`${JSON.stringify({ id: requests, method, ...parameters })}\n`);
  for (let sent = 0; sent < request.length; ) {
    sent += patiently(() => writeSync(1, request, sent));
  }
  const answer = JSON.parse(readLine());
  assert.equal(answer.id, requests);
  assert.ok("result" in answer, `${method} ${JSON.stringify(parameters)}: ${JSON.stringify(answer.error)}`);
  return answer.result;
}

const type = {
  name: "ot-lines",
  create: (text = "") => text,
  apply: (text, operation) => ask("apply", { text, operation }),
  compose: (a, b) => ask("compose", { a, b }),
  transform: (operation, other, side) =>
    side === "left" ? ask("transform", { a: operation, b: other })[0] : ask("transform", { a: other, b: operation })[1],
};

const fuzzer = createRequire(import.meta.url)("ot-fuzzer");
const { randomInt, randomWord } = fuzzer;
const SPICE = ["😀", "𝒳", "e\u0301", "☂", "ß", "👩‍👩‍👧"];

/** A random operation, what it makes of the text, and whether its inverse undoes it. */
function randomOperation(text) {
  const characters = [...text];
  const operation = [];
  let result = "";
  // The fuzzer goes on with what comes of it: long texts become shorter.
  const deletes = characters.length > 100 ? 6 : 2;
  while (characters.length > 0) {
    const count = 1 + randomInt(Math.min(characters.length, 8));
    const passed = characters.splice(0, count).join("");
    const choice = randomInt(10);
    if (choice < deletes) {
      operation.push(-count);
    } else {
      operation.push(count);
      result += passed;
    }
    if (choice >= 8) {
      const inserted = randomWord() + SPICE[randomInt(SPICE.length)];
      operation.push(inserted);
      result += inserted;
    }
  }
  if (result === "" || randomInt(4) === 0) {
    const inserted = randomWord() + SPICE[randomInt(SPICE.length)];
    operation.push(inserted);
    result += inserted;
  }
  const inverse = ask("invert", { text, operation });
  assert.equal(ask("apply", { text: result, operation: inverse }), text, `the inverse of ${JSON.stringify(operation)} on ${JSON.stringify(text)}`);
  return [operation, result];
}

fuzzer(type, randomOperation, steps);
console.error(`${requests} requests`);
