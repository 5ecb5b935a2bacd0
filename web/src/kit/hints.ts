// Marks below words that could be better. Only who writes sees them: they are decorations, so they are in no draft, no mail
// and no undo.
import { Extension } from '@tiptap/core';
import { closeHistory } from '@tiptap/pm/history';
import { Plugin, PluginKey, TextSelection } from '@tiptap/pm/state';
import { Decoration, DecorationSet, type EditorView } from '@tiptap/pm/view';
import { spoken, type Spoken } from './spoken';

export type Look = 'note' | 'warn' | 'bad';
export type Hint<T = unknown> = { from: number; to: number; of: T };

/** What happens around the marks, told when the document is at rest. */
export type Told<T> = { changed: () => void; shown: () => void; moved: () => void; pressed: (h: Hint<T>) => void; left: () => void };

type Now = { set: DecorationSet; lit?: Hint };
const key = new PluginKey<Now>('hints');

export class Hints<T = unknown> {
  told: Partial<Told<T>> = {};
  #view: EditorView | undefined;

  /** Goes into the editor the marks are for. */
  readonly extension = Extension.create({ name: 'hints', addProseMirrorPlugins: () => [this.#plugin()] });

  /** Nothing is touched while letters are put together. */
  get busy() { return !this.#view || this.#view.composing; }

  read = (): Spoken => (this.#view ? spoken(this.#view.state.doc) : { text: '', range: () => undefined });

  all(): Hint<T>[] {
    const found = this.#view ? key.getState(this.#view.state)!.set.find() : [];
    return found.map((d) => ({ from: d.from, to: d.to, of: d.spec.of as T })).sort((a, b) => a.from - b.from);
  }

  /** Marks places, and takes every other mark away. */
  show(some: (Hint<T> & { look: Look })[]) {
    const view = this.#view;
    if (!view || (!some.length && !this.all().length)) return;
    const { doc } = view.state;
    const set = DecorationSet.create(doc, some.map((h) => Decoration.inline(h.from, h.to, { class: `hint hint-${h.look}` }, { of: h.of, words: doc.textBetween(h.from, h.to, '\n', '\n') })));
    view.dispatch(view.state.tr.setMeta(key, { set }));
    this.told.shown?.();
  }

  /** Shows which mark is spoken of. */
  light(lit?: Hint) {
    const view = this.#view;
    if (view && key.getState(view.state)!.lit !== lit) view.dispatch(view.state.tr.setMeta(key, { lit }));
  }

  /** The words that are marked. */
  words = (h: Hint<T>): string => this.#view?.state.doc.textBetween(h.from, h.to, ' ', ' ') ?? '';

  /** The mark the cursor is in or at. */
  at(pos?: number): Hint<T> | undefined {
    const sel = this.#view?.state.selection;
    if (!sel || (pos === undefined && !sel.empty)) return;
    const p = pos ?? sel.from;
    const near = this.all().filter((h) => h.from <= p && p <= h.to);
    return near.find((h) => p < h.to) ?? near[0];
  }

  /** The mark after another, or after the cursor; after the last comes the first. */
  next(after?: Hint<T>): Hint<T> | undefined {
    const all = this.all();
    const p = after?.from ?? this.#view?.state.selection.head ?? 0;
    return all.find((h) => (after ? h.from > p : h.to > p)) ?? all[0];
  }

  /** Puts the cursor behind a mark. */
  go(h: Hint<T>) {
    const view = this.#view;
    if (!view) return;
    view.focus();
    view.dispatch(view.state.tr.setSelection(TextSelection.create(view.state.doc, h.to)).scrollIntoView());
  }

  /** Puts other words in the place of a mark: one step that can be undone by itself. */
  replace(h: Hint<T>, words: string) {
    const view = this.#view;
    if (!view) return;
    const tr = closeHistory(view.state.tr.insertText(words, h.from, h.to));
    view.dispatch(tr.setSelection(TextSelection.near(tr.doc.resolve(tr.mapping.map(h.to)), -1)).scrollIntoView());
    view.dispatch(closeHistory(view.state.tr)); // what is typed next is a step of its own
    view.focus();
  }

  /** Where a mark is seen: of one over several lines, the line with the cursor. */
  place(h: Hint<T>): { line: DOMRect; box: DOMRect } | undefined {
    const view = this.#view;
    if (!view || h.to > view.state.doc.content.size) return;
    const range = document.createRange();
    const [a, b] = [view.domAtPos(h.from, 1), view.domAtPos(h.to, -1)];
    range.setStart(a.node, a.offset);
    range.setEnd(b.node, b.offset);
    const lines = [...range.getClientRects()].filter((r) => r.width);
    const { top, bottom } = view.coordsAtPos(Math.min(Math.max(view.state.selection.head, h.from), h.to), -1);
    const middle = (top + bottom) / 2;
    const line = lines.find((r) => r.top <= middle && middle <= r.bottom) ?? lines[0];
    return line && { line, box: view.dom.parentElement!.getBoundingClientRect() };
  }

  #plugin() {
    return new Plugin<Now>({
      key,
      state: {
        init: () => ({ set: DecorationSet.empty }),
        apply: (tr, now) => {
          const next = { ...now, ...(tr.getMeta(key) as Partial<Now> | undefined) };
          if (!tr.docChanged) return next;
          // A mark goes along with its words, and goes with them when they are changed.
          const moved = next.set.map(tr.mapping, tr.doc);
          return { set: moved.remove(moved.find().filter((d) => tr.doc.textBetween(d.from, d.to, '\n', '\n') !== d.spec.words)) };
        },
      },
      props: {
        decorations: (state) => {
          const { set, lit } = key.getState(state)!;
          return lit ? set.add(state.doc, [Decoration.inline(lit.from, lit.to, { class: 'hint-lit' })]) : set;
        },
        handleClick: (_, pos) => {
          const h = this.at(pos);
          if (h) queueMicrotask(() => this.told.pressed?.(h));
          return false;
        },
        handleDOMEvents: { blur: () => { queueMicrotask(() => this.told.left?.()); } },
      },
      view: (view) => {
        this.#view = view;
        return {
          update: (_, before) => {
            const changed = view.state.doc !== before.doc;
            if (!changed && view.state.selection.eq(before.selection)) return;
            queueMicrotask(() => (changed ? this.told.changed : this.told.moved)?.()); // it may come while the page is being drawn
          },
          destroy: () => { this.#view = undefined; },
        };
      },
    });
  }
}
