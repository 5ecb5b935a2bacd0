import { beforeAll, expect, test, vi } from 'vitest';
import { Fault } from '../../base/api';
import { speak } from '../../base/words.svelte';
import type { Message, Moment, Ticket } from './api';
import { Writing } from './composer.svelte';
import { due } from './due';
import { TicketList } from './list.svelte';
import { interrupted, missing, Page } from './page.svelte';
import { linked, plainly, type Node } from './plainly';
import { everybody, parties, plausible } from './recipients';
import { pieces } from '../../base/pieces';
import { story } from './story';

beforeAll(() => speak('en'));

const text = (nodes: Node[] | null): string => (nodes ?? []).map((n) => (n.tag === 'text' ? n.text : `<${n.tag}>${text(n.in)}`)).join('');

test.each<[string, string, string | null]>([
  ['paragraphs and emphasis', '<p>Hello <b>you</b></p><p>Bye<br></p>', '<p>Hello <b>you<p>Bye<br>'],
  ['a link to a page', '<a href="https://shop.example/x">here</a>', '<a>here'],
  ['a link that would run something', '<a href="javascript:alert(1)">here</a>', '<span>here'],
  ['a handler is not read', '<p onclick="alert(1)">x</p>', '<p>x'],
  ['a picture needs the frame', '<p><img src="x"></p>', null],
  ['a table needs the frame', '<table><tr><td>x</td></tr></table>', null],
  ['colours need the frame', '<p style="color:red">x</p>', null],
  ['a script needs the frame, where it is dead', '<script>alert(1)</script>', null],
  ['deeper than anybody writes', '<div>'.repeat(60) + 'x', null],
])('%s', (_, html, want) => {
  const got = plainly(html);
  if (want === null) expect(got).toBeNull();
  else expect(text(got)).toBe(want);
});

test('addresses in plain text are links, without the full stop behind them', () => {
  expect(text(linked('See https://shop.example/a?b=1. Or ada@example.org, please'))).toBe('See <a>https://shop.example/a?b=1. Or <a>ada@example.org, please');
});

const said = (m: Partial<Message>): Message => ({ id: 'msg_1', kind: 'in', at: '2026-01-01T10:00:00Z', from: {}, to: [], attachments: [], ...m }) as Message;

test('an answer goes to who wrote last and everybody in copy, except ourselves', () => {
  const us = { email: 'support@shop.example', ours: true };
  const got = everybody([said({ from: { email: 'old@example.org' } }), said({ from: { email: 'ada@example.org', name: 'Ada' }, to: [us, { email: 'bob@example.org' }], cc: [{ email: 'ADA@example.org' }, { email: 'cy@example.org' }] }), said({ kind: 'note' })], []);
  expect(got.to.map((p) => p.email)).toEqual(['ada@example.org']);
  expect(got.cc.map((p) => p.email)).toEqual(['bob@example.org', 'cy@example.org']);
  expect(everybody([], [{ email: 'ada@example.org' }, { email: 'second@example.org' }]).to).toEqual([{ email: 'ada@example.org' }]);
});

test('an answer goes to whom its writer wants to be answered', () => {
  const us = { email: 'support@shop.example', ours: true };
  const mail = (reply_to: { email: string; ours?: boolean }[]) => said({ from: { email: 'ada@work.example' }, reply_to, to: [us], cc: [{ email: 'cy@example.org' }] });
  const to = (m: Message) => everybody([m, said({ machine: true, from: { email: 'away@example.org' } })], []).to.map((p) => p.email);
  expect(to(mail([{ email: 'ada@home.example' }, { email: 'ADA@home.example' }, us]))).toEqual(['ada@home.example']);
  expect(to(mail([us]))).toEqual(['ada@work.example']);
  expect(everybody([mail([{ email: 'cy@example.org' }])], []).cc).toEqual([]);
});

test('addresses are read as people type them', () => {
  expect(parties('Ada L <ada@example.org>, bob@example.org; ')).toEqual([{ name: 'Ada L', email: 'ada@example.org' }, { email: 'bob@example.org' }]);
  expect([parties('nonsense')[0], { email: 'a@b' }].map(plausible)).toEqual([false, true]);
});

test('the most urgent promise is shown; what is late says by how much', () => {
  const ticket = { status: 'open', updated_at: new Date(Date.now() - 3 * 86_400_000 - 60_000).toISOString() } as Ticket;
  const at = (minutes: number) => new Date(Date.now() + minutes * 60_000 + 5000).toISOString();
  const clock = (clock: string, due_at?: string, more = {}) => ({ clock, due_at, started_at: at(-100), ...more }) as never;
  expect(due(ticket, [clock('resolution', at(600)), clock('first_answer', at(30))])).toMatchObject({ text: 'in 30m', tone: 'warn' });
  expect(due(ticket, [clock('first_answer', at(-12))])).toMatchObject({ text: '11m over', tone: 'bad' });
  expect(due(ticket, [clock('first_answer', at(-12), { ended_at: at(-20) })])).toMatchObject({ text: '3d', tone: 'calm' });
  expect(due(ticket, undefined).text).toBe('');
});

