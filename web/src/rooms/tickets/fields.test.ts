import { expect, test } from 'vitest';
import { choices, keyOf } from './fields';

test('a key is made of what people say', () => {
  expect(['Order number', 'Größe in cm', ' Naïve – café! ', '2nd address', '注文', 'Łódź', 'E-Mail'].map((l) => keyOf(l, []))).toEqual(['order_number', 'groesse_in_cm', 'naive_cafe', 'field_2nd_address', 'field', 'lodz', 'e_mail']);
});

test('a key that is taken is not given again', () => {
  expect(keyOf('Wood', ['wood'])).toBe('wood_2');
  expect(keyOf('Wood', ['wood', 'wood_2'])).toBe('wood_3');
  expect(keyOf('Return', [], 'type')).toBe('return');
  expect(keyOf('?', [], 'type')).toBe('type');
});

test('a long label makes a key the server takes', () => {
  const long = keyOf('a very long name for something that nobody will ever read in full', []);
  expect(long).toMatch(/^[a-z][a-z0-9_]{0,39}$/);
  expect(keyOf('a very long name for something that nobody will ever read in full', [long])).toMatch(/^[a-z][a-z0-9_]{0,37}_2$/);
});

test('choices are lines', () => {
  expect(choices(' oak\n\nash \noak\n')).toEqual(['oak', 'ash']);
});
