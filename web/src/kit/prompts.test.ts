import { Editor } from '@tiptap/core';
import StarterKit from '@tiptap/starter-kit';
import { afterEach, expect, test } from 'vitest';
import { fill, places, prompts } from './prompts';

let editor: Editor;
afterEach(() => editor.destroy());
function write(html: string) {
  editor = new Editor({ element: document.createElement('div'), extensions: [StarterKit, prompts], content: html, parseOptions: { preserveWhitespace: true } });
}
const chosen = () => editor.state.doc.textBetween(editor.state.selection.from, editor.state.selection.to, '\n', '\n');
function press(key: string, shiftKey = false): boolean {
  const e = new KeyboardEvent('keydown', { key, shiftKey, cancelable: true });
  return !!editor.view.someProp('handleKeyDown', (f) => f(editor.view, e)); // as the view itself asks
}
const letter = '<p>Dear ⟦their name⟧,</p><p>one<br>⟦what happened⟧ and ⟦why⟧</p><p>⟦half</p>';

test('places are found where they stand, across breaks; half of one is none', () => {
  write(letter);
  expect(places(editor.state.doc).map(({ from, to }) => editor.state.doc.textBetween(from, to))).toEqual(['⟦their name⟧', '⟦what happened⟧', '⟦why⟧']);
});

test('Tab goes from one to the next and back, and out after the last', () => {
  write(letter);
  expect(fill(editor.view, 0)).toBe(true);
  expect(chosen()).toBe('⟦their name⟧');
  expect(press('Tab')).toBe(true);
  expect(chosen()).toBe('⟦what happened⟧');
  expect(press('Tab')).toBe(true);
  expect(press('Tab', true)).toBe(true);
  expect(chosen()).toBe('⟦what happened⟧');
  press('Tab');
  expect(chosen()).toBe('⟦why⟧');
  expect(press('Tab')).toBe(false);
});

test('one is written over, chosen and taken away as a whole', () => {
  write(letter);
  fill(editor.view, 0);
  editor.view.dispatch(editor.state.tr.insertText('Tim'));
  expect(editor.getText()).toContain('Dear Tim,');
  const [p] = places(editor.state.doc);
  editor.commands.setTextSelection(p.from + 3);
  expect(chosen()).toBe('⟦what happened⟧');
  editor.commands.setTextSelection(p.to);
  expect(editor.state.selection.empty).toBe(true);
  expect(press('Backspace')).toBe(true);
  expect(places(editor.state.doc).length).toBe(1);
  editor.commands.setTextSelection(places(editor.state.doc)[0].from);
  expect(press('Delete')).toBe(true);
  expect(places(editor.state.doc)).toEqual([]);
  expect(fill(editor.view, 0)).toBe(false);
});
