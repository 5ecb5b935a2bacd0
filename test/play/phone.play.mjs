// On a phone: read, answer, assign; with pictures on the way out and a German at the other end of the desk.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { browser, demo, leave, missing, person, settled } from './house.mjs';

let house, b;
before(async () => { if (!missing) [house, b] = [await demo(), await browser()]; });
afterEach(leave);
after(async () => { await b?.close(); await house?.stop(); });

const dot = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
const outbox = () => readdirSync(join(house.data, 'outbox')).map((f) => readFileSync(join(house.data, 'outbox', f), 'utf8')).join('\n');
const until = async (what, ok, ms = 20_000) => {
  for (const end = Date.now() + ms; Date.now() < end; await new Promise((r) => setTimeout(r, 100))) if (await ok()) return;
  assert.fail(`${what} did not happen`);
};
/** Nothing is wider than the screen. */
const fits = (page) => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);

test('on a phone one reads, answers and assigns', { skip: missing, timeout: 120_000 }, async () => {
  const me = await person(b, house, 'owner', { width: 390, height: 844, hasTouch: true, isMobile: true });
  const { page } = me;
  await page.goto('/tickets?view=open');
  const row = page.getByRole('option').first();
  await row.waitFor();
  assert.ok(await fits(page));
  await row.tap();
  await page.waitForURL(/\/tickets\/tkt_/);
  const id = /tkt_\w+/.exec(page.url())[0];
  await page.getByRole('article').last().waitFor();
  assert.ok(await fits(page));
  await page.getByRole('button', { name: /^Assign/ }).tap();
  await page.getByRole('menuitem', { name: 'Me', exact: false }).first().tap();
  await until('the assignment', async () => (await me.api('GET', `/tickets/${id}`)).assignee === (await me.api('GET', '/me')).id);
  await page.getByRole('button', { name: /^Answer / }).tap();
  await page.getByRole('textbox', { name: 'Answer to the customer' }).waitFor();
  await page.keyboard.type('From the train: it is on its way.');
  assert.ok(await fits(page));
  await page.getByRole('button', { name: 'Send', exact: true }).tap();
  await until('the mail', () => outbox().includes('From the train'));
  await page.getByRole('button', { name: 'Back' }).tap();
  await row.waitFor();

  // A finger that rests on a row chooses it; a tap on another chooses that too, and opens nothing.
  const { x, y, width, height } = await row.boundingBox();
  const touch = await me.context.newCDPSession(page);
  await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [{ x: x + width / 2, y: y + height / 2 }] });
  await page.getByText('1 selected').waitFor();
  await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  await page.getByRole('option').nth(1).tap();
  await page.getByText('2 selected').waitFor();
  assert.equal(new URL(page.url()).pathname, '/tickets');
  await page.getByRole('button', { name: 'Clear' }).first().tap();

  await page.getByRole('button', { name: 'Navigation' }).tap();
  await page.getByRole('link', { name: /Solved/ }).tap();
  await page.waitForURL(/view=resolved/);
  assert.deepEqual(me.wrong, []);
});

test('files and pasted pictures go along, and everybody on the mail is seen first', { skip: missing, timeout: 120_000 }, async () => {
  const me = await person(b, house, 'owner');
  const { page } = me;
  const t = (await me.api('GET', '/tickets?status=open,new&channel=email&limit=20')).items[4];
  await page.goto(`/tickets/${t.id}`);
  await page.getByRole('article').last().waitFor();
  await page.keyboard.press('r');
  const box = page.getByRole('textbox', { name: 'Answer to the customer' });
  await box.waitFor();
  await page.keyboard.type('See the label.');
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Attach files' }).click();
  await (await chooser).setFiles({ name: 'label.png', mimeType: 'image/png', buffer: dot });
  await page.getByRole('list', { name: 'Attached files' }).getByText('label.png').waitFor();
  await box.evaluate((el, bytes) => {
    const data = new DataTransfer();
    data.items.add(new File([Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0))], '', { type: 'image/png' }));
    el.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
  }, dot.toString('base64'));
  await page.getByRole('list', { name: 'Attached files' }).getByRole('listitem').nth(1).waitFor();
  await page.getByTitle('Change who gets this').click();
  await page.getByPlaceholder('Add an address').first().fill('colleague@saucer.example');
  await page.keyboard.press('Enter');
  await box.click();
  await page.keyboard.press('Control+Enter');
  await until('the mail', () => outbox().includes('See the label.'));
  const mail = outbox().slice(outbox().indexOf('See the label.') - 6000);
  assert.match(mail, /label\.png/);
  assert.match(mail, /colleague@saucer\.example/);
  const { items } = await me.api('GET', `/tickets/${t.id}/messages`);
  assert.equal(items.find((m) => m.text.includes('See the label.')).attachments.length, 2);
  assert.deepEqual(me.wrong, []);
});

test('in German everything is German', { skip: missing, timeout: 120_000 }, async () => {
  const me = await person(b, house, 'admin', { locale: 'de-DE' });
  await me.api('PATCH', '/me', { language: 'de' });
  const { page } = me;
  await page.goto('/tickets?view=open');
  await page.getByRole('option').first().waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'de');
  const english = /\b(Waiting for us|Nobody|Everything|Settings|Incoming mail|Solved|Closed|Search|Sign out|Customer since|Add tag)\b/;
  for (const where of ['/tickets?view=open', '/mail', '/settings/me', '/settings/staff', '/settings/teams', '/settings/words', '/settings/complaints', '/settings/hours', '/settings/targets', '/settings/fields', '/settings/mailboxes', '/settings/begin']) {
    await page.goto(where);
    await page.locator('h1').first().waitFor();
    await settled(page);
    const chrome = await page.evaluate(() => [...document.querySelectorAll('nav, header, h1, h2, label, button, legend')].map((e) => `${e.innerText} ${e.getAttribute('aria-label') ?? ''}`).join('\n'));
    assert.doesNotMatch(chrome, english, where);
  }
  assert.deepEqual(me.wrong, []);
});
