// Takes the pictures of README and docs from a running sample company: node web/scripts/pictures.mjs http://127.0.0.1:8080 hearth-data
import { readFileSync } from 'node:fs';
import { chromium } from 'playwright-core';

const [url = 'http://127.0.0.1:8080', data = 'hearth-data'] = process.argv.slice(2);
const company = JSON.parse(readFileSync(`${data}/sample-company.json`, 'utf8'));
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking', '--disable-component-update', '--disable-sync'] });

async function picture(name, path, { theme = 'light', width = 1440, height = 900, role = 'owner', then } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme, locale: 'en-GB', baseURL: url, deviceScaleFactor: 1 });
  if (role) {
    const who = company.people.find((p) => p.role === role);
    await context.request.post('/api/v1/sessions', { data: { email: who.email, password: who.password } });
  }
  const page = await context.newPage();
  await page.goto(typeof path === 'string' ? path : await path(context), { waitUntil: 'networkidle' });
  await page.getByRole('article').last().or(page.getByRole('heading').first()).first().waitFor();
  await then?.(page);
  await page.waitForLoadState('networkidle');
  await page.screenshot({ path: new URL(`../../docs/pictures/${name}.png`, import.meta.url).pathname });
  await context.close();
}
const busiest = async (context) => {
  const { items } = await (await context.request.get('/api/v1/tickets?status=open&limit=50')).json();
  return `/tickets/${items.find((t) => t.tags.length && t.priority !== 'normal')?.id ?? items[0].id}?view=open`;
};
const card = (page) => page.getByRole('complementary').getByRole('heading', { level: 2 }).waitFor();
await picture('workspace', busiest, { then: card });
await picture('workspace-dark', busiest, { theme: 'dark', then: async (page) => { await card(page); await page.getByRole('button', { name: 'Note' }).first().click(); await page.getByRole('textbox', { name: /Internal note/ }).waitFor(); } });
await picture('mailboxes', '/settings/mailboxes', { role: 'owner', width: 1280, height: 800 });
await picture('mail', '/mail', { role: 'owner', width: 1280, height: 800 });
await browser.close();
