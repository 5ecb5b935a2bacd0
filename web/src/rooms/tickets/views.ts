// The lists people work from: what each asks for, and which of the counts it adds up.
import { house } from '../../base/house.svelte';
import { t } from '../../base/words.svelte';
import type { Count, Query } from './api';
import type { Order } from './list.svelte';

export type View = { id: string; label: string; query: Query; counts?: (c: Count) => boolean; key?: string; order?: Order /* unless somebody chose another; lists without one have but theirs */; more?: string };

const ours = (c: Count) => c.status === 'new' || c.status === 'open';
const is = (s: string) => (c: Count) => c.status === s;

/** The order of a list: the longest wait where that is what it is about, else what somebody chose, else its own. */
export const orderOf = (v: View, chosen: Record<string, Order>): Order => (v.query.waiting ? 'wait' : v.order ? (chosen[v.id] ?? v.order) : 'new');

/** The lists everybody has. */
export const plain = (): View[] => [
  { id: 'mine', label: t('views.mine'), query: { status: 'new,open', assignee: 'me' }, counts: (c) => ours(c) && c.assignee === house.me?.id, key: 'g m', order: 'due' },
  { id: 'open', label: t('views.open'), query: { status: 'new,open' }, counts: ours, key: 'g i', order: 'new' },
  { id: 'nobody', label: t('views.nobody'), query: { status: 'new,open', assignee: 'none' }, counts: (c) => ours(c) && !c.assignee, key: 'g u', order: 'due' },
  { id: 'unanswered', label: t('views.unanswered'), query: { waiting: true }, key: 'g w', more: t('views.unanswered_more') },
  { id: 'pending', label: t('views.pending'), query: { status: 'pending' }, counts: is('pending') },
  { id: 'on_hold', label: t('views.on_hold'), query: { status: 'on_hold' }, counts: is('on_hold') },
  { id: 'resolved', label: t('views.resolved'), query: { status: 'resolved' }, counts: is('resolved'), key: 'g s' },
  { id: 'closed', label: t('views.closed'), query: { status: 'closed' }, counts: is('closed') },
  { id: 'all', label: t('views.all'), query: {}, counts: () => true },
];

/** The view an address names, such as open, team:… or staff:…; the first list when it names none. Customers are called as who
 * asks knows them. */
export function named(id: string | undefined, mailboxes: { id: string; address: string; name: string }[] = [], called: (customer: string) => string | undefined = () => undefined): View {
  const [kind, which] = (id ?? '').split(':');
  switch (kind) {
    case 'team':
      return { id: id!, label: house.team(which) || t('views.team'), query: { status: 'new,open', team: which }, counts: (c) => ours(c) && c.team === which, order: 'due' };
    case 'staff':
      return { id: id!, label: house.name(which) || t('views.staff'), query: { status: 'new,open', assignee: which }, counts: (c) => ours(c) && c.assignee === which, order: 'due' };
    case 'mailbox':
      return { id: id!, label: mailboxes.find((m) => m.id === which)?.name ?? t('views.mailbox'), query: { status: 'new,open', mailbox: which }, counts: (c) => ours(c) && c.mailbox === which };
    case 'tag':
      return { id: id!, label: `#${which}`, query: { tag: which } };
    case 'customer':
      return { id: id!, label: called(which) || t('views.customer'), query: { customer: which } };
  }
  const all = plain();
  return all.find((v) => v.id === id) ?? all[1];
}

export const sum = (v: View, counts: Count[]) => (v.counts ? counts.reduce((n, c) => (v.counts!(c) ? n + c.n : n), 0) : undefined);
