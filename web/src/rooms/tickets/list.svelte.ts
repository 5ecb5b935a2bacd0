// A list of tickets as it is read: pages as one scrolls, and every change that the journal tells of, in its place.
import { hear } from '../../base/live.svelte';
import { moment } from '../../base/time.svelte';
import { among, clocks, counts, list, type Count, type Query, type Reading, type Ticket } from './api';

const pageSize = 100;

/** The order of the server: the newest change first, or the longest wait first. */
function before(a: Ticket, b: Ticket, waiting: boolean): boolean {
  const [ka, kb] = waiting ? [moment(b.waiting_since ?? ''), moment(a.waiting_since ?? '')] : [moment(a.updated_at), moment(b.updated_at)];
  return ka === kb ? (waiting ? a.id < b.id : a.id > b.id) : ka > kb;
}

/** Where something belongs among rows that are in order: a search by halves. */
function place(rows: Ticket[], item: Ticket, waiting: boolean): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const mid = (low + high) >> 1;
    if (before(item, rows[mid], waiting)) high = mid;
    else low = mid + 1;
  }
  return low;
}

/** Those of which clocks may run. */
const running = (tickets: Ticket[]) => tickets.filter((r) => r.status !== 'closed').map((r) => r.id);

export class TicketList {
  loading = $state(false);
  fault = $state.raw<unknown>();
  more = $state(false);
  /** How many rows were put above the one at this index in the last change, so that what is looked at stays where it is. */
  moved = $state.raw<{ at: number; by: number } | undefined>();

  #rows: Ticket[] = []; // grows in place: a copy of a hundred thousand for each page would keep the collector busy
  #rowsTurn = $state(0);
  #due = new Map<string, Reading[]>(); // of every row that was read, so it is changed and not copied
  #dueTurn = $state(0);
  #query: Query = {};
  #next: string | undefined;
  #turn = 0;
  #changed = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #wanted: string[] = []; // rows whose clocks are to be read, the latest last
  #looking: ReturnType<typeof setTimeout> | undefined;

  get rows(): Ticket[] {
    void this.#rowsTurn;
    return this.#rows;
  }
  set rows(some: Ticket[]) {
    this.#rows = some;
    this.#rowsTurn++;
  }

