import { expect, test } from 'vitest';
import { measure, pieces, read } from './spell';

const nine = [{ from: 540, to: 1080 }];
const shop = measure({ week: [[], nine, nine, nine, nine, nine, [{ from: 600, to: 840 }]] });
const clock = measure();

test('a day is as long as most days are open', () => {
  expect(shop).toEqual({ day: 540, week: 5 * 540 + 240 });
  expect(measure({ week: [null, [{ from: 0, to: 60 }], [{ from: 0, to: 120 }], [], [], [], []] })).toEqual({ day: 120, week: 180 });
  expect(measure({ always: true, week: [] })).toEqual({ day: 1440, week: 10080 });
  expect(measure({ week: null })).toEqual({ day: 1440, week: 10080 });
});

test('time is read as people write it, in both languages', () => {
  const said = ['30 min', '30', '4 h', '4h', '1 h 30 min', '1.5 h', '1,5 Std.', '4:30', '2 days', '2 Tage', '1 Tag und 2 Stunden', '1 day, 30 minutes', '1 week'];
  expect(said.map((s) => read(s, shop))).toEqual([30, 30, 240, 240, 90, 90, 90, 270, 1080, 1080, 660, 570, 2940]);
  expect(read('2 d', clock)).toBe(2880);
});

test('what can’t be read is not guessed', () => {
  expect(['', 'soon', '2 moons', '4 h 30', 'h', '-5 min', '3 min x'].map((s) => read(s, shop))).toEqual(Array(7).fill(undefined));
});

test('minutes are said in whole days where they are, else in hours', () => {
  expect(pieces(1080, shop)).toEqual([{ n: 2, unit: 'day' }]);
  expect(pieces(1080, clock)).toEqual([{ n: 18, unit: 'h' }]);
  expect(pieces(570, shop)).toEqual([{ n: 9, unit: 'h' }, { n: 30, unit: 'min' }]);
  expect(pieces(45, shop)).toEqual([{ n: 45, unit: 'min' }]);
  expect(pieces(0, shop)).toEqual([{ n: 0, unit: 'min' }]);
});

test('what is said is read as the same again', () => {
  const short = { min: 'min', h: 'h', day: 'days', week: 'weeks' };
  for (const m of [shop, clock]) for (const n of [1, 59, 60, 61, 539, 540, 541, 1080, 1439, 1440, 2700, 9999]) {
    expect(read(pieces(n, m).map((p) => `${p.n} ${short[p.unit]}`).join(' '), m)).toBe(n);
  }
});
