import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { fitting, Looking, type Said } from './hints.svelte';

let text = '';
let asked: string[] = [];
let answers: ((findings: unknown[] | number) => Promise<void>)[] = [];
let shown: string[] = [];
let promised: object[] = [];
const draft = { ticket: 'tkt_1', left: new Set<string>() };
const marks = {
  busy: false,
  read: () => ({ text, range: (start: number, end: number) => ({ from: start + 1, to: end + 1 }) }),
  show: (some: { from: number; to: number; of: Said }[]) => { shown = some.map((h) => text.slice(h.from - 1, h.to - 1)); },
};
const found = (words: string, more = {}) => ({ start: text.indexOf(words), end: text.indexOf(words) + words.length, rule: 'en.x', family: 'x', severity: 'warn', why: 'Why.', better: ['better'], ...more });
const type = (l: Looking, words: string) => { text = words; l.changed(); };

beforeEach(() => {
  vi.useFakeTimers();
  [text, asked, answers, shown] = ['', [], [], []];
  draft.left.clear();
  promised = [];
  vi.stubGlobal('fetch', (_: string, init: RequestInit) => new Promise((ok) => {
    asked.push(JSON.parse(String(init.body)).text);
    answers.push(async (f) => { ok(new Response(JSON.stringify({ findings: f, promises: promised, heat: 0 }), { status: typeof f === 'number' ? f : 200 })); await vi.advanceTimersByTimeAsync(0); });
  }));
});
afterEach(() => { vi.useRealTimers(); vi.unstubAllGlobals(); });

test('it is looked at when the keys rest, one question at a time, and only the newest answer is shown', async () => {
  const l = new Looking(marks, () => draft);
  for (const words of ['our', 'our pol', 'our policy']) { type(l, words); await vi.advanceTimersByTimeAsync(300); }
  expect(asked).toEqual([]);
  await vi.advanceTimersByTimeAsync(100);
  expect(asked).toEqual(['our policy']);
  type(l, 'our policy is');
  await vi.advanceTimersByTimeAsync(1000);
  expect(asked).toEqual(['our policy']);
  await answers[0]([found('our policy')]);
  expect(shown).toEqual([]);
  expect(asked).toEqual(['our policy', 'our policy is']);
  await answers[1]([found('our policy')]);
  expect(shown).toEqual(['our policy']);
  l.end();
  expect(shown).toEqual([]);
});

test('a failed look is silent and tried once more, and the next one counts', async () => {
  const l = new Looking(marks, () => draft);
  type(l, 'our policy');
  await vi.advanceTimersByTimeAsync(400);
  await answers[0](503);
  await vi.advanceTimersByTimeAsync(4000);
  await answers[1](503);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked.length).toBe(2);
  type(l, 'our policy!');
  await vi.advanceTimersByTimeAsync(400);
  await answers[2]([found('our policy'), found('', { start: 0, end: 0, rule: 'en.missing' })]);
  expect(shown).toEqual(['our policy']);
  expect(l.missing.map((m) => m.rule)).toEqual(['en.missing']);
});

test('what is left stays left in this draft, the same words of another rule do not', async () => {
  const l = new Looking(marks, () => draft);
  type(l, 'our policy and why');
  await vi.advanceTimersByTimeAsync(400);
  await answers[0]([found('our policy'), found('why')]);
  l.leave({ ...found('our policy'), name: 'en.x our policy' } as Said, []);
  type(l, 'Our policy and why');
  await vi.advanceTimersByTimeAsync(400);
  await answers[1]([found('Our policy'), found('why')]);
  expect(shown).toEqual(['why']);
  draft.left.clear();
  void l.look();
  await answers[2]([found('Our policy', { rule: 'en.y' })]);
  expect(shown).toEqual(['Our policy']);
});

test('an answer for another ticket is not shown in this one', async () => {
  let ticket = 'tkt_1';
  const l = new Looking(marks, () => ({ ...draft, ticket }));
  type(l, 'our policy');
  await vi.advanceTimersByTimeAsync(400);
  ticket = 'tkt_2';
  await answers[0]([found('our policy')]);
  expect(shown).toEqual([]);
});

test('better words begin a sentence with a capital, and nothing else', () => {
  const at = (before: string) => fitting('this week', before, before.length);
  expect([at(''), at('Hello,\n'), at('Done. '), at('“Done!” ')]).toEqual(Array(4).fill('This week'));
  expect([at('It comes '), at('3.'), at('Hello, ')]).toEqual(Array(3).fill('this week'));
});

test('what an answer promises is offered until it was taken, also when the words around it change', async () => {
  const l = new Looking(marks, () => draft);
  promised = [{ start: 0, end: 26, text: 'I will call you by Friday.', kind: 'call_back', due: '2026-12-04T22:59:59Z', day: '2026-12-04', date_only: true, working: false }];
  type(l, 'I will call you by Friday.');
  await vi.advanceTimersByTimeAsync(400);
  await answers[0]([]);
  expect(l.promised.map((p) => p.kind)).toEqual(['call_back']);
  l.settle(l.promised[0]);
  expect(l.promised).toEqual([]);
  type(l, 'Dear Ada, I will call you by Friday.');
  await vi.advanceTimersByTimeAsync(400);
  await answers[1]([]);
  expect(l.promised).toEqual([]);
  promised = [{ ...promised[0], text: 'I will call you by Monday.' }];
  type(l, 'I will call you by Monday.');
  await vi.advanceTimersByTimeAsync(400);
  await answers[2]([]);
  expect(l.promised.length).toBe(1);
});

test('what stops an answer is shown again, however it was left; the rest is not', async () => {
  const l = new Looking(marks, () => draft);
  draft.left.add('en.x you folks').add('en.x our policy');
  type(l, 'you folks know our policy');
  await vi.advanceTimersByTimeAsync(500);
  await answers[0]([found('you folks', { severity: 'stop' }), found('our policy')]);
  expect(shown).toEqual(['you folks']);
  l.end();
});
