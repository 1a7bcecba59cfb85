// Where one types: CodeMirror where the server has it, a plain text area where it has not. Both have the same methods, and count
// characters; JavaScript's strings count UTF-16 units, so that all is converted here.

import { difference, isIdle, toCharacters, toUnits, transformCursor } from "./operation.js";

/**
 * `onEdit(operation)` hears what the user has changed, `onSelect()` that they have moved the cursor, and `onHistory("undo" | "redo")`
 * that they want to undo.
 */
export async function surface(parent, handlers) {
  const codemirror = await import("/codemirror.js");
  return codemirror.EditorView === null ? new TextArea(parent, handlers) : codeMirror(codemirror, parent, handlers);
}

/** Which of both a key asks for, if it does. */
function historyOf(event) {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) {
    return null;
  }
  const key = event.key.toLowerCase();
  if (key === "z") {
    return event.shiftKey ? "redo" : "undo";
  }
  return key === "y" ? "redo" : null;
}

class TextArea {
  #area = document.createElement("textarea");
  #text = "";
  /** While an input method composes a character the text area is its own; what others write waits. */
  #composing = false;
  #later = [];

  constructor(parent, { onEdit, onSelect, onHistory }) {
    const area = this.#area;
    area.id = "text";
    area.spellcheck = false;
    area.setAttribute("aria-label", "Text");
    parent.replaceChildren(area);
    const edited = () => {
      if (!this.#composing) {
        const operation = difference(this.#text, area.value.toWellFormed());
        this.#text = area.value.toWellFormed();
        if (!isIdle(operation)) {
          onEdit(operation);
        }
      }
    };
    area.addEventListener("input", edited);
    area.addEventListener("compositionstart", () => (this.#composing = true));
    area.addEventListener("compositionend", () => {
      this.#composing = false;
      edited();
      this.#later.splice(0).forEach((change) => change());
    });
    area.addEventListener("keydown", (event) => {
      const wanted = historyOf(event);
      if (wanted !== null) {
        event.preventDefault();
        onHistory(wanted);
      }
    });
    area.ownerDocument.addEventListener("selectionchange", () => document.activeElement === area && onSelect());
  }

  /** Whether there is something under way here that must not be disturbed; then `change` is called afterwards. */
  waits(change) {
    if (this.#composing) {
      this.#later.push(change);
    }
    return this.#composing;
  }

  setText(text) {
    this.#show(text, (cursor) => Math.min(cursor, [...text].length));
  }

  /** Someone else has written; `text` is what comes of it. */
  change(operation, text) {
    this.#show(text, (cursor) => transformCursor(cursor, operation));
  }

  #show(text, move) {
    const { selectionStart, selectionEnd, selectionDirection, scrollTop } = this.#area;
    const [start, end] = [selectionStart, selectionEnd].map((units) => move(toCharacters(this.#text, units)));
    this.#text = text;
    this.#area.value = text;
    this.#area.setSelectionRange(toUnits(text, start), toUnits(text, end), selectionDirection);
    this.#area.scrollTop = scrollTop;
  }

  get selection() {
    const { selectionStart, selectionEnd, selectionDirection } = this.#area;
    const ends = [selectionStart, selectionEnd].map((units) => toCharacters(this.#text, units));
    const [anchor, head] = selectionDirection === "backward" ? ends.reverse() : ends;
    return { anchor, head };
  }

  /** A text area cannot show other people's cursors; the list of participants says where they are. */
  showCursors() {}

  set readOnly(readOnly) {
    this.#area.readOnly = readOnly;
  }

  focus() {
    this.#area.focus();
  }
}

function codeMirror(modules, parent, { onEdit, onSelect, onHistory }) {
  const { Annotation, Compartment, Decoration, EditorState, EditorView, StateEffect, StateField, WidgetType, defaultKeymap, drawSelection, keymap } = modules;
  const remote = Annotation.define();
  const setCursors = StateEffect.define();
  const writable = new Compartment();

  class Caret extends WidgetType {
    constructor(name, color) {
      super();
      Object.assign(this, { name, color });
    }
    eq(other) {
      return other.name === this.name && other.color === this.color;
    }
    toDOM() {
      const caret = document.createElement("span");
      caret.className = "caret";
      caret.style.setProperty("--color", this.color);
      caret.dataset.name = this.name;
      caret.setAttribute("aria-hidden", "true");
      return caret;
    }
  }

  const marks = (cursors, text) => {
    const all = cursors.flatMap(({ anchor, head, username, color }) => {
      const [from, to] = [Math.min(anchor, head), Math.max(anchor, head)].map((place) => toUnits(text, place));
      const caret = Decoration.widget({ widget: new Caret(username, color), side: 1 }).range(toUnits(text, head));
      const selected = Decoration.mark({ attributes: { style: `background: ${color}44` } });
      return from === to ? [caret] : [caret, selected.range(from, to)];
    });
    return Decoration.set(all, true);
  };
  const cursorsField = StateField.define({
    create: () => Decoration.none,
    update(cursors, transaction) {
      const effect = transaction.effects.find((effect) => effect.is(setCursors));
      return effect === undefined ? cursors.map(transaction.changes) : effect.value;
    },
    provide: (field) => EditorView.decorations.from(field),
  });

  /** What one has typed, as an operation. */
  const operationOf = (changes, before) => {
    const operation = [];
    let from = 0;
    const count = (start, end) => [...before.slice(start, end)].length;
    changes.iterChanges((fromA, toA, _fromB, _toB, inserted) => {
      operation.push(count(from, fromA), inserted.toString(), -count(fromA, toA));
      from = toA;
    });
    operation.push(count(from, before.length));
    return operation.filter((component) => component !== 0 && component !== "");
  };
  /** What others have written, as CodeMirror has it. */
  const changesOf = (operation, before) => {
    const changes = [];
    let from = 0;
    for (const component of operation) {
      if (typeof component === "string") {
        changes.push({ from, insert: component });
        continue;
      }
      const units = toUnits(before.slice(from), Math.abs(component));
      if (component < 0) {
        changes.push({ from, to: from + units });
      }
      from += units;
    }
    return changes;
  };

  const view = new EditorView({
    parent,
    state: EditorState.create({
      extensions: [
        // Else what others have written with a "\r" in it would be another text here.
        EditorState.lineSeparator.of("\n"),
        drawSelection(),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ "aria-label": "Text" }),
        EditorView.domEventHandlers({
          keydown(event) {
            const wanted = historyOf(event);
            if (wanted !== null) {
              event.preventDefault();
              onHistory(wanted);
            }
            return wanted !== null;
          },
        }),
        keymap.of(defaultKeymap),
        cursorsField,
        writable.of(EditorState.readOnly.of(false)),
        // Half of a surrogate pair cannot be sent.
        EditorState.transactionFilter.of((transaction) => (transaction.docChanged && !transaction.newDoc.toString().isWellFormed() ? [] : transaction)),
        EditorView.updateListener.of((update) => {
          if (update.docChanged && !update.transactions.some((transaction) => transaction.annotation(remote))) {
            onEdit(operationOf(update.changes, update.startState.doc.toString()));
          }
          if (update.selectionSet || update.docChanged) {
            onSelect();
          }
        }),
      ],
    }),
  });
  const text = () => view.state.doc.toString();
  return {
    waits: () => false,
    setText: (to) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: to }, annotations: remote.of(true) }),
    change: (operation) => view.dispatch({ changes: changesOf(operation, text()), annotations: remote.of(true) }),
    get selection() {
      const { anchor, head } = view.state.selection.main;
      return { anchor: toCharacters(text(), anchor), head: toCharacters(text(), head) };
    },
    showCursors: (cursors) => view.dispatch({ effects: setCursors.of(marks(cursors, text())) }),
    set readOnly(readOnly) {
      view.dispatch({ effects: writable.reconfigure([EditorState.readOnly.of(readOnly), EditorView.editable.of(!readOnly)]) });
    },
    focus: () => view.focus(),
  };
}
