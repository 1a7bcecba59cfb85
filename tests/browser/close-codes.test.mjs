// What the page of exercise 2 says about close codes.

import assert from "node:assert/strict";
import { test } from "node:test";
import { pageModule } from "./page-module.mjs";

const { mayBeSentByAPage, meaningOf } = await pageModule("exercises/02-lifecycle/web/close-codes.js");

test("a page may close with 1000 and with codes of its own, and with nothing else", () => {
  for (const code of [1000, 3000, 3999, 4000, 4999]) {
    assert.ok(mayBeSentByAPage(code), code);
  }
  for (const code of [0, 999, 1001, 1005, 1006, 1008, 1015, 2999, 5000, 65_536]) {
    assert.ok(!mayBeSentByAPage(code), code);
  }
});

test("every code has a meaning, and what must not be sent is called so", () => {
  assert.match(meaningOf(1006), /no close frame at all/);
  assert.match(meaningOf(1009), /too big/);
  assert.match(meaningOf(3000), /IANA/);
  assert.match(meaningOf(4000), /private/i);
  for (const code of [0, 999, 1004, 2999, 5000]) {
    assert.equal(meaningOf(code), "Not a code that may be sent.");
  }
});
