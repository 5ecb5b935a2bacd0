// Moments and spans as people say them.
import { locale, t } from './words.svelte';

let minute = $state(Date.now());
setInterval(() => { minute = Date.now(); }, 20_000);

/** Now, to about a minute; what shows it is drawn anew as time goes on. */
export const now = () => minute;

const M = 60_000, H = 60 * M, D = 24 * H;

/** A span in its largest unit: 4m, 3h, 2d, 5w. */
export function span(ms: number): string {
  const s = Math.abs(ms);
  if (s < H) return t('time.m', { n: Math.floor(s / M) });
  if (s < 2 * D) return t('time.h', { n: Math.floor(s / H) });
  if (s < 14 * D) return t('time.d', { n: Math.floor(s / D) });
  if (s < 365 * D) return t('time.w', { n: Math.floor(s / (7 * D)) });
  return t('time.y', { n: Math.floor(s / (365 * D)) });
}

/** How long ago: 4m, 3h, 2d. */
export const ago = (at: string) => span(Math.max(0, now() - Date.parse(at)));

const formats = new Map<string, Intl.DateTimeFormat>();
function format(at: string | Date, o: Intl.DateTimeFormatOptions): string {
  const key = locale() + JSON.stringify(o);
  let f = formats.get(key);
  if (!f) formats.set(key, (f = new Intl.DateTimeFormat(locale(), o)));
  return f.format(typeof at === 'string' ? new Date(at) : at);
}

/** Date and time in full, for a tooltip or a reader. */
export const full = (at: string) => format(at, { dateStyle: 'full', timeStyle: 'short' });

/** The shortest way to say when: a time today, a weekday this week, else a date. */
export function when(at: string): string {
  const d = new Date(at), today = new Date(now());
  const days = Math.round((new Date(today).setHours(0, 0, 0, 0) - new Date(d).setHours(0, 0, 0, 0)) / D);
  if (days === 0) return format(d, { timeStyle: 'short' });
  if (Math.abs(days) < 7) return format(d, { weekday: 'short', hour: 'numeric', minute: '2-digit' });
  return format(d, d.getFullYear() === today.getFullYear() ? { day: 'numeric', month: 'short' } : { day: 'numeric', month: 'short', year: 'numeric' });
}

/** A day by its name: Friday, 4 December. */
export const day = (at: string) => format(at, { weekday: 'long', day: 'numeric', month: 'long' });

/** A date alone. */
export const date = (at: string) => format(at, { dateStyle: 'medium' });

/** The month alone, for what need not be said more exactly. */
export const month = (at: string) => format(at, { month: 'short', year: 'numeric' });

export const number = (n: number) => new Intl.NumberFormat(locale()).format(n);

/** A moment of the server, so that moments compare as texts: it leaves out the end of a fraction that is zero. */
export const moment = (at: string) => at.replace(/(\.\d+)?Z$/, (f) => (f.length > 1 ? f.slice(0, -1) : '.').padEnd(10, '0'));

/** Bytes as people say them. */
export function bytes(n: number): string {
  const [v, unit] = n < 1e3 ? [n, 'byte'] : n < 1e6 ? [n / 1e3, 'kilobyte'] : [n / 1e6, 'megabyte'];
  return new Intl.NumberFormat(locale(), { style: 'unit', unit, unitDisplay: unit === 'byte' ? 'long' : 'short', maximumFractionDigits: unit === 'megabyte' ? 1 : 0 }).format(v);
}
