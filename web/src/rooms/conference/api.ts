// What this room asks of the server.
import { api, send, type Schemas } from '../../base/api';

export type Part = Schemas['ConferencePart'];
export type Message = Schemas['ConferenceMessage'];
export type Guest = Schemas['ConferenceGuest'];
export type Inviting = Schemas['ConferenceInviting'];
export type Writing = Schemas['ConferenceWriting'];
export type Preview = Schemas['ConferencePreview'];
export type Said = Schemas['TicketsMessage'];
export type Kind = Part['kind'];

export const kinds: Kind[] = ['supplier', 'colleague', 'other'];

export const list = (ticket: string) => api('get', '/tickets/{id}/parts', { path: { id: ticket } }).then((p) => p.items);
/** The parts one was invited to, after one of them; with q those in which these words are. */
export const mine = (q?: string, after?: string) => api('get', '/parts', { query: { limit: 50, q: q || undefined, after } });
export const read = (id: string) => api('get', '/parts/{id}', { path: { id } });
export const invite = (ticket: string, body: Inviting) => api('post', '/tickets/{id}/parts', { path: { id: ticket }, body });
export const preview = (ticket: string, body: Inviting) => api('post', '/tickets/{id}/parts/preview', { path: { id: ticket }, body });
export const write = (id: string, body: Writing) => api('post', '/parts/{id}/messages', { path: { id }, body });
export const share = (id: string, body: Writing) => api('post', '/parts/{id}/share', { path: { id }, body });
export const chase = (id: string, text: string) => api('post', '/parts/{id}/chase', { path: { id }, body: { text } });
export const done = (id: string) => api('post', '/parts/{id}/done', { path: { id } });
export const change = (id: string, body: Schemas['ConferenceChange']) => api('patch', '/parts/{id}', { path: { id }, body });
export const bring = (id: string, body: Guest) => api('post', '/parts/{id}/people', { path: { id }, body });
export const release = (id: string, person: string) => api('delete', '/parts/{id}/people/{person}', { path: { id, person } });

/** What was said in the ticket and may be shared: all but notes. */
export async function said(ticket: string): Promise<Said[]> {
  const all: Said[] = [];
  for (let after: string | undefined; ; ) {
    const p = await api('get', '/tickets/{id}/messages', { path: { id: ticket }, query: { after, limit: 500 } });
    all.push(...p.items.filter((m) => m.kind === 'in' || m.kind === 'out'));
    if (!(after = p.next)) return all;
  }
}

/** Hands in a file that goes along. */
export async function upload(file: File): Promise<{ sha256: string; name: string }> {
  const res = await send('POST', '/messages/files', file, { 'Content-Type': 'application/octet-stream' });
  return { sha256: ((await res.json()) as { sha256: string }).sha256, name: file.name };
}

export const fileURL = (id: string) => `/api/v1/parts/files/${id}`;
export const pageURL = (id: string) => `/api/v1/parts/messages/${id}/page`;

/** Those in a part, as one says them. */
export const names = (p: Pick<Part, 'people'>) => p.people.map((o) => o.name || o.email).join(', ');

/** A day as a field has it, and the morning of one: when people begin, so that a reminder is there when they read. */
export const local = (at?: string) => { const d = at ? new Date(at) : new Date(Date.now() + 86_400_000); return new Date(d.getTime() - d.getTimezoneOffset() * 60_000).toISOString().slice(0, 10); };
export const morning = (day: string) => new Date(`${day}T09:00`).toISOString();
