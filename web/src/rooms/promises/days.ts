// Days as people speak of them: what is overdue, today, tomorrow, on a day of this week, or later.
import { locale } from '../../base/words.svelte';
import type { Promised } from './api';

export type Part = 'overdue' | 'today' | 'tomorrow' | 'week' | 'later';

const midnight = (d: Date, days = 0) => new Date(d.getFullYear(), d.getMonth(), d.getDate() + days);

/** A day as the server reads it, in the time of whoever looks: 2026-12-24. */
export const day = (d: Date) => `${d.getFullYear()}-${String(d.getMonth() + 1).padStart(2, '0')}-${String(d.getDate()).padStart(2, '0')}`;

/** When something is due as the server reads it: the day alone, or with a time the moment. */
export function moment(date: string, time: string): string {
  const d = new Date(`${date}T${time}`);
  return time && !Number.isNaN(d.getTime()) ? d.toISOString() : date; // a year that is being typed is none yet
}

/** The day on which something must be done: what is due at midnight belongs to the day before. */
export const dueDay = (p: Pick<Promised, 'due'>) => midnight(new Date(Date.parse(p.due) - 1));

export function part(p: Pick<Promised, 'due'>, now: number): Part {
  if (Date.parse(p.due) <= now) return 'overdue';
  const days = Math.round((dueDay(p).getTime() - midnight(new Date(now)).getTime()) / 86_400_000);
  return days <= 0 ? 'today' : days === 1 ? 'tomorrow' : days < 7 ? 'week' : 'later';
}

/** The parts of a list that is in order of time, none of them empty. */
export function parts<T extends Pick<Promised, 'due'>>(all: T[], now: number): { part: Part; some: T[] }[] {
  const found: { part: Part; some: T[] }[] = [];
  for (const p of all) {
    const which = part(p, now);
    const last = found.at(-1);
    if (last?.part === which) last.some.push(p);
    else found.push({ part: which, some: [p] });
  }
  return found;
}

/** A day by its name: Fri, 4 Dec. */
export const weekday = (d: Date) => new Intl.DateTimeFormat(locale(), { weekday: 'short', day: 'numeric', month: 'short' }).format(d);

/** A day and a time as short as they can be told apart: Fri, 4 Dec, 15:00. */
export const daytime = (at: string) => new Intl.DateTimeFormat(locale(), { weekday: 'short', day: 'numeric', month: 'short', hour: 'numeric', minute: '2-digit' }).format(new Date(at));

/** The seven days of a week that begins on a Monday, so many weeks from now. */
export function week(now: number, ahead: number): Date[] {
  const d = new Date(now);
  return Array.from({ length: 7 }, (_, i) => midnight(d, i + 7 * ahead - ((d.getDay() + 6) % 7)));
}
