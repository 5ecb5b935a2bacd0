import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { catchUp, kept, tell } from './tell';

let answers: (number | 'away')[] = [];
let asked: { key: string; what: string }[] = [];

beforeEach(() => {
  localStorage.clear();
  [answers, asked] = [[], []];
  vi.stubGlobal('fetch', async (_: string, init: RequestInit) => {
    const a = answers.shift() ?? 201;
    asked.push({ key: (init.headers as Record<string, string>)['Idempotency-Key'], what: JSON.parse(String(init.body)).what });
    if (a === 'away') throw new TypeError('Failed to fetch');
    return new Response(JSON.stringify(a < 300 ? { id: 'cmp_1' } : { kind: 'invalid', code: 'complaint.empty', detail: 'Write what happened.' }), { status: a });
  });
});
afterEach(() => vi.unstubAllGlobals());

test('what is told without a net is kept, and sent once under the same name', async () => {
  answers = ['away', 'away', 201, 201];
  expect(await tell({ what: 'The lift stands still.' })).toBeUndefined();
  expect(kept().length).toBe(1);
  expect(await catchUp()).toEqual({ sent: 0, refused: [] });
  expect((await tell({ what: 'The tap drips.' }))?.id).toBe('cmp_1');
  expect(kept().map((k) => k.told.what)).toEqual(['The lift stands still.']);
  expect(await catchUp()).toEqual({ sent: 1, refused: [] });
  expect(kept()).toEqual([]);
  expect(asked.map((a) => a.what)).toEqual(['The lift stands still.', 'The lift stands still.', 'The tap drips.', 'The lift stands still.']);
  expect(new Set(asked.filter((a) => a.what.startsWith('The lift')).map((a) => a.key)).size).toBe(1);
});

test('what the server refuses is said and not kept', async () => {
  answers = [422];
  await expect(tell({ what: ' ' })).rejects.toMatchObject({ code: 'complaint.empty' });
  expect(kept()).toEqual([]);
});
