// Runs beside /tell, and nowhere else: keeps what this one page is made of, so that it opens without a net; and shows what the
// house has to tell while no page is open. It keeps no answer of the API and no other page. What is listed here is filled in
// when the workspace is built, so a new version is another file, and takes the place of the old one at once.
const version = 'dev';
const shell = [];
const mine = `tell-${version}`;
const patience = 4000; // ms that a slow net has before the page that is kept is shown

self.addEventListener('install', (e) => {
  e.waitUntil(caches.open(mine).then((c) => c.addAll(shell.map((u) => new Request(u, { cache: 'no-cache' })))).then(() => self.skipWaiting()));
});

self.addEventListener('activate', (e) => {
  e.waitUntil(
    caches.keys()
      .then((all) => Promise.all(all.filter((n) => n.startsWith('tell-') && n !== mine).map((n) => caches.delete(n))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener('fetch', (e) => {
  const { method, mode, url } = e.request;
  const at = new URL(url);
  if (method !== 'GET' || at.origin !== self.location.origin || at.pathname.startsWith('/api/')) return;
  if (mode === 'navigate') {
    if (at.pathname === '/tell') e.respondWith(page(e.request));
  } else if (at.pathname.startsWith('/assets/') || shell.includes(at.pathname)) e.respondWith(part(e.request));
});

async function page(request) {
  const kept = await caches.match('/tell', { cacheName: mine });
  const late = new Promise((ok) => setTimeout(ok, kept ? patience : 1e9));
  const fresh = fetch(request).then((r) => (r.status < 500 || !kept ? r : kept), (why) => kept ?? Promise.reject(why));
  return (await Promise.race([fresh, late])) ?? kept;
}

async function part(request) {
  const kept = await caches.match(request, { cacheName: mine, ignoreVary: true });
  if (kept) return kept;
  const fresh = await fetch(request);
  if (fresh.ok && request.destination === 'font') await (await caches.open(mine)).put(request, fresh.clone()); // letters come as they are needed
  return fresh;
}

const ours = (path) => (typeof path === 'string' && /^\/(?!\/)/.test(path) ? path : '/tell');

self.addEventListener('push', (e) => {
  let note = {};
  try { note = e.data.json(); } catch { /* shown without words: a browser wants something shown */ }
  e.waitUntil(self.registration.showNotification(note.title || 'Hearth', { tag: note.tag || undefined, renotify: !!note.tag, icon: '/tell-192.png', data: { path: ours(note.path) } }));
});

self.addEventListener('notificationclick', (e) => {
  e.notification.close();
  const { path } = e.notification.data;
  e.waitUntil(
    self.clients.matchAll({ type: 'window', includeUncontrolled: true }).then(async (all) => {
      const to = new URL(path, self.location.origin);
      const there = all.find(({ url }) => new URL(url).pathname === to.pathname && (!to.search || new URL(url).search === to.search));
      if (there) return there.focus();
      return self.clients.openWindow(path);
    }),
  );
});
