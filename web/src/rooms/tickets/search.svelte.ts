// Search as one types: the newest answer wins, what was found stays until the next is there.
import { api, type Schemas } from '../../base/api';

export type Found = Schemas['TicketsFound'];
export type Filters = { status?: string; assignee?: string; channel?: string };

export class Finding {
  words = $state('');
  filters = $state.raw<Filters>({});
  found = $state.raw<Found[]>([]);
  asked = $state('');
  next = $state<string | undefined>();
  busy = $state(false);
  fault = $state.raw<unknown>();
  on = $derived(this.words.trim().length > 0);

  #timer: ReturnType<typeof setTimeout> | undefined;
  #stop: AbortController | undefined;

  changed() {
    clearTimeout(this.#timer);
    if (!this.words.trim()) {
      this.#stop?.abort();
      this.found = [];
      this.asked = '';
      this.fault = undefined;
      return;
    }
    this.#timer = setTimeout(() => void this.ask(), 80);
  }

  narrow(f: Filters) {
    this.filters = Object.fromEntries(Object.entries({ ...this.filters, ...f }).filter(([, v]) => v));
    void this.ask();
  }

  async ask(): Promise<void> {
    const q = this.words.trim();
    if (!q) return;
    this.#stop?.abort();
    const stop = (this.#stop = new AbortController());
    this.busy = true;
    try {
      const page = await api('get', '/search', { query: { q, limit: 30, ...this.filters }, signal: stop.signal });
      if (stop.signal.aborted) return;
      this.found = page.items;
      this.next = page.next;
      this.asked = q;
      this.fault = undefined;
    } catch (e) {
      if (!stop.signal.aborted) this.fault = e;
    } finally {
      if (this.#stop === stop) this.busy = false;
    }
  }

  async further(): Promise<void> {
    if (!this.next || this.busy) return;
    const stop = this.#stop;
    this.busy = true;
    try {
      const page = await api('get', '/search', { query: { q: this.asked, limit: 30, after: Number(this.next), ...this.filters }, signal: stop?.signal });
      this.found = [...this.found, ...page.items.filter((f) => !this.found.some((g) => g.ticket.id === f.ticket.id && g.message === f.message))];
      this.next = page.next;
    } catch (e) {
      if (!stop?.signal.aborted) this.fault = e;
    } finally {
      if (this.#stop === stop) this.busy = false;
    }
  }

  clear() {
    this.words = '';
    this.filters = {};
    this.changed();
  }
}
