// What answers promise when they leave, by ticket: the composer shows what waits, and beside the ticket stands what could not
// be promised.
import { untrack } from 'svelte';
import { t } from '../../base/words.svelte';
import { planned, type Planned } from './api';

export class Plans {
  all = $state.raw<Planned[]>([]);

  constructor(readonly ticket: string) {}

  /** What the answer that is being written promises. */
  get waiting() { return this.all.filter((p) => !p.message); }
  /** What answers that have left said and could not promise. */
  get refused() { return this.all.filter((p) => p.message); }

  async read(): Promise<void> {
    this.all = await planned(this.ticket);
  }

  /** Whether all of it could be promised now; who can't ask lets it leave, and hears of it then. */
  async fit(): Promise<boolean> {
    await this.read().catch(() => {});
    return !this.waiting.some((p) => p.trouble);
  }
}

const desk = new Map<string, Plans>();

export function plans(ticket: string): Plans {
  let p = desk.get(ticket);
  if (!p) desk.set(ticket, (p = untrack(() => new Plans(ticket)))); // whatever looks at it first must see it change
  return p;
}

/** Why something can't be promised, in the reader's language. */
export const trouble = (p: Planned) => t('base.fault.' + p.trouble_code, {}, p.trouble);
