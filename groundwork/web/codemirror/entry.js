// What the page needs of CodeMirror 6, in one file: `npm install && npm run build` makes `bundle.js`, which the server serves.
export { defaultKeymap } from "@codemirror/commands";
export { Annotation, Compartment, EditorState, StateEffect, StateField } from "@codemirror/state";
export { Decoration, EditorView, WidgetType, drawSelection, keymap } from "@codemirror/view";
