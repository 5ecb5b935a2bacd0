// A week of opening hours as people write it and read it. The server counts minutes from midnight, Sunday first; what
// goes past midnight counts on (22:00 to 6:00 is 1320 to 1800).
import { locale } from '../../base/words.svelte';

export type Span = { from: number; to: number };
/** A span while somebody writes it. */
export type Draft = { from: string; to: string };

const day = 24 * 60;

/** The days in the order people read them: Monday first. */
export const days = [1, 2, 3, 4, 5, 6, 0];

/** The name of a day, Sunday being 0. */
export const weekday = (d: number, weekday: 'long' | 'short' = 'long') => new Intl.DateTimeFormat(locale(), { weekday, timeZone: 'UTC' }).format(new Date(Date.UTC(2024, 0, 7 + d)));

/** Minutes as an input of a time writes them: 540 is 09:00, midnight at either end is 00:00. */
export const clock = (m: number) => `${String(Math.floor((m % day) / 60)).padStart(2, '0')}:${String(m % 60).padStart(2, '0')}`;

function minutes(text: string): number | undefined {
  const m = /^(\d{1,2}):(\d{2})/.exec(text.trim());
  return m && +m[1] < 24 && +m[2] < 60 ? +m[1] * 60 + +m[2] : undefined;
}

/** Reads a span; one that ends at or before its beginning ends on the next day. */
export function span({ from, to }: Draft): Span | undefined {
  const a = minutes(from), b = minutes(to);
  return a === undefined || b === undefined ? undefined : { from: a, to: b <= a ? b + day : b };
}

/** Reads a part of a single day, in which the end may be its midnight. */
export function part(d: Draft): Span | undefined {
  const s = span(d);
  return s && s.to > day ? undefined : s;
}

export const draft = (s: Span): Draft => ({ from: clock(s.from), to: clock(s.to) });

/** Whether a span goes on after midnight. */
export function overnight(d: Draft): boolean {
  const s = span(d);
  return !!s && s.to > day;
}

/** What to offer when somebody adds hours to a day: after what is there, else an ordinary day. */
export function next(there: Draft[]): Draft {
  const last = there.length ? span(there[there.length - 1]) : undefined;
  if (!last || last.to + 120 > day) return { from: '09:00', to: '17:00' };
  return draft({ from: last.to + 60, to: Math.min(last.to + 300, day) });
}

const told = (m: number) => `${m === day ? 24 : Math.floor((m % day) / 60)}:${String(m % 60).padStart(2, '0')}`;

/** The week in one line: Mon–Fri 9:00–18:00 · Sat 10:00–14:00. Days that are the same are told together. */
export function say(week: Span[][]): string {
  const runs: { first: number; last: number; hours: string }[] = [];
  days.forEach((d, i) => {
    const hours = [...(week[d] ?? [])].sort((a, b) => a.from - b.from).map((s) => `${told(s.from)}–${told(s.to)}`).join(', ');
    const run = runs.at(-1);
    if (run && run.hours === hours && run.last === i - 1) run.last = i;
    else runs.push({ first: i, last: i, hours });
  });
  const name = (i: number) => weekday(days[i], 'short');
  return runs
    .filter((r) => r.hours)
    .map((r) => `${r.first === r.last ? name(r.first) : `${name(r.first)}${r.last === r.first + 1 ? ', ' : '–'}${name(r.last)}`} ${r.hours}`)
    .join(' · ');
}
