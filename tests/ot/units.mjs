// The exercises' operations count characters; ot.js counts UTF-16 units. Both have the same JSON form.

import assert from "node:assert/strict";

/** The same operation in another count, and where it ends in its own. `measure(position, count)` is the size there of what it passes over. */
function converted(operation, measure) {
  let position = 0;
  const other = operation.map((component) => {
    if (typeof component === "string") {
      return component;
    }
    const count = Math.abs(component);
    const size = measure(position, count);
    position += count;
    return component > 0 ? size : -size;
  });
  return [other, position];
}

const misfit = (operation, text) => `${JSON.stringify(operation)} does not fit ${JSON.stringify(text)}`;

/** An operation on `text` that counts characters, as one that counts UTF-16 units. */
export function inUnits(operation, text) {
  const characters = [...text];
  const [units, end] = converted(operation, (position, count) => {
    const passed = characters.slice(position, position + count);
    assert.equal(passed.length, count, misfit(operation, text));
    return passed.join("").length;
  });
  assert.equal(end, characters.length, misfit(operation, text));
  return units;
}

/** An operation on `text` that counts UTF-16 units, as one that counts characters. It must not cut one in two. */
export function inCharacters(operation, text) {
  const [characters, end] = converted(operation, (position, count) => {
    const passed = text.slice(position, position + count);
    assert.equal(passed.length, count, misfit(operation, text));
    assert.ok(passed.isWellFormed(), `${JSON.stringify(operation)} cuts a character of ${JSON.stringify(text)} in two`);
    return [...passed].length;
  });
  assert.equal(end, text.length, misfit(operation, text));
  return characters;
}
