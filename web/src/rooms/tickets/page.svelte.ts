// One ticket as it is read: what was said and what happened, kept up by the journal. The last few stay at hand, and the
// next one is read before it is asked for, so that opening it shows it at once.
import { untrack } from 'svelte';
import { Fault } from '../../base/api';
import { hear, live, type Entry } from '../../base/live.svelte';
import { clocks, messages, read, ticket, timeline, type Message, type Moment, type Reading, type Ticket } from './api';

const kept = 24;
const shelf = new Map<string, Page>();

export class Page {
  ticket = $state.raw<Ticket | undefined>();
  messages = $state.raw<Message[]>([]);
  moments = $state.raw<Moment[]>([]);
  clocks = $state.raw<Reading[]>([]);
  fault = $state.raw<unknown>();
  ready = $state(false);
  /** The version of the ticket whose every word is on the screen: an answer never leaves past what is newer. */
  seen = $state(0);

  #reading: Promise<void> | undefined;
  #again = false;

  constructor(readonly id: string) {}

  /** Reads everything; while that is under way, another wish is carried out once afterwards. */
  load(): Promise<void> {
    if (this.#reading) {
      this.#again = true;
      return this.#reading;
    }
    this.#reading = (async () => {
      do {
        this.#again = false;
        void this.#peek();
        try {
          const t = await ticket(this.id); // first: what is read after it is at least as new
          const [said, happened, runs] = await Promise.all([messages(this.id), timeline(this.id), clocks([this.id])]);
          this.ticket = t;
          this.messages = said;
          this.moments = happened;
          this.clocks = runs[0]?.clocks ?? [];
          this.seen = Math.max(t.version, ...said.map((m) => m.version));
          this.fault = undefined;
          this.ready = true;
        } catch (e) {
          this.fault = e;
        }
      } while (this.#again && !this.fault);
      this.#reading = undefined;
    })();
    return this.#reading;
  }

  /** Shows at once what has just been said; everything else is read behind it. */
  async #peek(): Promise<void> {
    const last = this.messages.at(-1);
    if (!this.ready || !last) return;
    const more = await messages(this.id, last.id).catch(() => []);
    const known = new Set(this.messages.map((m) => m.id));
    const fresh = more.filter((m) => !known.has(m.id));
    if (!fresh.length) return;
    this.messages = [...this.messages, ...fresh];
    this.seen = Math.max(this.seen, ...fresh.map((m) => m.version)); // who acknowledges it now has seen it
  }

  /** Shows a change of one's own before the server has answered. */
  expect(change: Partial<Ticket>) {
    if (this.ticket) this.ticket = { ...this.ticket, ...change };
  }

  /** Says that this was read, as far as it is shown. */
  async markRead(): Promise<void> {
    if (!this.ticket?.unread) return;
    const version = this.seen;
    this.expect({ unread: false });
    await read(this.id, version).catch(() => {});
  }
}

/** The page of a ticket, read already or being read. */
export const page = (id: string): Page => untrack(() => take(id));

function take(id: string): Page {
  let p = shelf.get(id);
  if (p) {
    shelf.delete(id); // to the end: the one that was not looked at for longest leaves first
    shelf.set(id, p);
    if (p.fault) void p.load();
    return p;
  }
  p = new Page(id);
  shelf.set(id, p);
  if (shelf.size > kept) shelf.delete(shelf.keys().next().value!);
  void p.load();
  return p;
}

/** Reads a ticket before it is asked for. */
export function prepare(id: string) {
  if (!shelf.has(id)) void page(id);
}

/** Keeps what is at hand true until the returned function is called: open says which page is on the screen. */
export function follow(open: () => Page | undefined): () => void {
  const changed = new Set<string>();
  let due: ReturnType<typeof setTimeout> | undefined;
  const stop = hear((e: Entry) => {
    if (!shelf.has(e.subject) && e.subject !== open()?.id) return;
    changed.add(e.subject);
    due ??= setTimeout(() => {
      due = undefined;
      const here = open();
      for (const id of changed) {
        if (id === here?.id) void here.load();
        else shelf.delete(id);
      }
      changed.clear();
    }, 1); // what one act did is told in one go
  });
  return () => { stop(); clearTimeout(due); };
}

/** Whether a page could not be read for now only: what was heard of it will not be told again. */
export const interrupted = (p?: Page) => !!p?.fault && (!(p.fault instanceof Fault) || p.fault.kind === 'offline' || p.fault.status === 429 || p.fault.status >= 500);

/** Whether there is no such ticket for whoever asks, so that asking again is no use. */
export const missing = (p: Page) => p.fault instanceof Fault && (p.fault.kind === 'not_found' || p.fault.kind === 'invalid');

/** Forgets everything, for somebody else who signs in. */
export function forget() {
  shelf.clear();
}

/** Nothing is missing here: the line is up, everything told was heard, and what was heard is on the screen. */
export const current = (p: Page) => live.sure && p.ready && !p.fault;
