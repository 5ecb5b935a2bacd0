import { expect, test } from 'vitest';
import { idOf, shelves, type Rule } from './api';
import { paragraphs, whenOf, written } from './shelf';

const rule = (id: string, more: Partial<Rule>): Rule => ({ id, family: 'policy', find: [], bad: [], why: '', ...more });

test('an id is made of what a rule finds, and is its own', () => {
  expect(idOf('Dear Sirs,', new Set())).toBe('own.dear-sirs');
  expect(idOf('grüß Gott', new Set(['own.gru-ss-gott', 'own.gruss-gott']))).toBe('own.gruss-gott-2');
  expect(idOf('…', new Set())).toBe('own.rule');
});

test('what we say stands in the order it is said, what customers say is left out', () => {
  const all = [rule('a', { is: 'goodbye', bad: ['Kind regards'] }), rule('b', { is: 'greeting', bad: ['Hello'] }), rule('c', { is: 'acceptance', bad: ['No problem'] }), rule('d', { family: 'fog', bad: ['hereby'] }), rule('e', { family: 'blame', bad: ['You forgot'] })];
  const { say, never } = shelves(all, '');
  expect(say.map(([k]) => k)).toEqual(['greeting', 'goodbye']);
  expect(never.map(([k]) => k)).toEqual(['blame', 'fog']);
  expect(shelves(all, ' HEREBY ').never.map(([k]) => k)).toEqual(['fog']);
  expect(shelves(all, 'nothing')).toEqual({ say: [], never: [] });
});

test('a framework is written with square brackets, and read back as it was', () => {
  const some = [{ open: 'Dear', prompt: 'their name', end: ',' }, { prompt: 'what happened' }, { open: 'Kind regards,\n', prompt: 'your name' }, { open: 'It is', prompt: 'what', end: 'today' }];
  expect(written(some)).toBe('Dear [their name],\n\n[what happened]\n\nKind regards,\n[your name]\n\nIt is [what] today');
  expect(paragraphs(written(some))).toEqual(some);
  expect(paragraphs('We take care of it.\n\n \n[one] and [two]')).toEqual([{ open: 'We take care of it.', prompt: '' }, { open: '[one] and [two]', prompt: '' }]);
  expect(whenOf({ types: 'order, ', tags: '', words: 'lost*\n(a, b)', channels: '', brands: '' })).toEqual({ types: ['order'], words: ['lost*', '(a, b)'] });
});
