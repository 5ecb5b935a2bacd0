// Who I am and who works here: read once, kept up by the journal, asked by every page.
import { api, type Schemas } from './api';
import { hear } from './live.svelte';

export type Me = Schemas['StaffMe'];
export type Member = Schemas['StaffMember'];
export type Team = Schemas['StaffTeam'];
export type Perm = Me['may'] extends (infer P)[] | null ? P : never;

let me = $state.raw<Me | undefined>();
let members = $state.raw<Map<string, Member>>(new Map());
let teams = $state.raw<Map<string, Team>>(new Map());

export const house = {
  get me() { return me; },
  get members() { return members; },
  get teams() { return teams; },
  /** Colleagues who are here. */
  get active() { return [...members.values()].filter((m) => !m.disabled && !m.invited).sort((a, b) => a.name.localeCompare(b.name)); },
  /** Those of them whose role works on tickets. */
  get answering() { return house.active.filter((m) => m.answers); },
  name: (staff?: string) => (staff && members.get(staff)?.name) || '',
  team: (id?: string) => (id && teams.get(id)?.name) || '',
  may: (p: Perm) => !!me?.may?.includes(p),
};

export function enter(m: Me | undefined) {
  me = m;
}

async function every<T>(page: (after?: string) => Promise<{ items: T[]; next?: string }>): Promise<T[]> {
  const found: T[] = [];
  for (let after: string | undefined; ; ) {
    const p = await page(after);
    found.push(...p.items);
    if (!(after = p.next)) return found;
  }
}

export async function meet(): Promise<void> {
  const [m, ts] = await Promise.all([every((after) => api('get', '/staff', { query: { after, limit: 1000 } })), api('get', '/teams')]);
  members = new Map(m.map((x) => [x.id, x]));
  teams = new Map(ts.items.map((x) => [x.id, x]));
}

/** Follows changes of people and teams until the returned function is called. */
export function follow(): () => void {
  let due: ReturnType<typeof setTimeout> | undefined;
  const stop = hear((e) => {
    if (!/^(staff|teams|roles)\./.test(e.kind)) return;
    clearTimeout(due);
    due = setTimeout(async () => {
      await meet().catch(() => {});
      me = await api('get', '/me').catch(() => me);
    }, 300);
  });
  return () => { clearTimeout(due); stop(); };
}
