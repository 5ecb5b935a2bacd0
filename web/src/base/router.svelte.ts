// Where somebody is: the address, taken apart. Links are ordinary <a href>; a click on one of ours changes the address
// without loading the page anew.

function parts() {
  return { path: location.pathname, query: Object.fromEntries(new URLSearchParams(location.search)) as Record<string, string>, hash: location.hash.slice(1) };
}

let now = $state.raw(parts());

export const place = {
  get path() { return now.path; },
  get query() { return now.query; },
  get hash() { return now.hash; },
};

/** Goes to an address of ours; replace leaves no step to come back to. */
export function go(to: string, { replace = false } = {}) {
  if (to === location.pathname + location.search + location.hash) return;
  history[replace ? 'replaceState' : 'pushState'](null, '', to);
  now = parts();
}

/** The address with some of its query changed; undefined takes a part out. */
export function here(change: Record<string, string | undefined>, path = now.path): string {
  const q = new URLSearchParams();
  for (const [k, v] of Object.entries({ ...now.query, ...change })) if (v) q.set(k, v);
  return path + (q.size ? `?${q}` : '');
}

/** Matches a pattern such as /tickets/:id against the path; null when it does not fit. */
export function match(pattern: string, path = now.path): Record<string, string> | null {
  const want = pattern.split('/');
  const have = path.replace(/\/+$/, '').split('/');
  if (want.length !== have.length) return null;
  const found: Record<string, string> = {};
  for (let i = 0; i < want.length; i++) {
    if (want[i].startsWith(':')) found[want[i].slice(1)] = decodeURIComponent(have[i]);
    else if (want[i] !== have[i]) return null;
  }
  return found;
}

function click(e: MouseEvent) {
  if (e.defaultPrevented || e.button !== 0 || e.metaKey || e.ctrlKey || e.shiftKey || e.altKey) return;
  const a = (e.target as Element).closest?.('a');
  if (!a || a.target || a.hasAttribute('download') || a.origin !== location.origin || /^\/(api|healthz|openapi)/.test(a.pathname)) return;
  e.preventDefault();
  go(a.pathname + a.search + a.hash);
}

/** Starts following clicks and the back button; returns how to stop. */
export function follow(): () => void {
  const back = () => { now = parts(); };
  addEventListener('popstate', back);
  document.addEventListener('click', click);
  return () => {
    removeEventListener('popstate', back);
    document.removeEventListener('click', click);
  };
}