test('what was said and what happened is one story, and one go of one person is one line', () => {
  const moment = (seq: number, at: string, kind: string, body: object, by = 'staff:stf_1') => ({ seq, at, kind, body, by, name: 'Mara', via: 'web' }) as unknown as Moment;
  const steps = story(
    [said({ id: 'msg_1', at: '2026-01-01T10:00:00Z' }), said({ id: 'msg_2', kind: 'out', at: '2026-01-01T12:00:00Z' })],
    [
      moment(1, '2026-01-01T10:00:00Z', 'tickets.opened', {}),
      moment(2, '2026-01-01T11:00:00Z', 'tickets.assigned', { staff: 'stf_1' }),
      moment(3, '2026-01-01T11:00:20Z', 'tickets.tagged', { added: ['late'] }),
      moment(4, '2026-01-01T11:30:00Z', 'tickets.stood', { to: 'on_hold', why: 'by_hand' }),
      moment(5, '2026-01-01T12:00:00Z', 'tickets.answered', {}),
      moment(6, '2026-01-01T12:00:00Z', 'tickets.stood', { to: 'pending', why: 'answered' }),
    ],
  );
  expect(steps.map((s) => ('message' in s ? s.message.id : `${s.who} ${s.line}`))).toEqual(['msg_1', 'Mara took this, added late', 'Mara set this to “on hold”', 'msg_2']);
  // A fraction of a second is left out where it is zero.
  const same = story([said({ id: 'msg_2', at: '2026-01-01T10:00:02.46Z' }), said({ id: 'msg_3', at: '2026-01-01T10:00:02Z' }), said({ id: 'msg_1', at: '2026-01-01T10:00:02.4601Z' })], []);
  expect(same.map((s) => s.key)).toEqual(['msg_3', 'msg_2', 'msg_1']);
});

test('a text is cut at its marks', () => {
  expect(pieces('order A-1 late', [{ start: 6, end: 9 }])).toEqual([{ text: 'order ', hit: false }, { text: 'A-1', hit: true }, { text: ' late', hit: false }]);
});

