import assert from "node:assert/strict";
import { test } from "node:test";
import { pageModule } from "./page-module.mjs";

const { Polling } = await pageModule("exercises/01-push/web/polling.js");

const json = (status, body) => new Response(JSON.stringify(body), { status, statusText: "OK", headers: { a: "b" } });

/** Polls until all answers are given; an answer that is an Error is thrown. Returns what was asked and what was heard. */
async function polled(answers) {
  const asked = [];
  const heard = [];
  await new Promise((resolve) => {
    globalThis.fetch = async (address) => {
      asked.push(address);
      const answer = answers.shift();
      if (answer === undefined) {
        polling.stop();
        resolve();
        throw new Error("stopped");
      }
      if (answer instanceof Error) {
        throw answer;
      }
      return answer;
    };
    const hears = {
      onState: (state) => heard.push(state),
      onRequest: () => {},
      onBytes: (bytes) => heard.push(bytes),
      onGap: () => heard.push("gap"),
      onPost: (post) => heard.push(post.text),
    };
    const polling = new Polling("/feed", { pause: 0, pauseAfterFailure: 0 }, 0, hears);
  });
  return { asked, heard };
}

test("each request goes on where the answer before it ended", async () => {
  const { asked, heard } = await polled([json(200, [{ id: 1, text: "one" }, { id: 2, text: "two" }]), json(200, []), json(200, [{ id: 3, text: "three" }])]);
  assert.deepEqual(asked, [0, 2, 2, 3].map((cursor) => `/feed?after=${cursor}`));
  assert.deepEqual(heard.filter((what) => typeof what === "string" && !/^connect/.test(what)), ["one", "two", "three"]);
});

test("after a failure the same is asked again", async () => {
  const { asked, heard } = await polled([json(200, [{ id: 1, text: "one" }]), new Error("no network"), json(500, {}), json(200, [])]);
  assert.deepEqual(asked, [0, 1, 1, 1, 1].map((cursor) => `/feed?after=${cursor}`));
  assert.equal(heard.filter((what) => what === "waiting").length, 2);
  assert.equal(heard.at(-1), "connected");
});

test("a gap is heard of, and the next request begins behind it", async () => {
  const { asked, heard } = await polled([json(410, { code: "gap", after: 7 }), json(200, [{ id: 8, text: "eight" }])]);
  assert.deepEqual(asked, [0, 7, 8].map((cursor) => `/feed?after=${cursor}`));
  assert.ok(heard.includes("gap") && heard.includes("eight"));
});

test("an answer is as long as its head and its body", async () => {
  const { heard } = await polled([new Response("[]", { status: 200, statusText: "OK", headers: { a: "b" } })]);
  const headers = [...new Response("[]").headers].reduce((sum, [name, value]) => sum + `${name}: ${value}\r\n`.length, 0);
  assert.ok(heard.includes("HTTP/1.1 200 OK\r\na: b\r\n\r\n[]".length + headers), heard.join());
});
