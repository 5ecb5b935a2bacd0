import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { catchUp, kept, tell } from './tell';

let answers: (number | 'away' | 'cut')[] = [];
let asked: { key: string; what: string }[] = [];

beforeEach(() => {
  localStorage.clear();
  [answers, asked] = [[], []];
  vi.stubGlobal('fetch', async (_: string, init: RequestInit) => {
    const a = answers.shift() ?? 201;
    asked.push({ key: (init.headers as Record<string, string>)['Idempotency-Key'], what: JSON.parse(String(init.body)).what });
    if (a === 'away') throw new TypeError('Failed to fetch');
    if (a === 'cut') return new Response('{"id":"cm', { status: 201 });
    if (a === 409) return new Response(JSON.stringify({ kind: 'conflict', code: 'request.repeated', detail: 'This was done already.' }), { status: 409 });
    return new Response(JSON.stringify(a < 300 ? { id: 'cmp_1' } : { kind: 'invalid', code: 'complaint.empty', detail: 'Write what happened.' }), { status: a });
  });
});
afterEach(() => vi.unstubAllGlobals());

test('what is told without a net is kept, and sent once under the same name', async () => {
  answers = ['away', 'away', 201, 201];
  expect(await tell({ what: 'The lift stands still.' })).toBeUndefined();
  expect(kept().length).toBe(1);
  expect(await catchUp()).toEqual({ sent: 0, refused: undefined });
  expect((await tell({ what: 'The tap drips.' }))?.id).toBe('cmp_1');
  expect(kept().map((k) => k.told.what)).toEqual(['The lift stands still.']);
  expect(await catchUp()).toEqual({ sent: 1, refused: undefined });
  expect(kept()).toEqual([]);
  expect(asked.map((a) => a.what)).toEqual(['The lift stands still.', 'The lift stands still.', 'The tap drips.', 'The lift stands still.']);
  expect(new Set(asked.filter((a) => a.what.startsWith('The lift')).map((a) => a.key)).size).toBe(1);
});

test('what the server refuses is said and not kept', async () => {
  answers = [422];
  await expect(tell({ what: ' ' })).rejects.toMatchObject({ code: 'complaint.empty' });
  expect(kept()).toEqual([]);
});

test('an answer that was cut is asked for again, and one that was done before counts', async () => {
  answers = ['cut', 409];
  expect(await tell({ what: 'The door sticks.' })).toBeUndefined();
  expect(await catchUp()).toEqual({ sent: 1, refused: undefined });
  expect(kept()).toEqual([]);
});

test('what is refused later is not lost: it stays until somebody has mended it, and the rest goes on', async () => {
  answers = ['away', 'away', 422, 201];
  await tell({ what: 'Somebody in room seven.' });
  await tell({ what: 'The tap drips.' });
  const { sent, refused } = await catchUp();
  expect([sent, refused?.kept.told.what]).toEqual([1, 'Somebody in room seven.']);
  expect(kept().map((k) => k.told.what)).toEqual(['Somebody in room seven.']);
});