test('what is written before the draft of the server is here stays, and so does that it is a note', async () => {
  vi.useFakeTimers(); // nothing is kept meanwhile
  let answer = (_: unknown) => {};
  vi.stubGlobal('fetch', () => new Promise((ok) => { answer = (d) => ok(new Response(JSON.stringify(d), { headers: { 'content-type': 'application/json' } })); }));
  const kept = { ticket: 'tkt_1', kind: 'reply', state: 'draft', html: '<p>Dear Ada</p>', text: 'Dear Ada', seen: 3 };

  const typed = new Writing('tkt_1');
  let read = typed.load();
  typed.begin('note');
  typed.text = 'She called twice.';
  typed.changed();
  answer(kept);
  await read;
  expect([typed.kind, typed.text]).toEqual(['note', 'She called twice.']);

  const begun = new Writing('tkt_1');
  read = begun.load();
  begun.begin('note');
  answer(kept);
  await read;
  expect([begun.kind, begun.text]).toEqual(['note', 'Dear Ada']);

  const untouched = new Writing('tkt_1');
  read = untouched.load();
  answer(kept);
  await read;
  expect([untouched.kind, untouched.text]).toEqual(['reply', 'Dear Ada']);
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('the clocks of what is looked at are read once, those of what one flies over never', async () => {
  vi.useFakeTimers();
  const asked: string[][] = [];
  vi.stubGlobal('fetch', (at: string | URL | Request) => {
    const ids = new URL(at instanceof Request ? at.url : at, 'http://hearth.test').searchParams.get('tickets')!.split(',');
    asked.push(ids);
    const items = ids.filter((id) => id !== 'tkt_none').map((id) => ({ ticket: id, clocks: [{ clock: 'first' }] }));
    return Promise.resolve(new Response(JSON.stringify({ items }), { headers: { 'content-type': 'application/json' } }));
  });
  const rows = (...ids: string[]) => ids.map((id) => ({ id, status: id === 'tkt_closed' ? 'closed' : 'open' }) as Ticket);
  const l = new TicketList();
  for (let i = 0; i < 1000; i++) l.look(rows(`tkt_far_${i}`));
  l.look(rows('tkt_1', 'tkt_none', 'tkt_closed'));
  await vi.advanceTimersByTimeAsync(200);
  expect(asked.flat().length).toBeLessThanOrEqual(400);
  expect(asked.flat()).not.toContain('tkt_far_5');
  expect(asked.flat()).not.toContain('tkt_closed');
  expect([l.due('tkt_1'), l.due('tkt_none'), l.due('tkt_closed')]).toEqual([[{ clock: 'first' }], [], undefined]);
  const before = asked.length;
  l.look(rows('tkt_1', 'tkt_none', 'tkt_closed'));
  await vi.advanceTimersByTimeAsync(200);
  expect(asked.length).toBe(before);
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('what is due stands first, the most urgent on top, and the rest behind it, the newest change first', async () => {
  vi.useFakeTimers();
  const t0 = Date.parse('2026-01-05T08:00:00Z');
  const at = (m: number) => new Date(t0 + m * 60_000).toISOString();
  const all = new Map<string, { id: string; status: string; updated_at: string; due?: string }>();
  const put = (id: string, updated: number, due?: number) => all.set(id, { id, status: 'open', updated_at: at(updated), due: due === undefined ? undefined : at(due) });
  put('tkt_calm_old', 1);
  put('tkt_calm_new', 9);
  put('tkt_soon', 2, 20);
  put('tkt_late', 3, -30);
  for (let i = 0; i < 120; i++) put(`tkt_far_${String(i).padStart(3, '0')}`, 5, 1000 + i);
  put('tkt_elsewhere', 4, 10);
  all.get('tkt_elsewhere')!.status = 'pending';
  vi.stubGlobal('fetch', (to: string | URL | Request) => {
    const url = new URL(to instanceof Request ? to.url : to, 'http://hearth.test');
    const q = url.searchParams;
    const from = Number(q.get('after') ?? 0);
    const limit = Number(q.get('limit') ?? 100);
    const fits = [...all.values()].filter((r) => r.status === 'open');
    let items: unknown[];
    let n = 0;
    if (url.pathname.endsWith('/clocks/next')) {
      const due = [...all.values()].filter((r) => r.due).sort((a, b) => a.due!.localeCompare(b.due!));
      n = due.length;
      items = due.slice(from, from + limit).map((r) => ({ ticket: r.id, due_at: r.due }));
    } else if (url.pathname.endsWith('/clocks')) {
      items = q.get('tickets')!.split(',').map((id) => ({ ticket: id, clocks: all.get(id)?.due ? [{ clock: 'first_answer', due_at: all.get(id)!.due }] : [] }));
    } else if (q.get('ids')) {
      items = fits.filter((r) => q.get('ids')!.split(',').includes(r.id));
    } else {
      const rows = fits.sort((a, b) => b.updated_at.localeCompare(a.updated_at));
      n = rows.length;
      items = rows.slice(from, from + limit);
    }
    const next = from + limit < n ? String(from + limit) : undefined;
    return Promise.resolve(new Response(JSON.stringify({ items, next }), { headers: { 'content-type': 'application/json' } }));
  });
  const l = new TicketList();
  await l.open({ status: 'new,open' }, 'due');
  expect(l.rows.slice(0, 3).map((r) => r.id)).toEqual(['tkt_late', 'tkt_soon', 'tkt_far_000']);
  while (l.more) await l.further();
  const ids = l.rows.map((r) => r.id);
  expect(ids.length).toBe(124);
  expect(new Set(ids).size).toBe(124);
  expect(ids.slice(-3)).toEqual(['tkt_far_119', 'tkt_calm_new', 'tkt_calm_old']);

  put('tkt_far_050', 10, 5); // more urgent now
  put('tkt_soon', 11); // answered
  put('tkt_calm_old', 12, 2000);
  l.refresh(['tkt_far_050', 'tkt_soon', 'tkt_calm_old']);
  await vi.advanceTimersByTimeAsync(100);
  const now = l.rows.map((r) => r.id);
  expect(now.slice(0, 3)).toEqual(['tkt_late', 'tkt_far_050', 'tkt_far_000']);
  expect(now.slice(-4)).toEqual(['tkt_far_119', 'tkt_calm_old', 'tkt_soon', 'tkt_calm_new']);
  expect(now.length).toBe(124);
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('a ticket that is not there is not asked for again; one that can’t be read now is', () => {
  const met = (e: Fault) => {
    const p = new Page('tkt_x');
    p.fault = e;
    return [missing(p), interrupted(p)];
  };
  expect(met(new Fault('not_found', '', 'ticket.unknown', 404))).toEqual([true, false]);
  expect(met(new Fault('invalid', '', '', 422))).toEqual([true, false]); // an address that was cut off
  expect(met(new Fault('internal', '', '', 503))).toEqual([false, true]);
  expect(met(new Fault('offline', ''))).toEqual([false, true]);
});
