// What the workspace takes in a real browser, as rows for make bench: node bench.mjs, with the address of a server and the
// token of an owner in BENCH_URL and BENCH_TOKEN, and those of one with very many
// tickets in BENCH_MANY_…. Traces are left in the folder BENCH_TRACE, when that is set.
import { writeFileSync } from 'node:fs';
import { browser, missing } from './house.mjs';

const { BENCH_URL, BENCH_TOKEN, BENCH_MANY_URL, BENCH_MANY_TOKEN, BENCH_TRACE: trace } = process.env;
const lived = { url: BENCH_URL, token: BENCH_TOKEN };
const many = { url: BENCH_MANY_URL, token: BENCH_MANY_TOKEN };
if (missing) {
  console.error(missing);
  process.exit(3);
}
const row = (what, figure, limit, ratio, reach, held) => console.log(JSON.stringify({ what, figure, limit, ratio, reach, held: held ? 'yes' : 'no' }));
const at = (all, q) => all.toSorted((a, b) => a - b)[Math.min(all.length - 1, Math.floor(all.length * q))];
const ms = (n) => `${n >= 100 ? n.toFixed(0) : n.toFixed(1)} ms`;

async function call(house, method, path, data) {
  const res = await fetch(`${house.url}/api/v1${path}`, { method, headers: { Authorization: `Bearer ${house.token}`, 'Content-Type': 'application/json' }, body: data && JSON.stringify(data) });
  if (!res.ok) throw new Error(`${method} ${path}: ${res.status} ${await res.text()}`);
  return res.json();
}

/** A browser somebody new is signed in to, at a page. */
async function seat(b, house) {
  const n = `${process.pid}-${Date.now()}`;
  const { link } = await call(house, 'POST', '/staff', { email: `seat-${n}@shop.example`, name: `Seat ${n}`, role: 'admin' });
  const context = await b.newContext({ viewport: { width: 1280, height: 800 }, baseURL: house.url });
  const res = await context.request.post('/api/v1/staff/welcome', { data: { token: link.token ?? link.url.split('#')[1], password: 'a long enough pass phrase' } });
  if (!res.ok()) throw new Error(`${res.status()} ${await res.text()}`);
  return { context, page: await context.newPage() };
}

/** What a page does, with a trace of it (chrome://tracing, or the performance panel) where one is asked for. */
async function traced(name, page, does) {
  if (!trace) return does();
  const cdp = await page.context().newCDPSession(page);
  const events = [];
  cdp.on('Tracing.dataCollected', (e) => events.push(...e.value));
  await cdp.send('Tracing.start', { traceConfig: { includedCategories: ['devtools.timeline', 'disabled-by-default-v8.gc', 'disabled-by-default-devtools.timeline', 'blink.user_timing'] } });
  const did = await does();
  const done = new Promise((ok) => cdp.once('Tracing.tracingComplete', ok));
  await cdp.send('Tracing.end');
  await done;
  writeFileSync(`${trace}/${name}.json`, JSON.stringify({ traceEvents: events }));
  return did;
}

/** From the key until the ticket's words are painted, and how long nothing else could be done. */
async function opening(page) {
  await page.goto('/tickets?view=open');
  await page.getByRole('option').first().waitFor();
  await page.evaluate(() => {
    window.took = [];
    window.long = [];
    new PerformanceObserver((l) => window.long.push(...l.getEntries().map((e) => e.duration))).observe({ type: 'longtask' });
    addEventListener('keydown', (e) => {
      if (e.key !== 'Enter') return;
      const began = e.timeStamp;
      const was = document.querySelector('main section')?.getAttribute('aria-label');
      const look = () => {
        const s = document.querySelector('main section');
        if (s && s.getAttribute('aria-label') !== was && s.querySelector('article')) {
          const channel = new MessageChannel(); // after the frame that shows it
          channel.port1.onmessage = () => window.took.push(performance.now() - began);
          requestAnimationFrame(() => channel.port2.postMessage(0));
        } else requestAnimationFrame(look);
      };
      look();
    }, true);
  });
  await page.getByRole('listbox').focus();
  for (let i = 0; i < 45; i++) {
    await page.keyboard.press('j');
    await page.waitForTimeout(250); // somebody reads the row
    await page.keyboard.press('Enter');
    await page.waitForFunction((n) => window.took.length > n, i);
  }
  return page.evaluate(() => ({ took: window.took.slice(5), long: window.long }));
}

