import { beforeAll, expect, test } from 'vitest';
import { more, speak } from '../../../base/words.svelte';
import type { Moment } from '../api';
import { story } from '../story';
import { beside } from './beside';

beforeAll(async () => {
  await speak('en');
  await more();
});

let seq = 0;
const moment = (kind: string, body: object, by = 'staff:stf_1') => ({ seq: ++seq, at: `2026-01-01T10:${String(seq).padStart(2, '0')}:00Z`, kind, body, by, name: by.startsWith('staff:') ? 'Mara' : '', via: 'web' }) as unknown as Moment;
const told = (...all: Moment[]) => story([], all, beside).map((s) => ('line' in s ? `${s.who} ${s.line}`.trim() : ''));

test('what happens in parts is told by who was asked, without a word of it', () => {
  expect(
    told(
      moment('parts.invited', { part: 'prt_1', kind: 'supplier', message: 'pms_1' }),
      moment('parts.written', { part: 'prt_1', message: 'pms_1', asks: true }),
      moment('parts.delivered', { part: 'prt_1', message: 'pms_1', state: 'sent' }),
      moment('parts.due', { part: 'prt_1' }, 'system:due'),
      moment('parts.written', { part: 'prt_1', message: 'pms_2', chase: true }, 'staff:stf_2'),
      moment('parts.delivered', { part: 'prt_1', message: 'pms_2', state: 'bounced' }, 'system:mail'),
      moment('parts.written', { part: 'prt_1', message: 'pms_3', chase: true, machine: true }, 'system:due'),
      moment('parts.heard', { part: 'prt_1', message: 'pms_4', machine: true }, 'system:mail'),
      moment('parts.heard', { part: 'prt_1', message: 'pms_5' }, 'system:mail'),
      moment('parts.changed', { part: 'prt_1', parts: ['title'] }),
      moment('parts.done', { part: 'prt_1' }),
    ),
  ).toEqual([
    'Mara brought a supplier into the case',
    'Time to remind the supplier',
    'Mara reminded the supplier',
    'A message did not reach the supplier',
    'The supplier was reminded by itself',
    'The supplier answered',
    'Mara is done with the supplier’s part',
  ]);
});

test('a colleague who answers is named, and a part that came along from elsewhere is told without its beginning', () => {
  expect(told(moment('parts.moved', { part: 'prt_9' }, 'system:conference'), moment('parts.heard', { part: 'prt_9', message: 'pms_9' }), moment('parts.done', { part: 'prt_9', moot: true }))).toEqual([
    'A part came along with the ticket that was merged into this one',
    'Mara answered in a part',
  ]);
});

test('what was left undone is told in words', () => {
  expect(told(moment('complaints.overlooked', { what: ['not_in_follow_up', 'offer_open'] }, 'system:recovery'))).toEqual(['Solved all the same: nobody will ask whether it held, an offer waits for the customer to choose']);
});

test('before its words are there, nothing is told of it', () => {
  expect(story([], [moment('promises.kept', {})])).toEqual([]);
});
