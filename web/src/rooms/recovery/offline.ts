// /tell opens without a net: a script beside it keeps the page, and here stays who this device belongs to.
import type { Me } from '../../base/house.svelte';

const name = 'hearth.here';

/** Remembers who is signed in, for when nobody can be asked. */
export function remember(me: Me) {
  try {
    const { id, name: called, language, may, role, role_id, teams } = me;
    localStorage.setItem(name, JSON.stringify({ id, name: called, language, may, role, role_id, teams, all_teams: false, seq: 0, disabled: false, invited: false, answers: false, added_at: '' }));
  } catch { /* a device that keeps nothing */ }
}

/** Who was signed in here last and may tell; nobody when none was. */
export function remembered(): Me | undefined {
  try {
    const me = JSON.parse(localStorage.getItem(name) ?? 'null') as Me | null;
    return me?.may?.includes('capture') ? me : undefined;
  } catch {
    return undefined;
  }
}

/** Nobody is signed in here any more. */
export const forget = () => localStorage.removeItem(name);

let shell: Promise<ServiceWorkerRegistration | undefined> | undefined;

/** The script beside /tell, running; undefined where the browser has none. */
export function beside(): Promise<ServiceWorkerRegistration | undefined> {
  return (shell ??= (async () => {
    if (!navigator.serviceWorker) return undefined;
    const r = await navigator.serviceWorker.register('/tell-sw.js', { scope: '/tell' });
    const coming = r.installing ?? r.waiting;
    if (!r.active && coming) await new Promise<void>((ok, no) => coming.addEventListener('statechange', () => (coming.state === 'activated' ? ok() : coming.state === 'redundant' && no(new Error('not kept')))));
    return r;
  })().catch(() => { shell = undefined; return undefined; }));
}

/** Makes the page one that can be put among the others of a phone; returns how to take that back. */
export function installable(): () => void {
  const link = Object.assign(document.createElement('link'), { rel: 'manifest', href: '/tell.webmanifest' });
  const icon = Object.assign(document.createElement('link'), { rel: 'apple-touch-icon', href: '/tell-full.png' });
  document.head.append(link, icon);
  return () => { link.remove(); icon.remove(); };
}
