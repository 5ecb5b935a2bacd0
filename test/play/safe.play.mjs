// Nothing a mail brings with it runs in the page of a ticket: not with the policy alone, not with the sandbox alone.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
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

// What a vector that runs would call tells the page around, which is of the same origin. Where scripts may not run at all
// this does not run either, and so is never heard of.
const listening = `if (window !== top && location.pathname.endsWith('/page')) {
  const tell = (what) => { try { top.heard.push([new URLSearchParams(location.search).get('vector'), what]); } catch {} };
  tell('alive');
  for (const f of ['alert', 'confirm', 'prompt', 'print', 'eval', 'open']) window[f] = () => tell('ran');
}`;

/** Shows every vector in copies of the frame the ticket's page has, and returns which of them ran. */
async function show(all, { sandbox, policy }) {
  const me = await person(b, house, 'owner');
  const { page } = me;
  const t = await me.api('POST', '/tickets', { subject: 'Vectors', from: { name: 'V', email: 'v@example.com' }, html: '<table><tr><td style="color:red">THE VECTOR</td></tr></table>' });
  await page.addInitScript(listening);
  let document = '';
  await page.route('**/api/v1/messages/*/page*', async (route) => {
    const n = new URL(route.request().url()).searchParams.get('vector');
    const real = n === null || !document ? await route.fetch() : undefined;
    if (real) document = await real.text();
    if (n === null) return route.fulfill({ response: real, body: document });
    let body = document.replace(/<table.*<\/table>/s, () => all[n]);
    const headers = { 'Content-Type': 'text/html; charset=utf-8' };
    if (policy) headers['Content-Security-Policy'] = policy;
    else body = body.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, '');
    return route.fulfill({ headers, body });
  });
  const answer = page.waitForResponse((r) => /\/messages\/\w+\/page/.test(r.url()));
  await page.goto(`/tickets/${t.id ?? t.ticket.id}`);
  const real = (await answer).headers()['content-security-policy'];
  await page.locator('article iframe').first().waitFor();
  await page.route(/^https?:\/\/(?!127\.0\.0\.1)/, (r) => r.abort());
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
        some.push(new Promise((ok) => { copy.onload = ok; setTimeout(ok, 8000); }));
        frame.after(copy);
      }
      await Promise.all(some);
      await new Promise((ok) => setTimeout(ok, 60)); // what waits for an image, an animation or the focus
      document.querySelectorAll('article iframe').forEach((f) => f !== frame && f.remove());
    }
    return was;
  }, [all.length, sandbox]);
  const heard = await page.evaluate(() => window.heard);
  assert.equal(await page.evaluate(() => location.pathname), `/tickets/${t.id ?? t.ticket.id}`, 'a vector has led the page away');
  const of = (what) => new Set(heard.filter(([, w]) => w === what).map(([n]) => +n));
  await leave();
  return { was, real, ran: of('ran'), alive: of('alive') };
}

test('no mail runs anything in the page of a ticket', { skip: missing, timeout: 600_000 }, async (t) => {
  const all = vectors();
  if (all.length < 1000) t.diagnostic('the collected vectors are not here; only our own are shown');
  // Without either, the vectors run: else this would prove nothing.
  const some = all.filter((_, i) => i < ours.length || i % 8 === 0);
  const control = await show(some, { sandbox: null });
  assert.ok(control.ran.size >= some.length / 4 && control.ran.size >= 5, `only ${control.ran.size} of ${some.length} vectors run when nothing holds them`);
  assert.match(control.was, /^allow-same-origin allow-popups allow-popups-to-escape-sandbox$/);
  // The sandbox alone: the frame as it is, with no policy.
  const boxed = await show(all, {});
  assert.deepEqual([...boxed.ran].map((n) => all[n]), []);
  assert.equal(boxed.alive.size, 0);
  // The policy alone: no sandbox, not even the policy's own.
  const alone = control.real.replace(/;\s*sandbox[^;]*/, '');
  assert.notEqual(alone, control.real);
  const ruled = await show(all, { sandbox: null, policy: alone });
  assert.deepEqual([...ruled.ran].map((n) => all[n]), []);
  assert.ok(ruled.alive.size > all.length * 0.9, `only ${ruled.alive.size} of ${all.length} frames could have told`);
  t.diagnostic(`${all.length} vectors: 0 ran with the sandbox alone, 0 with the policy alone; of ${some.length} with neither ${control.ran.size} ran`);
});
