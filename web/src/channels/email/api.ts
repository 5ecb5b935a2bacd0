// What this channel asks of the server.
import { api, send, type Schemas } from '../../base/api';

export type Mailbox = Schemas['EmailMailbox'];
export type Options = Schemas['EmailOptions'];
export type Entry = Schemas['EmailEntry'];
export type State = Entry['state'];
export type Repair = Schemas['EmailRepair'];
export type Trial = Schemas['EmailTrial'];
export type OAuth = Schemas['EmailOAuth'];
export type Ticket = Schemas['TicketsTicket'];
export type Health = Schemas['EmailHealth'];

export type Connect = Omit<Schemas['MailConnectInBody'], '$schema'>;
export type Change = Omit<Schemas['MailChangeInBody'], '$schema'>;
export type Settings = Schemas['GuessSettings'];
export type Attempt = Omit<Schemas['MailTryInBody'], '$schema'>;

export const guess = (address: string) => api('post', '/mail/guess', { body: { address } });
export const attempt = (body: Attempt) => api('post', '/mail/try', { body });

export const mailboxes = () => api('get', '/mail/mailboxes').then((p) => p.items);
export const connect = (body: Connect) => api('post', '/mail/mailboxes', { body });
export const change = (id: string, body: Change) => api('patch', '/mail/mailboxes/{id}', { path: { id }, body });
export const remove = (id: string) => api('delete', '/mail/mailboxes/{id}', { path: { id } });
export const test = (id: string) => api('post', '/mail/mailboxes/{id}/test', { path: { id } });
export const health = () => api('get', '/mail/health').then((p) => p.items);

export const ledger = (state?: string, after?: string, limit = 100) => api('get', '/mail/ledger', { query: { state, after, limit } });
export const repair = (id: string, body: Repair) => api('post', '/mail/ledger/{id}/repair', { path: { id }, body });
export const rawURL = (e: Entry) => `/api/v1/mail/ledger/${e.id}/raw`;
export const raw = (e: Entry, signal?: AbortSignal) => send('GET', `/mail/ledger/${e.id}/raw`, undefined, {}, signal).then((r) => r.arrayBuffer());

export const ticket = (id: string) => api('get', '/tickets/{id}', { path: { id } });
export const tickets = (query: { mailbox?: string; status?: string; limit?: number }) => api('get', '/tickets', { query }).then((p) => p.items);
export const find = (q: string, signal?: AbortSignal) => api('get', '/search', { query: { q, limit: 10 }, signal }).then((p) => p.items.map((f) => f.ticket));
export const customers = (q: string) => api('get', '/customers', { query: { q, limit: 3 } }).then((p) => p.items);
export const ticketsOf = (customer: string) => api('get', '/tickets', { query: { customer, limit: 10 } }).then((p) => p.items);
