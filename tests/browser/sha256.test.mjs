import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { test } from "node:test";
import { pageModule } from "./page-module.mjs";

const { Sha256 } = await pageModule("exercises/07-uploads/web/sha256.js");

const expected = (bytes) => createHash("sha256").update(bytes).digest("hex");

test("every length around a block's end gives the hash that others compute", () => {
  for (let length = 0; length <= 200; length += 1) {
    const bytes = randomBytes(length);
    assert.equal(new Sha256().update(bytes).hex(), expected(bytes), `${length} bytes`);
  }
});

test("the pieces in which it comes do not matter", () => {
  const bytes = randomBytes(100_000);
  for (const size of [1, 63, 64, 65, 1000, 65_536]) {
    const sum = new Sha256();
    for (let at = 0; at < bytes.length; at += size) {
      sum.update(bytes.subarray(at, at + size));
    }
    assert.equal(sum.hex(), expected(bytes), `pieces of ${size} bytes`);
  }
});
