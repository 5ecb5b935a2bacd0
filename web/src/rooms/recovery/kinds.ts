// Kinds of complaints as they are written in settings: a check a line, working time in hours.
type Check = { key: string; text: string };

const plain = (text: string) => text.toLowerCase().replace(/ß/g, 'ss').normalize('NFKD').replace(/\p{M}/gu, '').replace(/[^a-z0-9]+/g, '_').replace(/^[_0-9]+|_+$/g, '').slice(0, 30);

/** A key that is not taken. What is ours begins so, lest it be taken for one of the starter's, which is said in every language. */
export function keyOf(text: string, taken: readonly string[]): string {
  const begin = `own_${plain(text) || 'one'}`;
  let key = begin;
  for (let n = 2; taken.includes(key); n++) key = `${begin}_${n}`;
  return key;
}

/** The checks of a stage, a line each. One whose words stayed keeps its key, so that what was ticked stays ticked. */
export function checksOf(text: string, before: readonly Check[]): Check[] {
  const all: Check[] = [];
  for (const line of text.split('\n').map((l) => l.trim()).filter(Boolean)) {
    const was = before.find((c) => c.text === line && !all.some((x) => x.key === c.key));
    all.push(was ?? { key: keyOf(line, [...all, ...before].map((c) => c.key)), text: line });
  }
  return all;
}

/** Working minutes as hours, in the digits of the reader; empty for no clock. */
export const hoursOf = (minutes: number, locale: string): string => (minutes ? new Intl.NumberFormat(locale, { maximumFractionDigits: 2, useGrouping: false }).format(minutes / 60) : '');

/** And back; -1 for what is no time, or more than a year of it. */
export function minutesOf(hours: string): number {
  const text = hours.trim().replace(',', '.');
  if (!text) return 0;
  const n = /^\d+(\.\d+)?$/.test(text) ? Math.round(Number(text) * 60) : -1;
  return n > 365 * 24 * 60 ? -1 : n;
}
