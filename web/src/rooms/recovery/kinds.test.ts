import { expect, test } from 'vitest';
import { checksOf, hoursOf, keyOf, minutesOf } from './kinds';

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
