// The missed date: a promise is kept in mind by one key and made when the answer leaves, history is asked before a day is promised, and where it can't be
// kept the customer hears the reason and a new time before the old one, by a call where there is a number.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { browser, demo, leave, missing, person } from './house.mjs';

let house, b;
before(async () => { if (!missing) [house, b] = [await demo(), await browser()]; });
afterEach(leave);
after(async () => { await b?.close(); await house?.stop(); });

/** A ticket of somebody we have a number of, and nothing is promised to yet. */
async function reachable(me) {
  const { items } = await me.api('GET', '/tickets?status=new,open&limit=100');
  for (const t of items) {
    const c = await me.api('GET', `/customers/${t.customer}`);
    if (c.addresses.some((a) => a.kind === 'phone') && !(await me.api('GET', `/promises?ticket=${t.id}`)).items.length) return t;
  }
  throw new Error('nobody has a phone');
}

const day = (ahead) => new Date(Date.now() + ahead * 86_400_000).toISOString().slice(0, 10);

test('a promise is kept in mind by one key, and a missed date is told before it is missed', { skip: missing, timeout: 120_000 }, async () => {
  const me = await person(b, house, 'owner');
  const { page } = me;
  const t = await reachable(me);
  await page.goto(`/tickets/${t.id}`);
  await page.getByRole('article').last().waitFor();
  await page.keyboard.press('r');
  await page.keyboard.type('Thank you for waiting. I will call you back within three weeks.');
  await page.getByText(/You promise something by/).first().waitFor();
  await page.keyboard.press('Alt+p');
  await page.getByText('Promised when this leaves:').waitFor();
  await page.getByText(/You promise something by/).first().waitFor({ state: 'detached' });
  const of = async () => (await me.api('GET', `/promises?ticket=${t.id}`)).items;
  assert.equal((await of()).length, 0, 'it is promised before the answer leaves');
  await page.reload(); // it travels with the draft
  await page.getByText('Promised when this leaves:').waitFor();
  await page.keyboard.press('r');
  await page.keyboard.press('Control+Enter');
  await page.getByText('Your answer is on its way').first().waitFor();
  assert.equal((await of()).length, 0, 'it is promised while the answer can be taken back');
  const card = page.getByRole('complementary', { name: 'Customer' });
  await card.getByText('I will call you back within three weeks').waitFor();
  const [first] = await of();
  assert.equal(first.kind, 'call_back');
  assert.equal(first.source, 'composer');
  assert.ok(first.message, 'it says in which answer');
  assert.ok(Math.abs((Date.parse(first.due) - Date.now()) / 86_400_000 - 21) < 2, first.due);

  // A day that history speaks against is not offered.
  await page.keyboard.press('p');
  const dialog = page.getByRole('dialog', { name: 'Promise something' });
  const offers = await Promise.all(['call_back', 'answer', 'delivery', 'refund', 'repair'].map(async (kind) => ({ kind, ...(await me.api('GET', `/promises/offer?kind=${kind}&ticket=${t.id}&due=${day(1)}`)) })));
  const denied = offers.find((o) => o.needs_reason && o.earliest);
  assert.ok(denied, `history has nothing against tomorrow: ${JSON.stringify(offers)}`);
  await dialog.getByLabel('What kind of promise').selectOption(denied.kind);
  await dialog.getByLabel('By what day').fill(day(1));
  await dialog.getByText(/like promises only/).waitFor();
  await dialog.getByRole('button', { name: 'Promise it' }).click();
  await dialog.getByRole('alert').first().waitFor();
  await dialog.getByRole('button', { name: /^Take / }).click();
  await dialog.getByText(/like promises only/).waitFor({ state: 'detached' });
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  assert.equal((await me.api('GET', `/promises?ticket=${t.id}`)).items.length, 1);

  // It can't be kept: the page of promises leads there; a mail is not enough where there is a number.
  await page.keyboard.press('Escape');
  await page.goto('/promises');
  await page.getByRole('button', { name: 'More about “I will call you back within three weeks”' }).click();
  await page.getByRole('menuitem', { name: 'A new time…' }).click();
  const renew = page.getByRole('dialog', { name: 'A new time…' });
  await renew.getByLabel('Why').fill('The part is on a ship that waits for the storm to pass.');
  await renew.getByLabel('By what day').fill(day(40));
  await renew.getByLabel('How the customer heard').selectOption('mail');
  await renew.getByRole('button', { name: 'They know; promise this' }).click();
  await renew.getByText(/call them first/).waitFor();
  await renew.getByLabel('How the customer heard').selectOption('call');
  await renew.getByRole('button', { name: 'They know; promise this' }).click();
  await renew.waitFor({ state: 'detached' });
  const was = await me.api('GET', `/promises/${first.id}`);
  assert.deepEqual([was.state, was.told, was.reasons[0].about], ['renewed', 'call', 'renewed']);
  const now = await me.api('GET', `/promises/${was.followed_by}`);
  assert.deepEqual([now.state, now.instead_of], ['open', first.id]);
  await page.goto(`/tickets/${t.id}`);
  await page.getByText(/promised a new time/).waitFor();
  await card.getByRole('button', { name: 'Kept' }).click();
  await page.getByText('Kept. Well done.').waitFor();
  assert.equal((await me.api('GET', `/promises/${now.id}`)).state, 'kept');
  assert.deepEqual(me.wrong, []);
});
