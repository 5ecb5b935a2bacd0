import { expect, test } from 'vitest';
import { asked, skeleton } from './frames';

test('a framework becomes paragraphs with places to fill in, and nothing of it is taken for markup', () => {
  expect(skeleton({ paragraphs: [{ open: 'Dear', prompt: 'their name', end: ',' }, { prompt: 'a <b> & c' }, { open: 'Kind regards,\n', prompt: 'your name' }, { open: 'It is', prompt: 'what', end: 'today' }] })).toBe(
    '<p>Dear ⟦their name⟧,</p><p>⟦a &#60;b&#62; &#38; c⟧</p><p>Kind regards,<br>⟦your name⟧</p><p>It is ⟦what⟧ today</p>',
  );
});

test('a question stands apart from what is written before it', () => {
  expect(asked('Which one?', '')).toBe('Which one?');
  expect(asked('Which one?', 'Thank you.')).toBe(' Which one?');
  expect(asked('A < B?', 'Thank you. ')).toBe('A &#60; B?');
});
