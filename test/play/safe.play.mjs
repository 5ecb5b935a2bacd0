// Nothing a mail brings with it runs in the page of a ticket: not with the policy alone, not with the sandbox alone.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { browser, demo, leave, missing, person } from './house.mjs';

let house, b;
before(async () => { if (!missing) [house, b] = [await demo(), await browser()]; });
afterEach(leave);
after(async () => { await b?.close(); await house?.stop(); });

const ours = ['<script>alert(1)</script>', '<img src=x onerror=alert(1)>', '<svg onload=alert(1)>', '<body onload=alert(1)>', '<iframe srcdoc="<script>alert(1)</script>"></iframe>', '<details open ontoggle=alert(1)>x</details>', '<input autofocus onfocus=alert(1)>'];
function vectors() {
  const all = new Set(ours);
  const dir = process.env.PLAY_CORPORA && join(process.env.PLAY_CORPORA, 'html');
  if (dir && existsSync(dir))
    for (const name of ['xss-vectors', 'dompurify-expect', 'bluemonday', 'bleach'])
      for (const line of readFileSync(join(dir, `${name}.jsonl`), 'utf8').split('\n').filter(Boolean)) {
        const { html = '', in: given = '', payload = '' } = JSON.parse(line);
        all.add(html + given + payload);
      }
  return [...all];
}

// What a vector that runs would call tells the page around, which is of the same origin. The browser lets us put this into
// every frame, also into those where no script of the page may run.
const listening = `if (window !== top && location.pathname.endsWith('/page')) {
  const tell = (what) => { try { top.heard.push([new URLSearchParams(location.search).get('vector'), what]); } catch {} };
  tell('alive');
  for (const f of ['alert', 'confirm', 'prompt', 'print', 'eval', 'open']) window[f] = () => tell('ran');
  addEventListener('load', () => { // what waits for a hand gets one
    for (const e of document.querySelectorAll('*')) {
      for (const a of [...e.attributes]) if (/^on/i.test(a.name)) e.dispatchEvent(new Event(a.name.slice(2).toLowerCase()));
      if (/^\\s*javascript:/i.test(e.href ?? '') && e.click) e.click();
    }
  });
}`;

