import { expect, test } from 'vitest';
import { word } from '../../base/words.svelte';
import { checksOf, hoursOf, keyOf, minutesOf } from './kinds';
import { giftName } from './names.svelte';

test('a check whose words stayed keeps its key, and a new one never takes one of the starter’s', () => {
  const before = [{ key: 'cause', text: 'We know why' }, { key: 'facts', text: 'We know what happened' }];
  expect(checksOf(' We know why \n\nCause\nA card was sent\nA card was sent', before)).toEqual([
    { key: 'cause', text: 'We know why' },
    { key: 'own_cause', text: 'Cause' },
    { key: 'own_a_card_was_sent', text: 'A card was sent' },
    { key: 'own_a_card_was_sent_2', text: 'A card was sent' },
  ]);
  expect(keyOf('Größe & Maß', [])).toBe('own_grosse_mass');
  expect(keyOf('寸法', ['own_one'])).toBe('own_one_2');
  expect(keyOf('x'.repeat(90), []).length).toBeLessThanOrEqual(40);
});

test('working time is written in hours and kept in minutes', () => {
  expect([0, 60, 90, 480].map((m) => hoursOf(m, 'de'))).toEqual(['', '1', '1,5', '8']);
  expect(['', '1', '1,5', '0.25', ' 8 '].map(minutesOf)).toEqual([0, 60, 90, 15, 480]);
  expect(['x', '-1', '1.5.5', '9000'].map(minutesOf)).toEqual([-1, -1, -1, -1]);
});

test('a gift is called as it was written, and by the page’s name of its kind where nobody wrote anything', () => {
  expect(giftName({ kind: 'gift', what: 'A box of pralines' })).toBe('A box of pralines');
  expect(giftName({ kind: 'other', what: 'A letter by hand' })).toBe('A letter by hand');
  for (const [kind, what] of [['gift', 'Gift'], ['free_shipping', 'Free shipping'], ['call_from_owner', 'Call from the owner']]) expect(giftName({ kind, what })).toBe(word('recovery.gift', kind));
});
