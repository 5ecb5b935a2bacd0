import { expect, test } from 'vitest';
import { clock, next, overnight, part, say, span } from './week';

const nine = { from: 540, to: 1080 };

test('a time is written as an input wants it', () => {
  expect([0, 545, 1439, 1440, 1800].map(clock)).toEqual(['00:00', '09:05', '23:59', '00:00', '06:00']);
});

test('a span that ends before it begins ends on the next day', () => {
  expect(span({ from: '09:00', to: '17:30' })).toEqual({ from: 540, to: 1050 });
  expect(span({ from: '22:00', to: '06:00' })).toEqual({ from: 1320, to: 1800 });
  expect(span({ from: '09:00', to: '00:00' })).toEqual({ from: 540, to: 1440 });
  expect(span({ from: '00:00', to: '00:00' })).toEqual({ from: 0, to: 1440 });
  expect(span({ from: '09:00:00', to: '10:00:00' })).toEqual({ from: 540, to: 600 });
  expect([span({ from: '', to: '10:00' }), span({ from: '25:00', to: '10:00' })]).toEqual([undefined, undefined]);
  expect([overnight({ from: '22:00', to: '06:00' }), overnight({ from: '09:00', to: '00:00' })]).toEqual([true, false]);
});

test('a part of one day does not leave it', () => {
  expect(part({ from: '12:00', to: '00:00' })).toEqual({ from: 720, to: 1440 });
  expect(part({ from: '12:00', to: '08:00' })).toBeUndefined();
});

test('hours that are added come after those that are there', () => {
  expect(next([])).toEqual({ from: '09:00', to: '17:00' });
  expect(next([{ from: '08:00', to: '12:00' }])).toEqual({ from: '13:00', to: '17:00' });
  expect(next([{ from: '08:00', to: '20:30' }])).toEqual({ from: '21:30', to: '00:00' });
  expect(next([{ from: '08:00', to: '23:30' }])).toEqual({ from: '09:00', to: '17:00' });
});

test('a week is told in one line', () => {
  expect(say([[], [nine], [nine], [nine], [nine], [nine], [{ from: 600, to: 840 }]])).toBe('Mon–Fri 9:00–18:00 · Sat 10:00–14:00');
  expect(say([[], [nine], [nine], [], [], [], []])).toBe('Mon, Tue 9:00–18:00');
  expect(say([[{ from: 1320, to: 1800 }], [], [], [], [], [{ from: 780, to: 1440 }, { from: 480, to: 720 }], []])).toBe('Fri 8:00–12:00, 13:00–24:00 · Sun 22:00–6:00');
  expect(say([[], [], [], [], [], [], []])).toBe('');
});