/** Stands before the house and answers itself for what a mail's frame shows when the address names a vector. */
async function doorkeeper(answer) {
  const inside = new URL(house.url);
  const ahead = (req) => ({ host: inside.hostname, port: inside.port, path: req.url, method: req.method, headers: req.headers });
  const server = createServer((req, res) => {
    const vector = new URL(req.url, house.url).searchParams.get('vector');
    if (vector !== null) {
      const [headers, body] = answer(+vector);
      res.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', ...headers }).end(body);
      return;
    }
    req.pipe(request(ahead(req), (from) => { res.writeHead(from.statusCode, from.rawHeaders); from.pipe(res); }).on('error', () => res.destroy()));
  });
  server.on('upgrade', (req, socket, head) => {
    request(ahead(req)).on('upgrade', (from, other) => {
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${Object.entries(from.headers).map(([k, v]) => `${k}: ${v}\r\n`).join('')}\r\n`);
      other.write(head);
      for (const s of [socket, other]) s.on('error', () => {});
      socket.pipe(other).pipe(socket);
    }).on('error', () => socket.destroy()).end();
  });
  await new Promise((ok) => server.listen(0, '127.0.0.1', ok));
  return { url: `http://127.0.0.1:${server.address().port}`, stop: () => { server.closeAllConnections(); server.close(); } };
}

/** Shows every vector in copies of the frame the ticket's page has, and returns which of them ran. */
async function show(all, { sandbox, policy }) {
  let document = '', real = '';
  const door = await doorkeeper((n) => {
    let body = document.replace(/<table.*<\/table>/s, () => all[n]);
    if (!policy) body = body.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, '');
    return [policy ? { 'Content-Security-Policy': policy } : {}, body];
  });
  try {
    const me = await person(b, { ...house, url: door.url }, 'owner');
    const { page } = me;
    const t = await me.api('POST', '/tickets', { subject: 'Vectors', from: { name: 'V', email: 'v@example.com' }, html: '<table><tr><td style="color:red">THE VECTOR</td></tr></table>' });
    await page.addInitScript(listening);
    await page.route(/^https?:\/\/(?!127\.0\.0\.1)/, (r) => r.abort());
    const answer = page.waitForResponse((r) => /\/messages\/\w+\/page/.test(r.url()));
    await page.goto(`/tickets/${t.id ?? t.ticket.id}`);
    const shown = await answer;
    [document, real] = [await shown.text(), shown.headers()['content-security-policy']];
    assert.match(document, /<table.*THE VECTOR.*<\/table>/s);
    await page.locator('article iframe').first().waitFor();
    const was = await page.evaluate(async ([count, sandbox]) => {
      window.heard = [];
      const frame = document.querySelector('article iframe');
      const was = frame.getAttribute('sandbox');
      const src = new URL(frame.src).pathname;
      for (let i = 0; i < count; i += 60) {
        const some = [];
        for (let n = i; n < Math.min(count, i + 60); n++) {
          const copy = frame.cloneNode();
          if (sandbox !== undefined) sandbox === null ? copy.removeAttribute('sandbox') : copy.setAttribute('sandbox', sandbox);
          copy.style.cssText = 'height:40px;width:200px';
          copy.src = `${src}?remote=false&vector=${n}`;
          some.push(new Promise((ok) => { copy.onload = ok; setTimeout(ok, 4000); }));
          frame.after(copy);
        }
        await Promise.all(some);
        await new Promise((ok) => setTimeout(ok, 30)); // what waits for an image, an animation or the focus
        document.querySelectorAll('article iframe').forEach((f) => f !== frame && f.remove());
      }
      return was;
    }, [all.length, sandbox]);
    const heard = await page.evaluate(() => window.heard);
    assert.equal(await page.evaluate(() => location.pathname), `/tickets/${t.id ?? t.ticket.id}`, 'a vector has led the page away');
    const of = (what) => new Set(heard.filter(([, w]) => w === what).map(([n]) => +n));
    await leave();
    return { was, real, ran: of('ran'), alive: of('alive') };
  } finally {
    door.stop();
  }
}

test('no mail runs anything in the page of a ticket', { skip: missing, timeout: 900_000 }, async (t) => {
  const every = vectors();
  if (every.length < 1000) t.diagnostic('the collected vectors are not here; only our own are shown');
  // base/text shows every one in such a frame; here, where a frame costs the page of a ticket, every twenty-fourth will do, and all
  // of them with PLAY_ALL=1 (nine minutes).
  const all = process.env.PLAY_ALL ? every : every.filter((_, i) => i < ours.length || i % 24 === 0);
  // Without either, the vectors run: else this would prove nothing.
  const some = all.filter((_, i) => i < ours.length || i % 3 === 0);
  const control = await show(some, { sandbox: null });
  assert.ok(control.ran.size >= some.length / 5 && control.ran.size >= 5, `only ${control.ran.size} of ${some.length} vectors run when nothing holds them`);
  assert.match(control.was, /^allow-same-origin allow-popups allow-popups-to-escape-sandbox$/);
  // The sandbox alone: the frame as it is, with no policy.
  const boxed = await show(all, {});
  assert.deepEqual([...boxed.ran].map((n) => all[n]), []);
  assert.ok(boxed.alive.size > all.length * 0.9, `only ${boxed.alive.size} of ${all.length} frames could have told`);
  // The policy alone: no sandbox, not even the policy's own.
  const alone = control.real.replace(/;\s*sandbox[^;]*/, '');
  assert.notEqual(alone, control.real);
  const ruled = await show(all, { sandbox: null, policy: alone });
  assert.deepEqual([...ruled.ran].map((n) => all[n]), []);
  assert.ok(ruled.alive.size > all.length * 0.9, `only ${ruled.alive.size} of ${all.length} frames could have told`);
  t.diagnostic(`${all.length} vectors: 0 ran with the sandbox alone, 0 with the policy alone; of ${some.length} with neither ${control.ran.size} ran`);
});
