// The web side keeps the same house as the Go side: a page knows its own folder, the kit and the base.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';

const root = join(dirname(new URL(import.meta.url).pathname), '..');
const files = readdirSync(root, { recursive: true }).map(String).filter((f) => /\.(svelte|ts)$/.test(f) && !f.endsWith('.d.ts'));
const place = (f: string) => f.split('/').slice(0, /^(rooms|channels)\//.test(f) ? 2 : 1).join('/');

export function stranger(from: string, to: string): string {
  const a = place(from), b = place(to);
  if (a === b || b === 'base' || a === 'app') return '';
  if (b === 'kit') return a === 'base' ? 'the base knows nobody above it' : '';
  if (a === 'base' || a === 'kit') return `${a} knows nobody above it`;
  return 'a page imports its own folder, the kit and the base, never another room';
}

const imports = (f: string) => [...readFileSync(join(root, f), 'utf8').matchAll(/(?:from|import)\s*\(?\s*'(\.{1,2}\/[^']+)'/g)].map((m) => normalize(join(dirname(f), m[1])));

test('the guard sees planted faults', () => {
  expect(stranger('rooms/tickets/List.svelte', 'rooms/people/Card.svelte')).toMatch(/never another room/);
  expect(stranger('kit/Button.svelte', 'rooms/tickets/api.ts')).toMatch(/nobody above/);
  expect(stranger('base/api.ts', 'kit/Button.svelte')).toMatch(/nobody above/);
  expect(stranger('channels/email/Mail.svelte', 'rooms/staff/Me.svelte')).toMatch(/never another room/);
  expect(stranger('rooms/tickets/List.svelte', 'kit/Button.svelte')).toBe('');
  expect(stranger('app/Desk.svelte', 'rooms/tickets/List.svelte')).toBe('');
});

test('every import keeps to the house', () => {
  const faults = files.flatMap((f) => imports(f).map((to) => [f, to, stranger(f, to)])).filter(([, , why]) => why);
  expect(files.length).toBeGreaterThan(40);
  expect(faults.map((x) => x.join(' → '))).toEqual([]);
});

test('icons come one by one, colours by token, HTML of others never into the page', () => {
  const all = files.filter((f) => !f.endsWith('.test.ts')).map((f) => [f, readFileSync(join(root, f), 'utf8')]);
  expect(all.filter(([, s]) => /from '@lucide\/svelte'/.test(s)).map(([f]) => f)).toEqual([]);
  expect(all.filter(([, s]) => /\{@html/.test(s)).map(([f]) => f)).toEqual([]);
  expect(all.filter(([, s]) => /(bg|text|border)-(red|blue|gray|slate|zinc|green|amber|indigo)-\d/.test(s)).map(([f]) => f)).toEqual([]);
  expect(all.filter(([f, s]) => /from 'bits-ui'/.test(s) && !/^kit\/|^app\/Palette/.test(f)).map(([f]) => f)).toEqual([]);
  expect(all.filter(([, s]) => /https?:\/\/(?!127\.0\.0\.1)[a-z]/.test(s.replace(/\/\/.*$/gm, '').replace(/placeholder="[^"]*"/g, '')) && /fonts\.|cdn|unpkg|googleapis/.test(s)).map(([f]) => f)).toEqual([]);
});

test('no two places are gone to by the same keys', () => {
  const places = files.filter((f) => !f.endsWith('.test.ts')).flatMap((f) => [...readFileSync(join(root, f), 'utf8').matchAll(/'(g [a-z])'/g)].map((m) => m[1]));
  expect(places.length).toBeGreaterThan(8);
  expect(places.filter((k, i) => places.indexOf(k) !== i)).toEqual([]);
});
