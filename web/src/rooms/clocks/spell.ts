// Working time as people write it: 30 min, 4 h, 2 days. It is kept in minutes in which the company is open, so a day is
// as long as the calendar has it open, and a week as long as its days together.

/** How long a day and a week of a calendar are, in minutes. */
export type Measure = { day: number; week: number };
export type Unit = 'min' | 'h' | 'day' | 'week';
export type Piece = { n: number; unit: Unit };

type Span = { from: number; to: number };
export type Timetable = { always?: boolean; week: (Span[] | null)[] | null };

/** A day is as long as most of the open days are; of two as frequent, the longer. */
export function measure(c?: Timetable): Measure {
  if (!c || c.always) return { day: 24 * 60, week: 7 * 24 * 60 };
  const open = (c.week ?? []).map((d) => (d ?? []).reduce((n, s) => n + s.to - s.from, 0)).filter((n) => n > 0);
  if (!open.length) return { day: 24 * 60, week: 7 * 24 * 60 };
  const often = (n: number) => open.filter((m) => m === n).length;
  const day = [...open].sort((a, b) => often(b) - often(a) || b - a)[0];
  return { day, week: open.reduce((a, b) => a + b, 0) };
}

const units: [RegExp, Unit][] = [
  [/^(?:m|min|mins|minute|minutes|minuten)$/, 'min'],
  [/^(?:h|hr|hrs|hour|hours|std|stunde|stunden)$/, 'h'],
  [/^(?:d|day|days|t|tag|tage|tagen)$/, 'day'],
  [/^(?:w|wk|week|weeks|woche|wochen)$/, 'week'],
];

const size = (u: Unit, m: Measure) => (u === 'min' ? 1 : u === 'h' ? 60 : u === 'day' ? m.day : m.week);

/** Reads “1 h 30 min”, “4:30”, “1,5 Std.”, “2 days”; a number alone counts minutes. Undefined when it can't be read. */
export function read(text: string, m: Measure): number | undefined {
  const s = text.trim().toLowerCase();
  const colon = /^(\d+):([0-5]\d)(?:\s*h)?$/.exec(s);
  if (colon) return +colon[1] * 60 + +colon[2];
  let total = 0, rest = s.replace(/\s+(?:and|und)\s+|,\s+/g, ' ').trim();
  if (!rest) return undefined;
  while (rest) {
    const p = /^(\d+(?:[.,]\d+)?)\s*([a-zäöü]*)\.?\s*/.exec(rest);
    if (!p) return undefined;
    const unit = p[2] ? units.find(([as]) => as.test(p[2]))?.[1] : 'min';
    if (!unit || (!p[2] && p[0].length < s.length)) return undefined; // a number without a unit stands alone
    total += Number(p[1].replace(',', '.')) * size(unit, m);
    rest = rest.slice(p[0].length);
  }
  return Math.round(total);
}

/** Takes minutes apart into what people say: whole days where it is whole days, else hours and minutes. */
export function pieces(minutes: number, m: Measure): Piece[] {
  if (m.day >= 60 && minutes >= m.day && minutes % m.day === 0) return [{ n: minutes / m.day, unit: 'day' }];
  const h = Math.floor(minutes / 60), min = minutes % 60;
  return [...(h ? [{ n: h, unit: 'h' as const }] : []), ...(min || !h ? [{ n: min, unit: 'min' as const }] : [])];
}