  /** Reads a list from its beginning; what is shown stays until the new one is there. */
  async open(query: Query): Promise<void> {
    const turn = ++this.#turn;
    this.#query = query;
    this.loading = true;
    this.fault = undefined;
    this.#changed.clear();
    try {
      const page = await list(query, undefined, pageSize);
      if (turn !== this.#turn) return;
      this.#next = page.next;
      this.more = !!page.next;
      this.rows = page.items;
      this.#due.clear();
      this.#dueTurn++;
      void this.#readClocks(running(page.items));
    } catch (e) {
      if (turn === this.#turn) this.fault = e;
    } finally {
      if (turn === this.#turn) this.loading = false;
    }
  }

  /** Reads the next page, when there is one and none is on its way. */
  async further(): Promise<void> {
    if (this.loading || !this.#next) return;
    const turn = this.#turn;
    this.loading = true;
    try {
      const page = await list(this.#query, this.#next, this.rows.length > 1000 ? 200 : pageSize);
      if (turn !== this.#turn) return;
      this.#next = page.next;
      this.more = !!page.next;
      const known = new Set(this.rows.slice(-300).map((r) => r.id)); // a row that moved down meanwhile is in both
      for (const r of page.items) if (!known.has(r.id)) this.#rows.push(r);
      this.#rowsTurn++;
      this.look(page.items);
    } catch (e) {
      if (turn === this.#turn) this.fault = e;
    } finally {
      if (turn === this.#turn) this.loading = false;
    }
  }

  /** Reads the clocks of rows that come into sight; whoever flies over thousands waits for those where they stop. */
  look(rows: Ticket[]) {
    const fresh = running(rows).filter((id) => !this.#due.has(id));
    if (!fresh.length) return;
    this.#wanted = this.#wanted.concat(fresh).slice(-400);
    clearTimeout(this.#looking);
    this.#looking = setTimeout(() => {
      const some = [...new Set(this.#wanted)].filter((id) => !this.#due.has(id));
      this.#wanted = [];
      void this.#readClocks(some);
    }, 80);
  }

  /** The clocks of a row, as far as they were read. */
  due(id: string): Reading[] | undefined {
    void this.#dueTurn;
    return this.#due.get(id);
  }

  /** Follows the journal until the returned function is called. */
  follow(): () => void {
    const stop = hear((e) => {
      if (!e.subject.startsWith('tkt_')) return;
      this.#changed.add(e.subject);
      this.#timer ??= setTimeout(() => void this.#reread(), 40);
    });
    return () => {
      stop();
      clearTimeout(this.#timer);
      clearTimeout(this.#looking);
      this.#timer = undefined;
    };
  }

  /** Shows a change of one's own before the server has answered. */
  expect(id: string, change: Partial<Ticket>) {
    this.rows = this.rows.map((r) => (r.id === id ? { ...r, ...change } : r));
  }

  /** Takes a row out, as its change is about to; it comes back by itself if that fails and it is read again. */
  leave(id: string) {
    this.rows = this.rows.filter((r) => r.id !== id);
  }

  /** Reads some rows again, whatever the journal says. */
  refresh(ids: string[]) {
    for (const id of ids) this.#changed.add(id);
    this.#timer ??= setTimeout(() => void this.#reread(), 0);
  }

  async #reread(): Promise<void> {
    if (this.loading) { // the page that is on its way may be older than what is to be read
      this.#timer = setTimeout(() => void this.#reread(), 40);
      return;
    }
    const turn = this.#turn;
    const ids = [...this.#changed].slice(0, 100);
    for (const id of ids) this.#changed.delete(id);
    this.#timer = undefined;
    if (!ids.length) return;
    try {
      const { items } = await among(this.#query, ids);
      if (turn === this.#turn) this.#place(ids, items);
    } catch {
      for (const id of ids) this.#changed.add(id);
      this.#timer = setTimeout(() => void this.#reread(), 2000);
      return;
    }
    if (this.#changed.size) this.#timer ??= setTimeout(() => void this.#reread(), 40);
  }

  #place(ids: string[], items: Ticket[]) {
    const waiting = !!this.#query.waiting;
    const gone = new Set(ids);
    const rows = this.rows.filter((r) => !gone.has(r.id));
    let first = rows.length;
    for (const item of items) {
      const at = place(rows, item, waiting);
      if (at === rows.length && this.#next) continue; // below what was read
      rows.splice(at, 0, item);
      first = Math.min(first, at);
    }
    this.moved = { at: first, by: rows.length - this.rows.length };
    this.rows = rows;
    void this.#readClocks(running(items));
  }

  async #readClocks(ids: string[]): Promise<void> {
    for (let i = 0; i < ids.length; i += 200) {
      const some = ids.slice(i, i + 200);
      const shown = await clocks(some).catch(() => undefined);
      if (!shown) continue;
      for (const id of some) this.#due.set(id, []); // who has none is not asked again
      for (const s of shown) this.#due.set(s.ticket, s.clocks);
      this.#dueTurn++;
    }
  }
}

/** How many tickets stand where, kept up by the journal. */
export class Counts {
  all = $state.raw<Count[]>([]);

  async read(): Promise<void> {
    this.all = await counts().catch(() => this.all);
  }

  follow(): () => void {
    let due: ReturnType<typeof setTimeout> | undefined;
    void this.read();
    const stop = hear((e) => {
      if (/^tickets\.(opened|stood|assigned|received|answered)/.test(e.kind)) due ??= setTimeout(() => { due = undefined; void this.read(); }, 400);
    });
    return () => { stop(); clearTimeout(due); };
  }
}
