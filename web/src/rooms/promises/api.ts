// What this room asks of the server.
import { api, type Schemas } from '../../base/api';

export type Promised = Schemas['PromisesPromise'];
export type Making = Schemas['PromisesMaking'];
export type Renewal = Schemas['PromisesRenewal'];
export type Offer = Schemas['PromisesOffer'];
export type Rate = Schemas['PromisesRate'];
export type Counts = Schemas['PromisesCounts'];
export type Planned = Schemas['PromisesPlanned'];
export type Planning = Schemas['PromisesPlanning'];
export type Query = { owner?: string; offered?: 'me'; team?: string; ticket?: string; customer?: string; state?: string; owed?: boolean; from?: string; until?: string; order?: 'due' | 'latest' };

export const list = (query: Query, after?: string, limit = 100) => api('get', '/promises', { query: { ...query, after, limit } });
export const make = (body: Making) => api('post', '/promises', { body });
/** What the answer being written on a ticket promises, and what answers could not; without a ticket, what one's own could not. */
export const planned = (ticket?: string) => api('get', '/promises/planned', { query: { ticket } }).then((p) => p.items);
export const plan = (body: Planning) => api('post', '/promises/planned', { body });
export const unplan = (id: string) => api('delete', '/promises/planned/{id}', { path: { id } });
export const offer = (query: { kind?: string; ticket?: string; owner?: string; due?: string }, signal?: AbortSignal) => api('get', '/promises/offer', { query, signal });
export const counts = () => api('get', '/promises/counts');
export const rates = (by: 'person' | 'team' | 'kind') => api('get', '/promises/rates', { query: { by } }).then((p) => p.items);
export const read = (id: string) => api('get', '/promises/{id}', { path: { id } });
export const keep = (id: string) => api('post', '/promises/{id}/keep', { path: { id } });
export const renew = (id: string, body: Renewal) => api('post', '/promises/{id}/renew', { path: { id }, body });
export const release = (id: string, reason: string) => api('post', '/promises/{id}/release', { path: { id }, body: { reason } });
export const hand = (id: string, owner: string, reason: string) => api('post', '/promises/{id}/hand', { path: { id }, body: { owner, reason } });
export const accept = (id: string) => api('post', '/promises/{id}/accept', { path: { id } });
export const decline = (id: string, reason: string) => api('post', '/promises/{id}/decline', { path: { id }, body: { reason } });
export const settings = () => api('get', '/promises/settings');

/** Kinds that come with Hearth, in the order they are offered. */
export const kinds = ['call_back', 'answer', 'delivery', 'refund', 'repair', 'visit', 'other'];
