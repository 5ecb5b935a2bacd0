// The socket: the journal as it grows, and who is where. A page re-reads what an entry names. After a cut it resumes from
// the last sequence it heard, and until the server says that everything was told, nobody can be sure to have read it all.
import { api } from './api';

export type Entry = { seq: number; at: string; by: string; via: string; subject: string; kind: string; body: Record<string, unknown> };
/** Somebody who has a ticket open, or writes in it. */
export type Here = { staff: string; name: string; writing?: boolean };
type Frame = Partial<Entry> & { head?: number; here?: { ticket: string; who: Here[] } };

const silence = 40_000; // the server speaks at least every 15 seconds
const soon = [250, 1000, 2000, 4000, 8000];

let socket: WebSocket | undefined;
let last = 0;
let heardAt = 0;
let tries = 0;
let timer: ReturnType<typeof setTimeout> | undefined;
let running = false;
let state = $state<'new' | 'open' | 'caught_up' | 'lost'>('new');
let presence = $state.raw<Record<string, Here[]>>({});
let mine: { here?: { ticket: string; writing: boolean } } = {};
const listeners = new Set<(e: Entry) => void>();

export const live = {
  /** Everything that happened until now was heard. */
  get sure() { return state === 'caught_up'; },
  /** The line was there and is cut. */
  get lost() { return state === 'lost'; },
  /** The last sequence heard. */
  get seq() { return last; },
  here: (ticket: string): Here[] => presence[ticket] ?? [],
};

/** Hears every entry until the returned function is called. */
export function hear(on: (e: Entry) => void): () => void {
  listeners.add(on);
  return () => listeners.delete(on);
}

/** Tells colleagues which ticket is open here, and whether an answer is being written; undefined for none. */
export function stay(ticket?: string, writing = false) {
  const next = ticket ? { here: { ticket, writing } } : {};
  if (JSON.stringify(next) === JSON.stringify(mine)) return;
  mine = next;
  tell();
}

function tell() {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ here: mine.here ?? { ticket: '' } }));
}

function dial() {
  if (!running) return;
  clearTimeout(timer);
  const s = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/v1/live?after=${last}`);
  socket = s;
  heardAt = Date.now();
  s.addEventListener('open', () => {
    if (state !== 'caught_up') state = 'open';
    tell();
  });
  s.addEventListener('message', (e) => {
    if (s !== socket) return;
    heardAt = Date.now();
    take(JSON.parse(e.data) as Frame);
  });
  s.addEventListener('close', (e) => {
    if (s !== socket) return;
    socket = undefined;
    presence = {};
    if (!running) return;
    state = 'lost';
    if (e.code === 1008) void api('get', '/me').catch(() => {}); // no longer signed in: the answer says so
    timer = setTimeout(dial, e.code === 1001 ? 250 : soon[Math.min(tries++, soon.length - 1)] * (0.75 + Math.random() / 2));
  });
}

function take(f: Frame) {
  if (f.here) {
    const { [f.here.ticket]: _, ...others } = presence;
    presence = f.here.who.length ? { ...others, [f.here.ticket]: f.here.who } : others;
  } else if (f.head !== undefined) {
    last = f.head; // also when it is lower: then the house was restored from a backup
    tries = 0;
    state = 'caught_up';
  } else if (f.seq !== undefined && f.seq > last) {
    last = f.seq;
    for (const on of listeners) on(f as Entry);
  }
}

/** Opens the line and keeps it open, from an entry on that came before whatever is shown was read; returns how to hang up. */
export function listen(after: number): () => void {
  running = true;
  last = after;
  dial();
  const watch = setInterval(() => {
    if (socket && Date.now() - heardAt > silence) socket.close();
  }, 5000);
  const back = () => { tries = 0; if (!socket) dial(); };
  const away = () => socket?.close();
  addEventListener('online', back);
  addEventListener('offline', away);
  const seen = () => { if (document.visibilityState === 'visible') back(); };
  document.addEventListener('visibilitychange', seen);
  return () => {
    running = false;
    clearInterval(watch);
    clearTimeout(timer);
    removeEventListener('online', back);
    removeEventListener('offline', away);
    document.removeEventListener('visibilitychange', seen);
    socket?.close();
    state = 'new';
    presence = {};
  };
}
