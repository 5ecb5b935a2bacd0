// What the clocks of a ticket say on its row: one short figure, and in full for whoever wants to know.
import { moment, now, span } from '../../base/time.svelte';
import { t } from '../../base/words.svelte';
import type { Reading, Ticket } from './api';

export type Due = { text: string; tone: 'calm' | 'warn' | 'bad'; title: string };

const HOUR = 3_600_000;

/** The promise that is due first, of those that run. */
export const pressing = (clocks: Reading[] | undefined): Reading | undefined =>
  (clocks ?? []).filter((c) => c.due_at && !c.ended_at && c.clock !== 'customer').sort((a, b) => moment(a.due_at!).localeCompare(moment(b.due_at!)))[0];

/** The most urgent promise that runs; without one, how long the customer has been waiting, or when it last changed. */
export function due(ticket: Ticket, clocks: Reading[] | undefined): Due {
  const running = pressing(clocks);
  if (running && ticket.status !== 'resolved' && ticket.status !== 'closed') {
    const left = Date.parse(running.due_at!) - now();
    const title = t('clocks.' + running.clock);
    if (left < 0) return { text: t('clocks.over', { span: span(left) }), tone: 'bad', title: t('clocks.over_title', { what: title, span: span(left) }) };
    return { text: t('clocks.left', { span: span(left) }), tone: left < HOUR ? 'warn' : 'calm', title: t('clocks.left_title', { what: title, span: span(left) }) };
  }
  if (!clocks && running === undefined && (ticket.status === 'new' || ticket.status === 'open')) return { text: '', tone: 'calm', title: '' }; // not read yet: no figure that changes its meaning in a moment
  const since = ticket.waiting_since ?? ticket.updated_at;
  return { text: span(now() - Date.parse(since)), tone: 'calm', title: ticket.waiting_since ? t('clocks.waiting_title', { span: span(now() - Date.parse(since)) }) : t('clocks.changed_title', { span: span(now() - Date.parse(since)) }) };
}
