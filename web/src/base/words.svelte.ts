// What the workspace says, in the reader's language: ICU messages, a file for each room beside its pages.
import { IntlMessageFormat } from 'intl-messageformat';

export type Language = 'en' | 'de';
export const languages: Record<Language, string> = { en: 'English', de: 'Deutsch' };

let book = $state.raw<Record<string, string>>({});
let tongue = $state<Language>('en');
let compiled = new Map<string, IntlMessageFormat>();

/** The language the workspace speaks now. */
export const language = () => tongue;

/** A language tag for Intl: English times read 24 hours for those who set their system so, hence the browser's own first. */
export const locale = () => navigator.languages.find((l) => l.startsWith(tongue)) ?? (tongue === 'en' ? 'en-GB' : 'de-DE');

/** The language of whoever has not said: that of the browser. */
export const guess = (): Language => (navigator.languages.find((l) => /^(de|en)/.test(l))?.startsWith('de') ? 'de' : 'en');

let mirrored = false;

/** Turns the workspace around and makes its words longer, to see what a language from right to left, or a long one, would do
 * to it. */
export function mirror() {
  mirrored = true;
  document.documentElement.dir = 'rtl';
}

const [rtl, end] = [0x202e, 0x202c].map((c) => String.fromCharCode(c));
const seen = (words: Record<string, string>) =>
  mirrored ? Object.fromEntries(Object.entries(words).map(([k, v]) => [k, /[{<]/.test(v) ? v : `${rtl}${v}${end}${'~'.repeat(Math.ceil(v.length / 3))}`])) : words;

let whole = false; // the words of every page are wanted

export async function speak(l: Language): Promise<void> {
  const [first, rest] = await Promise.all([l === 'de' ? import('./words/de') : import('./words/en'), whole ? others(l) : {}]);
  book = seen({ ...first.default, ...rest });
  compiled = new Map();
  tongue = l;
  document.documentElement.lang = l;
}

const others = async (l: Language) => (l === 'de' ? await import('./words/de.more') : await import('./words/en.more')).default;

/** Brings the words of the pages that are not needed for the inbox. */
export async function more(): Promise<void> {
  if (whole) return;
  whole = true;
  try {
    book = { ...book, ...seen(await others(tongue)) };
  } catch (e) {
    whole = false; // they are asked for again
    throw e;
  }
}

/** Says a message with its values: t(key, { n: 3 }). A key without words is shown as it is, and a test finds it, or
 * as what is said otherwise. */
export function t(key: string, values?: Record<string, unknown>, otherwise = key): string {
  const words = book[key];
  if (words === undefined) return otherwise;
  if (!words.includes('{') && !words.includes("'")) return words;
  let m = compiled.get(key);
  if (!m) compiled.set(key, (m = new IntlMessageFormat(words, locale(), undefined, { ignoreTag: true })));
  try {
    return String(m.format(values as Record<string, string>));
  } catch (e) {
    if (otherwise === key) throw e;
    return otherwise; // words with a gap that nobody fills
  }
}

/** The word for one of several known values, such as a status: word('tickets.status', 'open'). What is not known is shown as it is. */
export function word(prefix: string, value: string): string {
  return book[`${prefix}.${value}`] ?? value;
}

/** All that is said now, for whoever looks for words by more than their key. */
export const words = () => book;
