import { Editor } from '@tiptap/core';
import StarterKit from '@tiptap/starter-kit';
import { afterEach, expect, test } from 'vitest';
import { Hints } from './hints';

let e: Editor;
afterEach(() => e.destroy());

function write(html: string) {
  const hints = new Hints<string>();
  e = new Editor({ element: document.createElement('div'), extensions: [StarterKit, hints.extension], content: html });
  const mark = (...some: string[]) => {
    const s = hints.read();
    hints.show(some.map((w) => ({ ...s.range(s.text.indexOf(w), s.text.indexOf(w) + w.length)!, of: w, look: 'warn' as const })));
  };
  return { hints, mark };
}
const words = (h: { from: number; to: number }) => e.state.doc.textBetween(h.from, h.to);

test('a mark is seen, and is in nothing that is kept', () => {
  const { mark } = write('<p>It is our policy.</p>');
  const before = e.state.selection;
  mark('our policy');
  expect(e.view.dom.querySelector('.hint-warn')?.textContent).toBe('our policy');
  expect(e.getHTML()).toBe('<p>It is our policy.</p>');
  expect(e.state.selection.eq(before)).toBe(true);
  expect(e.can().undo()).toBe(false);
});

test('a mark goes along with its words, and goes when they are changed', () => {
  const { hints, mark } = write('<p>It is our policy.</p>');
  mark('our policy');
  e.commands.insertContentAt(1, 'Well. ');
  expect(hints.all().map(words)).toEqual(['our policy']);
  e.commands.insertContentAt(hints.all()[0].to, '!');
  expect(hints.all().map(words)).toEqual(['our policy']);
  e.commands.insertContentAt(hints.all()[0].from + 2, 'x');
  expect(hints.all()).toEqual([]);
});

test('better words are one step, whatever was typed just before and after', () => {
  const { hints, mark } = write('<p>It is our <strong>policy</strong>.</p>');
  e.commands.insertContentAt(1, 'So: ');
  mark('our policy');
  hints.replace(hints.all()[0], 'how we do it');
  expect(e.getText()).toBe('So: It is how we do it.');
  expect(e.state.selection.from).toBe(1 + 'So: It is how we do it'.length);
  e.commands.insertContent(' here');
  e.commands.undo();
  expect(e.getText()).toBe('So: It is how we do it.');
  e.commands.undo();
  expect(e.getHTML()).toBe('<p>So: It is our <strong>policy</strong>.</p>');
  e.commands.undo();
  expect(e.getText()).toBe('It is our policy.');
});

test('one goes from mark to mark, and after the last to the first', () => {
  const { hints, mark } = write('<p>one two three</p>');
  mark('one', 'three');
  e.commands.setTextSelection(4);
  expect(hints.at()?.of).toBe('one');
  expect(hints.next(hints.at())?.of).toBe('three');
  expect(hints.next(hints.next(hints.at()))?.of).toBe('one');
  e.commands.setTextSelection(6);
  expect(hints.at()).toBeUndefined();
  expect(hints.next()?.of).toBe('three');
});
