// What people do to tickets, one or many: shown at once, taken back with one key, and undone on the screen when the
// server refuses.
import { api, Fault, type Schemas } from '../../base/api';
import { complain, say } from '../../base/toast.svelte';
import { house } from '../../base/house.svelte';
import { t, word } from '../../base/words.svelte';
import { change, type Status, type Ticket } from './api';
import type { TicketList } from './list.svelte';
import { page } from './page.svelte';

type To = { staff?: string; team?: string };
type Batch = Schemas['TicketsBatch'];

export class Acts {
  constructor(
    readonly list: TicketList,
    readonly solved: (ids: string[]) => void, // what to look at next
  ) {}

  #now(id: string): Ticket | undefined {
    return page(id).ticket ?? this.list.rows.find((r) => r.id === id);
  }

  #expect(ids: string[], part: Partial<Ticket>) {
    for (const id of ids) {
      page(id).expect(part);
      this.list.expect(id, part);
    }
  }

  /** Sends a change of many, says what became of it, and shows again what the server refused. */
  async #carry(ids: string[], body: Omit<Batch, 'ids'>): Promise<boolean> {
    try {
      const { items } = await api('post', '/tickets/batch', { body: { ids, ...body } });
      const bad = items.filter((i) => !i.ok);
      if (bad.length) {
        complainAbout(bad.map((b) => b.detail ?? ''));
        this.list.refresh(bad.map((b) => b.id));
        for (const b of bad) void page(b.id).load();
      }
      return bad.length < ids.length;
    } catch (e) {
      complain(e);
      this.list.refresh(ids);
      for (const id of ids) void page(id).load();
      return false;
    }
  }

  /** Gives tickets to somebody; the first answer of a shop is often "I'll take it". */
  async assign(ids: string[], to: To) {
    const was = ids.map((id) => this.#now(id)).filter((x) => !!x);
    this.#expect(ids, { ...(to.staff !== undefined && { assignee: to.staff || undefined }), ...(to.team !== undefined && { team: to.team || undefined }) });
    if (!(await this.#carry(ids, { assign: to }))) return;
    const whom = to.team !== undefined ? house.team(to.team) : to.staff ? house.name(to.staff) : '';
    say(whom ? t('tickets.given', { n: ids.length, to: whom }) : t('tickets.released', { n: ids.length }), () => {
      for (const x of was) void this.#carry([x.id], { assign: to.staff !== undefined ? { staff: x.assignee ?? '' } : { team: x.team ?? '' } });
    });
  }

  async stand(ids: string[], status: Exclude<Status, 'new'>, ended?: 'content' | 'silent' | 'spam') {
    const was = ids.map((id) => this.#now(id)).filter((x) => !!x);
    this.#expect(ids, { status, ended });
    if (!(await this.#carry(ids, { status, ended }))) return;
    say(t('tickets.stood', { n: ids.length, status: word('tickets.status', status) }), () => {
      for (const x of was) void this.#carry([x.id], { status: x.status === 'new' ? 'open' : (x.status as Exclude<Status, 'new'>), ended: x.ended as 'content' | undefined });
    });
  }

  /** Solves tickets and goes on with the next. */
  async solve(ids: string[]) {
    this.solved(ids);
    await this.stand(ids, 'resolved');
  }

  async tag(ids: string[], add: string[], remove: string[] = []) {
    for (const id of ids) {
      const tags = (this.#now(id)?.tags ?? []).filter((x) => !remove.includes(x));
      this.#expect([id], { tags: [...tags, ...add.filter((x) => !tags.includes(x))] });
    }
    await this.#carry(ids, { add_tags: add, remove_tags: remove });
  }

  async change(id: string, part: Schemas['TicketsChange']) {
    this.#expect([id], part as Partial<Ticket>);
    try {
      page(id).expect(await change(id, part));
    } catch (e) {
      complain(e);
      void page(id).load();
      this.list.refresh([id]);
    }
  }
}

function complainAbout(details: string[]) {
  const different = [...new Set(details)];
  complain(new Fault('conflict', different.join(' ')));
}
