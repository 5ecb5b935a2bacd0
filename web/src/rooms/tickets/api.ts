// What this room asks of the server.
import { api, send, type Schemas } from '../../base/api';
import { language } from '../../base/words.svelte';

export type Ticket = Schemas['TicketsTicket'];
export type Message = Schemas['TicketsMessage'];
export type Moment = Schemas['TicketsMoment'];
export type Reading = Schemas['ClocksReading'];
export type File = Schemas['TicketsFile'];
export type Party = Schemas['TicketsParty'];
export type Count = Schemas['TicketsCount'];
export type Finding = Schemas['LexiconFinding'];
/** What an answer that is being written promises. */
export type Caught = Schemas['LexiconPromise'];
export type Status = Ticket['status'];
export type Draft = Schemas['DraftsDraft'];
export type Query = { status?: string; assignee?: string; team?: string; tag?: string; customer?: string; channel?: string; mailbox?: string; waiting?: boolean };

export const list = (query: Query, after?: string, limit = 50, signal?: AbortSignal) => api('get', '/tickets', { query: { ...query, after, limit }, signal });
export const among = (query: Query, ids: string[]) => api('get', '/tickets', { query: { ...query, ids: ids.join(','), limit: 100 } });
/** What is due, the most urgent first: the promise that presses most of each ticket. */
export const next = (query: Query, after?: string, limit = 100) => api('get', '/clocks/next', { query: { assignee: query.assignee, team: query.team, after, limit } });
export const counts = () => api('get', '/tickets/counts').then((p) => p.items);
export const ticket = (id: string) => api('get', '/tickets/{id}', { path: { id } });
export const assign = (id: string, to: { staff?: string; team?: string; reason?: string }) => api('post', '/tickets/{id}/assign', { path: { id }, body: to });
export const stand = (id: string, status: Exclude<Status, 'new'>, ended?: 'content' | 'silent' | 'spam') => api('post', '/tickets/{id}/status', { path: { id }, body: { status, ended } });
export const change = (id: string, body: Schemas['TicketsChange']) => api('patch', '/tickets/{id}', { path: { id }, body });
export const read = (id: string, version: number) => api('post', '/tickets/{id}/read', { path: { id }, body: { version } });
export const clocks = (ids: string[]) => api('get', '/clocks', { query: { tickets: ids.join(',') } }).then((p) => p.items);

/** Everything that was said in a ticket, or what was said after a message, oldest first. */
export async function messages(id: string, after?: string): Promise<Message[]> {
  const found: Message[] = [];
  for (;;) {
    const p = await api('get', '/tickets/{id}/messages', { path: { id }, query: { after, limit: 500 } });
    found.push(...p.items);
    if (!(after = p.next)) return found;
  }
}

/** What happened to a ticket, oldest first. */
export async function timeline(id: string): Promise<Moment[]> {
  const found: Moment[] = [];
  for (let after: number | undefined; ; ) {
    const p = await api('get', '/tickets/{id}/timeline', { path: { id }, query: { after, limit: 500 } });
    found.push(...p.items);
    if (!p.next) return found;
    after = Number(p.next);
  }
}

/** Hands in a file; an answer names it by its sha256. */
export async function upload(file: Blob): Promise<{ sha256: string; size: number }> {
  const res = await send('POST', '/messages/files', file, { 'Content-Type': 'application/octet-stream' });
  return res.json();
}

export const fileURL = (f: File) => `/api/v1/messages/files/${f.id}`;
export const pageURL = (m: Message, remote: boolean, quoted = false) => `/api/v1/messages/${m.id}/page?remote=${remote}${quoted ? "&quoted=true" : ""}`;

/** What the lexicon says of an answer that is being written. It changes nothing, so it needs no name of its own to be asked once. */
export async function lookOver(text: string, ticket: string, closing = false): Promise<Schemas['LexiconChecked']> {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const res = await send('POST', '/lexicon/check', JSON.stringify({ text, ticket, locale: language(), zone, closing }), { 'Content-Type': 'application/json' });
  return res.json();
}
