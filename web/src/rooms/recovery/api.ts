// What this room asks of the server.
import { api, type Schemas } from '../../base/api';

export type Whole = Schemas['RecoveryWhole'];
export type Row = Schemas['RecoveryRow'];
export type Money = Schemas['RecoveryMoney'];
export type Remedy = Schemas['RemediesRemedy'];
export type Gift = Schemas['RecoveryGift'];
export type Approval = Schemas['ApprovalsApproval'];
export type Guidance = Schemas['ApprovalsGuidance'];
export type Item = Schemas['RemediesCatalogueItem'];
export type Kind = Schemas['StagesKind'];
export type Amount = Schemas['MoneyAmount'];
export type Stage = Whole['stage'];

export const stages: Stage[] = ['capture', 'investigate', 'resolve', 'communicate', 'follow_up'];

export const onTicket = (ticket: string) => api('get', '/tickets/{id}/complaint', { path: { id: ticket } });
export const look = (id: string) => api('get', '/complaints/{id}', { path: { id } });
export const purse = (ticket: string) => api('get', '/tickets/{id}/remedies', { path: { id: ticket } });
export const capture = (ticket: string, body: Schemas['RecoveryStory']) => api('post', '/tickets/{id}/complaint', { path: { id: ticket }, body });
/** What the customer wrote last on a ticket, as it came; empty where they wrote nothing. */
export async function lastWords(ticket: string): Promise<string> {
  let last = '';
  let after: string | undefined;
  do {
    const page = await api('get', '/tickets/{id}/messages', { path: { id: ticket }, query: { after, limit: 500 } });
    last = page.items.findLast((m) => m.kind === 'in' && !m.machine)?.text.trim() || last;
    after = page.next;
  } while (after);
  return last.slice(0, 10_000);
}
export const kinds = () => api('get', '/complaints/kinds').then((p) => p.items);
export const catalogue = () => api('get', '/remedies/kinds').then((p) => p.items);
export const list = (query: { owner?: string; offered_to?: 'me'; raised_by?: 'me'; stage?: Stage; state?: 'open' | 'closed'; late?: boolean }, after?: string, limit = 100) => api('get', '/complaints', { query: { ...query, after, limit } });
export const wish = (id: string, wanted: string, none: boolean) => api('post', '/complaints/{id}/wish', { path: { id }, body: { wanted: wanted || undefined, would_not_say: none || undefined } });
export const tick = (id: string, check: string, off: boolean) => api('post', '/complaints/{id}/tick', { path: { id }, body: { check, off: off || undefined } });
export const advance = (id: string) => api('post', '/complaints/{id}/advance', { path: { id } });
export const follow = (id: string, held: 'yes' | 'no', trusts?: 'yes' | 'no') => api('post', '/complaints/{id}/follow_up', { path: { id }, body: { held, trusts } });
export const ask = (id: string, how: Schemas['FollowupSaid']['how']) => api('post', '/complaints/{id}/ask', { path: { id }, body: { how } });
export const letter = (id: string) => api('get', '/complaints/{id}/letter', { path: { id } });
export const rules = (ticket: string) => api('get', '/authority/policies', { query: { ticket } });
export const close = (id: string, ended: 'content' | 'silent' | 'mistaken', reason?: string) => api('post', '/complaints/{id}/close', { path: { id }, body: { ended, reason } });
export const reopen = (id: string, reason: string) => api('post', '/complaints/{id}/reopen', { path: { id }, body: { reason } });
export const take = (id: string) => api('post', '/complaints/{id}/take', { path: { id } });
export const handOver = (id: string, to: string, summary: string) => api('post', '/complaints/{id}/handover', { path: { id }, body: { to, summary } });
export const accept = (id: string) => api('post', '/complaints/{id}/accept', { path: { id } });
export const decline = (id: string, reason: string) => api('post', '/complaints/{id}/decline', { path: { id }, body: { reason } });
export const give = (ticket: string, body: Gift) => api('post', '/tickets/{id}/remedies', { path: { id: ticket }, body });
export const giveOn = (id: string, body: Gift) => api('post', '/complaints/{id}/remedies', { path: { id }, body });
export const takeBack = (id: string, reason: string) => api('post', '/remedies/{id}/take_back', { path: { id }, body: { reason } });
export const refuse = (ticket: string, body: Schemas['RecoveryRefusing']) => api('post', '/tickets/{id}/refusals', { path: { id: ticket }, body });
export const approvals = (state: Approval['state'], mine = false, after?: string) => api('get', '/approvals', { query: { state, mine: mine || undefined, after, limit: 50 } });
export const approval = (id: string) => api('get', '/approvals/{id}', { path: { id } });
export const told = (complaint: string) => api('get', '/tell', { query: { complaint } }).then((p) => p.items.flatMap((c) => c.files));
export const answer = (id: string, body: Schemas['RecoveryVerdict']) => api('post', '/approvals/{id}', { path: { id }, body });
export const guidance = (query: { q?: string; kind?: string; severity?: number; policy?: string }) => api('get', '/approvals/guidance', { query: { ...query, limit: 3 } });
/** What the customer chose is on its way: they can't choose otherwise any more. */
export const sent = (offer: string) => api('post', '/remedies/offers/{offer}/sent', { path: { offer } });
