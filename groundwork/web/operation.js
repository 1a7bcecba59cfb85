// Operations over the whole text, as the server has them. They count characters, that is code points; JavaScript's strings count
// UTF-16 units, so that all that comes from the page is converted here, at the edge.

// ANCHOR: all
/** How many characters a string has. */
export const length = (text) => {
  let count = 0;
  for (const _ of text) {
    count += 1;
  }
  return count;
};

/** The character's place in a string whose UTF-16 unit stands at this offset. One inside a pair is taken to its beginning. */
export const toCharacters = (text, units) => length(text.slice(0, units).replace(/[\ud800-\udbff]$/, ""));

/** The offset in UTF-16 units of a character's place. */
export const toUnits = (text, characters) => [...text].slice(0, characters).join("").length;

/** Appends a component, and keeps the canonical form. */
function append(operation, component) {
  const last = operation.length - 1;
  if (component === 0 || component === "") {
    return;
  }
  if (typeof component === "string") {
    if (typeof operation[last] === "string") {
      operation[last] += component;
    } else if (operation[last] < 0 && typeof operation[last - 1] === "string") {
      operation[last - 1] += component;
    } else if (operation[last] < 0) {
      operation.splice(last, 0, component);
    } else {
      operation.push(component);
    }
  } else if (typeof operation[last] === "number" && operation[last] > 0 === component > 0) {
    operation[last] += component;
  } else {
    operation.push(component);
  }
}

/** The components of an operation, to be taken in pieces. Of a string, the characters count. */
function* components(operation) {
  for (const component of operation) {
    let piece = typeof component === "string" ? [...component] : component;
    while (size(piece) > 0) {
      const count = yield piece;
      piece = Array.isArray(piece) ? piece.slice(count) : piece > 0 ? piece - count : piece + count;
    }
  }
}

const size = (piece) => (Array.isArray(piece) ? piece.length : Math.abs(piece));
const isInsert = (piece) => Array.isArray(piece);
const isDelete = (piece) => piece < 0 && !isInsert(piece);

class Pieces {
  #components;
  constructor(operation) {
    this.#components = components(operation);
    this.next = this.#components.next().value;
  }
  take(count = size(this.next)) {
    this.next = this.#components.next(count).value;
  }
}

function mustFit(fits) {
  if (!fits) {
    throw new RangeError("the operation does not fit");
  }
}

/** The text after an operation. */
export function apply(operation, text) {
  const characters = [...text];
  let position = 0;
  let result = "";
  for (const component of operation) {
    if (typeof component === "string") {
      result += component;
    } else {
      const end = position + Math.abs(component);
      result += component > 0 ? characters.slice(position, end).join("") : "";
      position = end;
    }
  }
  mustFit(position === characters.length);
  return result;
}

/** One operation that does what two do, one after the other. */
export function compose(first, second) {
  const both = [];
  const before = new Pieces(first);
  const after = new Pieces(second);
  while (before.next !== undefined || after.next !== undefined) {
    if (isDelete(before.next)) {
      append(both, before.next);
      before.take();
    } else if (isInsert(after.next)) {
      append(both, after.next.join(""));
      after.take();
    } else {
      mustFit(before.next !== undefined && after.next !== undefined);
      const count = Math.min(size(before.next), size(after.next));
      if (!isDelete(after.next)) {
        append(both, isInsert(before.next) ? before.next.slice(0, count).join("") : count);
      } else if (!isInsert(before.next)) {
        append(both, -count);
      }
      before.take(count);
      after.take(count);
    }
  }
  return both;
}

/** What becomes of two operations on the same text, each after the other. In a tie, what `a` inserts stands first. */
export function transform(a, b) {
  const [aAfter, bAfter] = [[], []];
  const ours = new Pieces(a);
  const theirs = new Pieces(b);
  while (ours.next !== undefined || theirs.next !== undefined) {
    if (isInsert(ours.next)) {
      append(aAfter, ours.next.join(""));
      append(bAfter, ours.next.length);
      ours.take();
    } else if (isInsert(theirs.next)) {
      append(aAfter, theirs.next.length);
      append(bAfter, theirs.next.join(""));
      theirs.take();
    } else {
      mustFit(ours.next !== undefined && theirs.next !== undefined);
      const count = Math.min(size(ours.next), size(theirs.next));
      if (!isDelete(theirs.next)) {
        append(aAfter, isDelete(ours.next) ? -count : count);
      }
      if (!isDelete(ours.next)) {
        append(bAfter, isDelete(theirs.next) ? -count : count);
      }
      ours.take(count);
      theirs.take(count);
    }
  }
  return [aAfter, bAfter];
}

/** Where a cursor is after someone else's operation: before what comes in just where it stands. */
export function transformCursor(cursor, operation) {
  let [ahead, moved] = [cursor, 0];
  for (const component of operation) {
    if (typeof component === "string") {
      moved += ahead > 0 ? length(component) : 0;
    } else {
      const step = Math.min(ahead, Math.abs(component));
      ahead -= step;
      moved += component > 0 ? step : 0;
    }
  }
  return moved;
}

/** An operation that makes one text of another: what is the same at both ends stays. */
export function difference(before, after) {
  const [from, to] = [[...before], [...after]];
  const shorter = Math.min(from.length, to.length);
  let start = 0;
  while (start < shorter && from[start] === to[start]) {
    start += 1;
  }
  let end = 0;
  while (end < shorter - start && from[from.length - 1 - end] === to[to.length - 1 - end]) {
    end += 1;
  }
  const operation = [];
  append(operation, start);
  append(operation, to.slice(start, to.length - end).join(""));
  append(operation, -(from.length - start - end));
  append(operation, end);
  return operation;
}

/** Whether an operation changes nothing. */
export const isIdle = (operation) => operation.every((component) => component > 0);

/** Two operations that together do what one does, of which the first inserts no more than so many characters. */
export function divide(operation, most) {
  const [first, rest] = [[], []];
  let left = most;
  for (const component of operation) {
    if (left === 0) {
      // The first goes no further: what is left of the text it retains.
      append(first, typeof component === "string" ? 0 : Math.abs(component));
      append(rest, component);
    } else if (typeof component === "string") {
      const characters = [...component];
      const now = characters.slice(0, left);
      append(first, now.join(""));
      append(rest, now.length);
      append(rest, characters.slice(left).join(""));
      left -= now.length;
    } else {
      append(first, component);
      append(rest, Math.max(component, 0));
    }
  }
  return [first, rest];
}
// ANCHOR_END: all
