// What can be done with a promise, as a menu.
import { house } from '../../base/house.svelte';
import { complain, say } from '../../base/toast.svelte';
import { t } from '../../base/words.svelte';
import type { Item } from '../../kit/Menu.svelte';
import { hand, type Promised } from './api';
import type { Asked } from './Because.svelte';

/** Whether something is still owed under it. */
export const owed = (p: Promised) => !p.settled_at;

export const menu = (p: Promised, renew: (p: Promised) => void, ask: (a: Asked) => void, done: () => void): Item[] => [
  { label: t('promises.renew'), run: () => renew(p) },
  { label: t('promises.release'), run: () => ask({ act: 'release', of: p }) },
  'line',
  ...(p.offered_to ? [{ label: t('promises.withdraw', { name: house.name(p.offered_to) || t('promises.somebody') }), run: () => void hand(p.id, p.owner, '').then(() => { say(t('promises.withdrawn')); done(); }, complain) }] : []),
  { heading: t('promises.hand') },
  ...house.answering.filter((m) => m.id !== p.owner && m.id !== p.offered_to).map((m): Item => ({ label: m.name, run: () => ask({ act: 'hand', of: p, to: m.id }) })),
];
