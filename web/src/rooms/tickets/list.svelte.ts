// A list of tickets as it is read: pages as one scrolls, and every change that the journal tells of, in its place.
import { hear } from '../../base/live.svelte';
import { moment } from '../../base/time.svelte';
import { among, clocks, counts, list, next, type Count, type Query, type Reading, type Ticket } from './api';
import { pressing } from './due';

const pageSize = 100;

/** What stands first: the newest change, the longest wait, or what is due next (and behind it what nothing is promised about). */
export type Order = 'new' | 'wait' | 'due';

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
  #order: Order = 'new';
  #next: string | undefined;
  #at = new Map<string, string>(); // when something is due, of those that stand by it
  #rest = false; // all that is due was read, and what is not comes now
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
  async open(query: Query, order: Order = 'new'): Promise<void> {
    const turn = ++this.#turn;
    this.#query = query;
    this.#order = order;
    this.#next = undefined;
    this.#rest = order !== 'due';
    this.#at.clear();
    this.loading = true;
    this.fault = undefined;
    this.#changed.clear();
    try {
      const items: Ticket[] = [];
      do items.push(...await this.#page(pageSize, turn));
      while (turn === this.#turn && items.length < pageSize / 2 && this.more);
      if (turn !== this.#turn) return;
      this.rows = items;
      this.#due.clear();
      this.#dueTurn++;
      void this.#readClocks(running(items));
    } catch (e) {
      if (turn === this.#turn) this.fault = e;
    } finally {
      if (turn === this.#turn) this.loading = false;
    }
  }

  /** Reads the next page, when there is one and none is on its way. */
  async further(): Promise<void> {
    if (this.loading || !this.more) return;
    const turn = this.#turn;
    this.loading = true;
    try {
      const items = await this.#page(this.rows.length > 1000 ? 200 : pageSize, turn);
      if (turn !== this.#turn) return;
      const known = new Set(this.rows.slice(-300).map((r) => r.id)); // a row that moved down meanwhile is in both
      for (const r of items) if (!known.has(r.id)) this.#rows.push(r);
      this.#rowsTurn++;
      this.look(items);
    } catch (e) {
      if (turn === this.#turn) this.fault = e;
    } finally {
      if (turn === this.#turn) this.loading = false;
    }
  }

  /** One page of the server, in the order of the list; it may hold nothing though more comes. */
  async #page(size: number, turn: number): Promise<Ticket[]> {
    if (this.#rest) {
      const page = await list(this.#query, this.#next, size);
      if (turn !== this.#turn) return [];
      this.#next = page.next;
      this.more = !!page.next;
      return page.items.filter((r) => !this.#at.get(r.id));
    }
    const page = await next(this.#query, this.#next, pageSize);
    const found = page.items.length ? await among(this.#query, page.items.map((d) => d.ticket)) : { items: [] };
    if (turn !== this.#turn) return [];
    for (const d of page.items) this.#at.set(d.ticket, moment(d.due_at!));
    this.#next = page.next;
    this.#rest = !page.next;
    this.more = true;
    return found.items.sort((a, b) => (this.#before(a, b) ? -1 : 1));
  }

  /** Whether one stands before another, as on the server. */
  #before(a: Ticket, b: Ticket): boolean {
    if (this.#order === 'wait') {
      const [ka, kb] = [moment(a.waiting_since ?? ''), moment(b.waiting_since ?? '')];
      return ka === kb ? a.id < b.id : ka < kb;
    }
    const [da, db] = [this.#at.get(a.id) || '~', this.#at.get(b.id) || '~']; // nothing is due behind all that is
    if (da !== db) return da < db;
    if (da !== '~') return a.id < b.id;
    const [ka, kb] = [moment(a.updated_at), moment(b.updated_at)];
    return ka === kb ? a.id > b.id : ka > kb;
  }

  /** Where something belongs among rows that are in order: a search by halves. */
  #among(rows: Ticket[], item: Ticket): number {
    let [low, high] = [0, rows.length];
    while (low < high) {
      const mid = (low + high) >> 1;
      if (this.#before(item, rows[mid])) high = mid;
      else low = mid + 1;
    }
    return low;
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
      const [{ items }, due] = await Promise.all([among(this.#query, ids), this.#order === 'due' ? clocks(ids) : []]);
      if (turn === this.#turn) {
        for (const d of due) this.#at.set(d.ticket, moment(pressing(d.clocks)?.due_at ?? ''));
        this.#place(ids, items);
      }
    } catch {
      for (const id of ids) this.#changed.add(id);
      this.#timer = setTimeout(() => void this.#reread(), 2000);
      return;
    }
    if (this.#changed.size) this.#timer ??= setTimeout(() => void this.#reread(), 40);
  }

  #place(ids: string[], items: Ticket[]) {
    const gone = new Set(ids);
    const rows = this.rows.filter((r) => !gone.has(r.id));
    let first = rows.length;
    for (const item of items) {
      const at = this.#among(rows, item);
      if (at === rows.length && this.more) continue; // below what was read
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
