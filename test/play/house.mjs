// A real Hearth and a real Chromium for the plays: each play has a sample company of its own, copied from one that is filled
// once a run.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
export const web = createRequire(join(root, 'web/package.json'));
const { chromium } = web('playwright-core');
const exe = process.env.HEARTH ?? join(root, 'bin/hearth');
const chrome = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((p) => existsSync(p));

/** Why no play can be seen here; false when they can. */
export const missing = !existsSync(exe) ? 'bin/hearth is not built' : !chrome ? 'Chromium is not installed (Debian: chromium)' : false;

const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage'];

/** Runs the program until it has said something; the rest of what it says is kept for whoever asks. */
function run(args, until, env = {}) {
  const child = spawn(exe, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  const ready = new Promise((ok, no) => {
    const hear = (b) => {
      said += b;
      const m = until.exec(said);
      if (m) ok(m);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.on('exit', (code) => no(new Error(`hearth ${args.join(' ')} ended with ${code}:\n${said}`)));
  });
  ready.catch(() => {}); // whoever waits hears it
  const stop = () => new Promise((ok) => {
    if (child.exitCode !== null || child.signalCode) return ok();
    child.once('exit', ok);
    child.kill('SIGTERM');
  });
  return { ready, stop, said: () => said, child };
}

const address = /http:\/\/127\.0\.0\.1:\d+/;

/** A sample company that is served: its address, its sign-ins, and how to stop it. */
export async function demo({ tickets = 200, env = {} } = {}) {
  const key = createHash('sha256').update(`${exe} ${statSync(exe).mtimeMs} ${tickets}`).digest('hex').slice(0, 16);
  const filled = join(tmpdir(), `hearth-play-${key}`);
  if (!existsSync(filled)) {
    const into = mkdtempSync(join(tmpdir(), 'hearth-fill-'));
    const filling = spawn(exe, ['demo', '--no-serve', '--data', into, '--tickets', String(tickets)], { stdio: ['ignore', 'ignore', 'inherit'] });
    await new Promise((ok, no) => filling.on('exit', (code) => (code === 0 ? ok() : no(new Error(`filling ended with ${code}`)))));
    try {
      renameSync(into, filled);
    } catch {
      rmSync(into, { recursive: true }); // another was quicker
    }
  }
  const data = mkdtempSync(join(tmpdir(), 'hearth-'));
  cpSync(filled, data, { recursive: true });
  const server = run(['demo', '--data', data, '--listen', '127.0.0.1:0', '--smtp-listen', 'off'], address, { HEARTH_STILL: '1', ...env });
  const [url] = await server.ready;
  const company = JSON.parse(readFileSync(join(data, 'sample-company.json'), 'utf8'));
  return { url, data, company, as: (role) => company.people.find((p) => p.role === role), stop: async () => { await server.stop(); rmSync(data, { recursive: true, force: true }); } };
}

/** A house that nobody has moved into: its address and the link for its first owner. */
export async function empty(args = []) {
  const data = mkdtempSync(join(tmpdir(), 'hearth-'));
  const server = run(['serve', '--data', data, '--listen', '127.0.0.1:0', '--smtp-listen', '127.0.0.1:0', ...args], /http:\/\/127\.0\.0\.1:\d+\/setup#\S+/);
  const [link] = await server.ready; // with the port it was given
  return { url: new URL(link).origin, link, data, said: server.said, stop: async () => { await server.stop(); rmSync(data, { recursive: true, force: true }); } };
}

export async function browser() {
  return chromium.launch({ executablePath: chrome, args: flags });
}

const here = [];
const asked = new WeakMap(); // what a page waits for

/** Waits until a page has asked for everything it shows and has painted it. */
export async function settled(page) {
  for (let calm = 0; calm < 2; ) {
    await page.evaluate(() => new Promise((ok) => requestAnimationFrame(() => setTimeout(ok, 30))));
    calm = asked.get(page).size ? 0 : calm + 1;
  }
}

/** Goes to another page as a link in the workspace does, without loading it anew. */
export async function go(page, where) {
  await page.evaluate((to) => { history.pushState(null, '', to); dispatchEvent(new PopStateEvent('popstate')); }, where);
}

/** Closes what people opened, so that the next play has the machine to itself. With PLAY_PICTURES each leaves a picture of
 * what they saw last in that folder. */
export async function leave() {
  for (const context of here.splice(0)) {
    for (const page of process.env.PLAY_PICTURES ? context.pages() : []) await page.screenshot({ path: join(process.env.PLAY_PICTURES, `${Date.now()}.png`) }).catch(() => {});
    await context.close();
  }
}

/** A browser of somebody's own: signed in, and keeping what went wrong in it. */
export async function person(b, house, role, { width = 1280, height = 800, theme = 'light', locale = 'en-GB', ...more } = {}) {
  const context = await b.newContext({ viewport: { width, height }, colorScheme: theme, locale, baseURL: house.url, ...more });
  here.push(context);
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const wrong = [];
  if (process.env.PLAY_PICTURES) page.on('console', (m) => { if (m.type() === 'error') console.error(m.text(), m.location().url); });
  page.on('pageerror', (e) => wrong.push(`error: ${e.message}`));
  page.on('console', (m) => { if (m.type() === 'error' && !/status of 4\d\d|ERR_INTERNET_DISCONNECTED|WebSocket connection/.test(m.text())) wrong.push(`console: ${m.text()}`); });
  const pending = new Set();
  asked.set(page, pending);
  page.on('request', (r) => pending.add(r));
  for (const end of ['requestfinished', 'requestfailed']) page.on(end, (r) => pending.delete(r));
  page.on('request', (r) => { if (/^(https?|wss?):/.test(r.url()) && new URL(r.url()).host !== new URL(house.url).host) wrong.push(`asked ${r.url()}`); });
  if (role) {
    const who = house.as(role);
    const res = await context.request.post('/api/v1/sessions', { data: { email: who.email, password: who.password } });
    if (!res.ok()) throw new Error(`${role} can't sign in: ${res.status()} ${await res.text()}`);
  }
  const api = async (method, path, data) => {
    const res = await context.request.fetch(`/api/v1${path}`, { method, data });
    if (!res.ok()) throw new Error(`${method} ${path}: ${res.status()} ${await res.text()}`);
    return res.json();
  };
  return { page, context, wrong, api };
}

/** Says why a page is not for everybody (axe-core), in lines a person can act on; of colours alone where the rest was seen. */
export async function axe(page, colours = false) {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(readFileSync(web.resolve('axe-core/axe.min.js'), 'utf8'));
  const rules = colours ? ['color-contrast', 'link-in-text-block'] : ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
  const { violations } = await page.evaluate((runOnly) => window.axe.run(document, { runOnly, resultTypes: ['violations'] }), rules);
  return violations.map((v) => `${v.id}, ${v.nodes.length} times, first at ${v.nodes[0].target.join(' ')}: ${v.nodes[0].failureSummary?.split('\n').slice(1).join('; ')}`);
}
mkdirSync(tmpdir(), { recursive: true });
