// What people do to tickets, one or many: shown at once, taken back with one key, and undone on the screen when the
// server refuses.
import { Fault, type Schemas } from '../../base/api';
import { complain, say } from '../../base/toast.svelte';
import { house } from '../../base/house.svelte';
import { t, word } from '../../base/words.svelte';
import { assign, change, stand, type Status, type Ticket } from './api';
import type { TicketList } from './list.svelte';
import { page } from './page.svelte';

type To = { staff?: string; team?: string };

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

  /** Carries a change of many out, a few at a time: one that is refused stops no other, and shows again as it is. */
  async #carry(ids: string[], one: (id: string) => Promise<Ticket>): Promise<boolean> {
    const left = [...ids];
    const refused: string[] = [];
    const why = new Map<string, unknown>();
    const work = async () => {
      for (let id = left.shift(); id; id = left.shift()) {
        try {
          page(id).expect(await one(id));
        } catch (e) {
          refused.push(id);
          why.set(e instanceof Fault ? e.detail : String(e), e);
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(4, ids.length) }, work));
    for (const e of why.values()) complain(e);
    this.list.refresh(refused);
    for (const id of refused) void page(id).load();
    return refused.length < ids.length;
  }

  /** Gives tickets to somebody; the first answer of a shop is often "I'll take it". */
  async assign(ids: string[], to: To) {
    const was = ids.map((id) => this.#now(id)).filter((x) => !!x);
    this.#expect(ids, { ...(to.staff !== undefined && { assignee: to.staff || undefined }), ...(to.team !== undefined && { team: to.team || undefined }) });
    if (!(await this.#carry(ids, (id) => assign(id, to)))) return;
    const whom = to.team !== undefined ? house.team(to.team) : to.staff ? house.name(to.staff) : '';
    say(whom ? t('tickets.given', { n: ids.length, to: whom }) : t('tickets.released', { n: ids.length }), () => {
      for (const x of was) void this.#carry([x.id], (id) => assign(id, to.staff !== undefined ? { staff: x.assignee ?? '' } : { team: x.team ?? '' }));
    });
  }

  async stand(ids: string[], status: Exclude<Status, 'new'>, ended?: 'content' | 'silent' | 'spam') {
    const was = ids.map((id) => this.#now(id)).filter((x) => !!x);
    this.#expect(ids, { status, ended });
    if (!(await this.#carry(ids, (id) => stand(id, status, ended)))) return;
    say(t('tickets.stood', { n: ids.length, status: word('tickets.status', status) }), () => {
      for (const x of was) void this.#carry([x.id], (id) => stand(id, x.status === 'new' ? 'open' : x.status, x.ended as 'content' | undefined));
    });
  }

  /** Solves tickets and goes on with the next. */
  async solve(ids: string[]) {
    this.solved(ids);
    await this.stand(ids, 'resolved');
  }

  async tag(ids: string[], add: string[], remove: string[] = []) {
    const tags = new Map(ids.map((id) => {
      const kept = (this.#now(id)?.tags ?? []).filter((x) => !remove.includes(x));
      return [id, [...kept, ...add.filter((x) => !kept.includes(x))]];
    }));
    for (const [id, some] of tags) this.#expect([id], { tags: some });
    await this.#carry(ids, (id) => change(id, { tags: tags.get(id) }));
  }

  /** Puts facts first in a ticket, or takes that back. */
  async facts(id: string, matter: Ticket['facts_first']) {
    await this.change(id, { facts_first: matter ?? 'none' }, { facts_first: matter });
  }

  async change(id: string, part: Schemas['TicketsChange'], shown = part as Partial<Ticket>) {
    this.#expect([id], shown);
    try {
      page(id).expect(await change(id, part));
    } catch (e) {
      complain(e);
      void page(id).load();
      this.list.refresh([id]);
    }
  }
}
