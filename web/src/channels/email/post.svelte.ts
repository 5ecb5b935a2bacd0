// The mail that waits and the mail that came, kept up by the journal, and what people decide about it.
import { hear } from '../../base/live.svelte';
import { complain, say } from '../../base/toast.svelte';
import { t } from '../../base/words.svelte';
import { health, ledger, mailboxes, repair, type Entry, type Health, type Mailbox, type Repair } from './api';

const page = 100;
const regret = 8000; // how long a discarded mail can be taken back: nothing was sent by then

// Decided here and not yet told to the server; it outlives the page, so that going elsewhere decides nothing else.
let held = $state.raw<ReadonlyMap<string, () => void>>(new Map());
function hold(id: string, undo?: () => void) {
  const next = new Map(held);
  if (undo) next.set(id, undo);
  else next.delete(id);
  held = next;
}

export class Post {
  boxes = $state.raw<Mailbox[]>([]);
  health = $state.raw<Health[]>([]);
  ready = $state(false);
  fault = $state.raw<unknown>();
  loading = $state(false);
  more = $state<string | undefined>();

  #entries = $state.raw<Entry[]>([]);
  #states = 'repair';
  #turn = 0;
  entries = $derived(this.#entries.filter((e) => !held.has(e.id)));

  constructor(readonly changed: () => void) {}

  /** Reads the mails in some states, and how the mailboxes stand; what is shown stays until the new is there. */
  async open(states: string): Promise<void> {
    if (states !== this.#states) {
      this.#entries = [];
      this.ready = false;
      this.more = undefined;
    }
    this.#states = states;
    await this.read();
  }

  async read(): Promise<void> {
    const turn = ++this.#turn;
    this.loading = true;
    try {
      const [boxes, folders, list] = await Promise.all([mailboxes(), health(), ledger(this.#states, undefined, Math.min(200, Math.max(page, this.#entries.length)))]);
      if (turn !== this.#turn) return;
      this.boxes = boxes;
      this.health = folders;
      this.#entries = list.items;
      this.more = list.next;
      this.fault = undefined;
      this.ready = true;
    } catch (e) {
      if (turn === this.#turn) this.fault = e;
    } finally {
      if (turn === this.#turn) this.loading = false;
    }
  }

  async further(): Promise<void> {
    if (!this.more || this.loading) return;
    const turn = this.#turn;
    this.loading = true;
    try {
      const list = await ledger(this.#states, this.more, page);
      if (turn !== this.#turn) return;
      this.#entries = [...this.#entries, ...list.items.filter((e) => !this.#entries.some((k) => k.id === e.id))];
      this.more = list.next;
    } catch (e) {
      complain(e);
    } finally {
      if (turn === this.#turn) this.loading = false;
    }
  }

  /** Follows the journal until the returned function is called. */
  follow(): () => void {
    let due: ReturnType<typeof setTimeout> | undefined;
    const stop = hear((e) => {
      if (e.kind.startsWith('mail.') && e.kind !== 'mail.seen') due ??= setTimeout(() => { due = undefined; void this.read(); }, 400);
    });
    return () => { clearTimeout(due); stop(); };
  }

  /** Carries out a decision; the mail leaves the queue at once and comes back when the server refuses. */
  async decide(e: Entry, body: Repair): Promise<Entry | undefined> {
    const was = this.#entries;
    if (this.#states === 'repair') this.#entries = was.filter((k) => k.id !== e.id);
    try {
      const now = await repair(e.id, body);
      this.#entries = this.#entries.map((k) => (k.id === e.id ? now : k));
      this.changed();
      return now;
    } catch (x) {
      complain(x);
      void this.read();
      return undefined;
    }
  }

  /** Throws a mail away, with a while to think better of it. */
  discard(e: Entry, why: string) {
    const timer = setTimeout(() => void this.decide(e, { do: 'discard', why }).then((gone) => setTimeout(() => hold(e.id), gone ? 2000 : 0)), regret); // until every page has read that it is gone
    const undo = () => { clearTimeout(timer); hold(e.id); };
    hold(e.id, undo);
    say(t('mail.discarded'), undo, regret);
  }
}
