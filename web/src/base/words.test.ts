import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { IntlMessageFormat } from 'intl-messageformat';
import { expect, test } from 'vitest';

const root = join(dirname(new URL(import.meta.url).pathname), '..');
const files = readdirSync(root, { recursive: true }).map(String);
const read = (f: string) => readFileSync(join(root, f), 'utf8');
const book = (l: string): Record<string, string> => Object.assign({}, ...files.filter((f) => f.endsWith(`words.${l}.json`)).map((f) => JSON.parse(read(f))));
const en = book('en'), de = book('de');
const code = files.filter((f) => /\.(svelte|ts)$/.test(f) && !/\.test\.ts$|schema\.d\.ts$/.test(f)).map(read).join('\n');

test('both languages have the same words', () => {
  expect(Object.keys(de).sort()).toEqual(Object.keys(en).sort());
});

test('no key is there twice, in one room or in two', () => {
  for (const l of ['en', 'de']) { // by its lines: of two keys in one file JSON keeps the last and says nothing
    const seen = files.filter((f) => f.endsWith(`words.${l}.json`)).flatMap((f) => [...read(f).matchAll(/^\s*"([^"]+)":/gm)].map((m) => m[1]));
    expect(seen.filter((k, i) => seen.indexOf(k) !== i), l).toEqual([]);
  }
});

test('every message can be said, with the same values in each language', () => {
  type Part = { type: number; value?: string; options?: Record<string, { value: Part[] }> };
  const names = (parts: Part[]): string[] => parts.flatMap((p) => [...(p.type > 0 && p.type < 7 && p.value ? [p.value] : []), ...Object.values(p.options ?? {}).flatMap((o) => names(o.value))]);
  const values = (m: string, l: string) => [...new Set(names(new IntlMessageFormat(m, l, undefined, { ignoreTag: true }).getAst() as Part[]))].sort();
  for (const [k, v] of Object.entries(en)) {
    expect(values(de[k], 'de'), k).toEqual(values(v, 'en')); // throws where a message can't be read
  }
});

test('what the pages say is in the book', () => {
  const said = [...code.matchAll(/\bt\(\s*'([a-z0-9_.]+[a-z0-9_])'/g)].map((m) => m[1]);
  expect([...new Set(said)].filter((k) => !(k in en))).toEqual([]);
  expect(said.length).toBeGreaterThan(100);
});

test('nothing is in the book that no page says', () => {
  // A key may be put together: t('views.' + x), word('tickets.status', s), t(cond ? 'a.b' : 'a.c').
  const literals = new Set([...code.matchAll(/['"`]([a-z0-9_]+(?:\.[a-z0-9_]+)+)['"`]/g)].map((m) => m[1]));
  const prefixes = [...code.matchAll(/['"`]([a-z0-9_]+(?:\.[a-z0-9_]+)*)\.?['"`]\s*(?:\+|,)/g), ...code.matchAll(/['"`]([a-z0-9_]+(?:\.[a-z0-9_]+)*)\.\$\{/g)].map((m) => m[1] + '.');
  expect(Object.keys(en).filter((k) => !literals.has(k) && !prefixes.some((p) => k.startsWith(p) && p !== k))).toEqual([]);
});
