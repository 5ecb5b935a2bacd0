// Prompts in what somebody writes: words between two signs no keyboard has, drawn as places to fill in. They are text like
// any other, so they are in the draft, in undo and in a copy; but one is only ever chosen, written over or taken away as a whole.
import { Extension } from '@tiptap/core';
import type { Node } from '@tiptap/pm/model';
import { Plugin, PluginKey, TextSelection, type EditorState } from '@tiptap/pm/state';
import { Decoration, DecorationSet, type EditorView } from '@tiptap/pm/view';

export type Place = { from: number; to: number };
const prompt = /⟦[^⟦⟧\n]*⟧/g;
const key = new PluginKey<{ all: Place[]; set: DecorationSet }>('prompts');

/** Where in a document something waits to be written. */
export function places(doc: Node): Place[] {
  const found: Place[] = [];
  doc.descendants((node, pos) => {
    if (!node.isTextblock) return;
    const text = node.textBetween(0, node.content.size, '\n', '\n'); // what has no letters takes one place
    for (const m of text.matchAll(prompt)) found.push({ from: pos + 1 + m.index, to: pos + 1 + m.index + m[0].length });
    return false;
  });
  return found;
}

function drawn(doc: Node) {
  const all = places(doc);
  // The signs are for programs: whoever writes sees a place.
  const set = DecorationSet.create(doc, all.flatMap(({ from, to }) => [Decoration.inline(from, to, { class: 'prompt' }), Decoration.inline(from, from + 1, { class: 'prompt-sign' }), Decoration.inline(to - 1, to, { class: 'prompt-sign' })]));
  return { all, set };
}

const of = (state: EditorState) => key.getState(state)!.all;
const choose = (view: EditorView, p: Place) => view.dispatch(view.state.tr.setSelection(TextSelection.create(view.state.doc, p.from, p.to)).scrollIntoView());

/** Goes to the first place from a position on; false when there is none. */
export function fill(view: EditorView, from: number): boolean {
  const p = of(view.state).find((x) => x.from >= from);
  if (p) choose(view, p);
  return !!p;
}

export const prompts = Extension.create({
  name: 'prompts',
  priority: 200, // before lists, which take Tab too
  addProseMirrorPlugins: () => [
    new Plugin({
      key,
      state: { init: (_, { doc }) => drawn(doc), apply: (tr, now) => (tr.docChanged ? drawn(tr.doc) : now) },
      props: {
        decorations: (state) => key.getState(state)!.set,
        handleKeyDown(view, e) {
          if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing) return false;
          const { from, to, empty } = view.state.selection;
          const all = of(view.state);
          // After the last one Tab leads on as everywhere: nobody is held here.
          if (e.key === 'Tab') {
            const p = e.shiftKey ? all.findLast((x) => x.to <= from) : all.find((x) => x.from >= to);
            if (!p) return false;
            choose(view, p);
            e.preventDefault();
            return true;
          }
          const gone = empty && (e.key === 'Backspace' ? all.find((x) => x.to === from) : e.key === 'Delete' ? all.find((x) => x.from === from) : undefined);
          if (!gone) return false;
          view.dispatch(view.state.tr.delete(gone.from, gone.to).scrollIntoView());
          return true;
        },
      },
      // A cursor that would stand within one chooses it.
      appendTransaction(_, before, state) {
        const { from, empty } = state.selection;
        const p = empty && !state.selection.eq(before.selection) && of(state).find((x) => x.from < from && from < x.to);
        return p ? state.tr.setSelection(TextSelection.create(state.doc, p.from, p.to)) : null;
      },
    }),
  ],
});
