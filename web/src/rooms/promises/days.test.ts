import { expect, test } from 'vitest';
import { day, dueDay, moment, part, parts, week } from './days';

const at = (y: number, m: number, d: number, h = 0, min = 0) => new Date(y, m - 1, d, h, min);
const due = (d: Date) => ({ due: d.toISOString() });
const now = at(2026, 12, 2, 10).getTime(); // a Wednesday

test('what is due at midnight belongs to the day before', () => {
  expect(day(dueDay(due(at(2026, 12, 3))))).toBe('2026-12-02');
  expect(part(due(at(2026, 12, 3)), now)).toBe('today');
});

test('promises stand below the days as people speak of them', () => {
  const all = [due(at(2026, 12, 1, 17)), due(at(2026, 12, 2, 9, 59)), due(at(2026, 12, 2, 17)), due(at(2026, 12, 3, 8)), due(at(2026, 12, 5, 12)), due(at(2026, 12, 8, 12)), due(at(2026, 12, 9, 12))];
  expect(parts(all, now).map((p) => [p.part, p.some.length])).toEqual([['overdue', 2], ['today', 1], ['tomorrow', 1], ['week', 2], ['later', 1]]);
});

test('a week begins on a Monday, also over a change of the clocks and of the year', () => {
  expect(week(now, 0).map(day)).toEqual(['2026-11-30', '2026-12-01', '2026-12-02', '2026-12-03', '2026-12-04', '2026-12-05', '2026-12-06']);
  expect(week(at(2026, 12, 6, 23).getTime(), 4).map(day)[6]).toBe('2027-01-03');
  expect(week(at(2026, 10, 25).getTime(), 0).map(day)).toEqual(['2026-10-19', '2026-10-20', '2026-10-21', '2026-10-22', '2026-10-23', '2026-10-24', '2026-10-25']);
});

test('a day alone stays a day, a time makes it a moment', () => {
  expect(moment('2026-12-24', '')).toBe('2026-12-24');
  expect(moment('2026-12-24', '15:30')).toBe(at(2026, 12, 24, 15, 30).toISOString());
});
