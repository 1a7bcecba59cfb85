// Compares what the exercise's operations gave with what ot.js gives. Each line of standard input is a case:
// {text, applied, a, b, c, transformed: [a, b], composed, inverted}, where a and b are operations on the text, c is one on what a leaves,
// composed is of a and c, and inverted undoes a. They count characters; ot.js counts UTF-16 units, so they are converted.

import assert from "node:assert/strict";
import { createInterface } from "node:readline";
import ot from "ot";
import { inUnits } from "./units.mjs";

const { TextOperation } = ot;

let cases = 0;
for await (const line of createInterface({ input: process.stdin })) {
  const { text, applied, a, b, c, transformed, composed, inverted } = JSON.parse(line);
  const [theirA, theirB] = [a, b].map((operation) => TextOperation.fromJSON(inUnits(operation, text)));
  const afterA = theirA.apply(text);
  const afterB = theirB.apply(text);
  const theirC = TextOperation.fromJSON(inUnits(c, afterA));
  const [aAfter, bAfter] = TextOperation.transform(theirA, theirB);

  assert.equal(applied, afterA, line);
  assert.deepEqual(inUnits(transformed[0], afterB), aAfter.toJSON(), line);
  assert.deepEqual(inUnits(transformed[1], afterA), bAfter.toJSON(), line);
  assert.deepEqual(inUnits(composed, text), theirA.compose(theirC).toJSON(), line);
  assert.deepEqual(inUnits(inverted, afterA), theirA.invert(text).toJSON(), line);
  cases += 1;
}
console.log(cases);