/** Flies down until so many rows were read, sixty a frame, and then scrolls among them as fast as a wheel turns. */
async function scrolling(page, rows) {
  await page.goto('/tickets?view=all');
  await page.getByRole('option').first().waitFor();
  await page.waitForTimeout(2000); // it has settled
  await page.evaluate(() => {
    window.long = [];
    window.frames = [];
    new PerformanceObserver((l) => window.long.push(...l.getEntries().map((e) => e.duration))).observe({ type: 'longtask' });
    const tick = (was) => requestAnimationFrame((now) => { window.frames.push(now - was); tick(now); });
    tick(performance.now());
  });
  const taken = () => page.evaluate(() => {
    const box = document.querySelector('[role=listbox]');
    return { long: window.long.splice(0), frames: window.frames.splice(0), rows: Math.round(box.scrollTop / document.querySelector('[role=option]').offsetHeight) };
  });
  await page.evaluate(async (rows) => {
    const box = document.querySelector('[role=listbox]');
    const height = document.querySelector('[role=option]').offsetHeight;
    for (let empty = 0; box.scrollTop < rows * height && empty < 600; ) {
      const was = box.scrollTop;
      box.scrollTop += 4000;
      await new Promise(requestAnimationFrame);
      empty = box.scrollTop === was ? empty + 1 : 0; // the next page is on its way
    }
  }, rows);
  await page.waitForTimeout(500);
  const flown = await taken();
  const cdp = await page.context().newCDPSession(page);
  const box = await page.getByRole('listbox').boundingBox();
  for (const way of [1, -1, 1]) await cdp.send('Input.synthesizeScrollGesture', { x: box.x + 100, y: box.y + 200, yDistance: way * 200_000, speed: 20_000, gestureSourceType: 'mouse' });
  const turned = await taken();
  return { flown, turned };
}

/** From an answer's departure until a colleague's screen shows it. */
async function live(page, ticket) {
  await page.goto(`/tickets/${ticket}`);
  await page.getByRole('article').last().waitFor();
  await page.evaluate(() => {
    window.shown = {};
    new MutationObserver(() => {
      const last = [...document.querySelectorAll('article')].at(-1)?.textContent ?? '';
      const n = /answer (\d+) of the bench/.exec(last)?.[1];
      if (n && !window.shown[n]) requestAnimationFrame(() => { window.shown[n] ??= Date.now(); });
    }).observe(document.querySelector('main'), { childList: true, subtree: true });
  });
  const took = [], server = [];
  for (let i = 0; i < 35; i++) {
    const began = Date.now();
    await call(lived, 'POST', `/tickets/${ticket}/replies`, { text: `This is answer ${i} of the bench.`, to: [{ email: 'somebody@example.com' }] });
    server.push(Date.now() - began);
    await page.waitForFunction((n) => window.shown[n], i, { polling: 20 });
    took.push((await page.evaluate((n) => window.shown[n], i)) - began);
    await page.waitForTimeout(150);
  }
  return { took: took.slice(5), server: server.slice(5) };
}

const b = await browser();
try {
  const { page, context } = await seat(b, lived);
  const o = await traced('opening', page, () => opening(page));
  row('workspace: a ticket painted after the key', `p50 ${ms(at(o.took, 0.5))}, p95 ${ms(at(o.took, 0.95))}, longest task ${ms(Math.max(0, ...o.long))}`, '', '', '≤ 100 ms', at(o.took, 0.95) <= 100);
  await context.close();
  const scroller = await seat(b, many);
  const s = await traced('scrolling', scroller.page, () => scrolling(scroller.page, 100_000));
  await scroller.context.close();
  const pace = ({ long, frames }) => `longest task ${ms(Math.max(0, ...long))}, ${long.length} over 50 ms; frames p50 ${ms(at(frames, 0.5))}, p99 ${ms(at(frames, 0.99))}`;
  row(`workspace: scrolling among ${s.flown.rows.toLocaleString('en')} rows, 300 a second`, pace(s.turned), `flown over, 60 a frame: ${pace(s.flown)}`, '', '≤ 50 ms', s.turned.long.length === 0 && s.flown.rows >= 100_000);
  const reader = await seat(b, lived);
  const { items } = await call(lived, 'GET', '/tickets?status=open&limit=1');
  const l = await live(reader.page, items[0].id);
  row('workspace: answer → a colleague’s browser', `p50 ${ms(at(l.took, 0.5))}, p95 ${ms(at(l.took, 0.95))}`, `p50 ${ms(at(l.server, 0.5))} until the sender has an answer`, (at(l.took, 0.5) / Math.max(1, at(l.server, 0.5))).toFixed(2), 'p50 ≤ 50 ms', at(l.took, 0.5) <= 50);
} finally {
  await b.close();
}
