// What this room asks of the server, and how it calls what is the same for all.
import { api, type Schemas } from '../../base/api';
import { house, type Member, type Perm } from '../../base/house.svelte';
import { t, word } from '../../base/words.svelte';

export type Session = Schemas['StaffSession'];
export type Token = Schemas['StaffToken'];
export type Role = Schemas['StaffRole'];
export type Link = Schemas['StaffLink'];

/** What somebody may, from what everybody does to what few do. */
export const perms: Perm[] = ['view', 'act', 'money', 'approve', 'capture', 'reports', 'settings', 'people'];

export const roles = () => api('get', '/roles').then((p) => p.items);

const builtIn = /^role_0{12}[1-6]$/;
export const owner = 'role_0000000000001';

/** A role as people call it: those that come with Hearth are in the reader's language, a company's own as it was named. */
export const called = (id: string, name: string) => (builtIn.test(id) ? word('staff.role', name) : name);

/** Permissions in words, in their order. */
export const told = (may: readonly string[] | null | undefined) => perms.filter((p) => may?.includes(p)).map((p) => t('staff.may.' + p));

/** Whether I may give a role: nobody gives away what they may not themselves, and the owner's is handed over. */
export const mayGive = (r: Role) => r.id !== owner && (r.may ?? []).every((p) => house.may(p)) && (!r.all_teams || !!house.me?.all_teams);

/** The teams I may bring somebody into. */
export const myTeams = () => [...house.teams.values()].filter((x) => house.me?.all_teams || house.me?.teams.includes(x.id)).sort((a, b) => a.name.localeCompare(b.name));

/** Whether somebody's account is mine to change: the owner's is theirs alone. */
export const mine = (m: Member) => m.role_id !== owner || m.id === house.me?.id;

/** Where a link leads, also when the server was not told its own address. */
export const address = (l: Link) => (l.url.startsWith('/') ? location.origin + l.url : l.url);
