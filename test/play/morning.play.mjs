// A whole morning without touching the mouse.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { browser, demo, leave, missing, person } from './house.mjs';

let house, b;
before(async () => { if (!missing) [house, b] = [await demo({ tickets: 500 }), await browser()]; });
afterEach(leave);
after(async () => { await b?.close(); await house?.stop(); });

test('a morning by keyboard alone', { skip: missing, timeout: 300_000 }, async () => {
  const me = await person(b, house, null);
  const { page } = me;
  const key = (k) => page.keyboard.press(k);
  const focused = () => page.evaluate(() => { const e = document.activeElement; return e === document.body ? 'nothing' : `${e.tagName.toLowerCase()} ${e.getAttribute('role') ?? ''}`; });
  const who = house.as('owner');

  await page.goto('/');
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await page.keyboard.type(who.email);
  await key('Tab');
  await page.keyboard.type(who.password);
  await key('Enter');
  await page.getByRole('option').first().waitFor();

  // The way round the navigation leads to the list.
  await page.getByRole('link', { name: 'Skip to the content' }).focus();
  await key('Enter');
  assert.match(await focused(), /listbox/);

  // Down the list, take one, answer it, go on.
  await key('j');
  await key('j');
  await key('Enter');
  await page.getByRole('article').last().waitFor();
  const first = page.url();
  await key('i');
  await page.getByRole('status').filter({ hasText: /^Given to/ }).first().waitFor();
  await key('r');
  await page.getByRole('textbox', { name: 'Answer to the customer' }).waitFor();
  await page.keyboard.type('Thank you for telling us. A new one leaves today. Have a lovely day, and come back to us whenever you like.');
  await key('Control+Shift+Enter');
  await page.waitForURL((u) => u.href !== first);
  assert.notEqual(await focused(), 'nothing');

  // A note that names a colleague.
  await page.getByRole('article').last().waitFor();
  await key('n');
  await page.getByRole('textbox', { name: /Internal note/ }).waitFor();
  await page.keyboard.type(`Can you look, @${house.as('admin').name.slice(0, 3)}`);
  await page.getByRole('listbox', { name: 'Colleagues' }).waitFor();
  await key('Enter');
  await key('Control+Enter');
  await page.getByRole('article').filter({ hasText: house.as('admin').name }).filter({ hasText: 'internal note' }).waitFor();

  // Several at once, and back.
  await key('Escape');
  await key('Escape');
  await page.waitForURL((u) => u.pathname === '/tickets');
  await key('x');
  for (let i = 0; i < 3; i++) await key('j');
  await key('Shift+X');
  await page.getByText(/\d selected/).waitFor();
  assert.equal(await page.getByText(/\d selected/).innerText(), '4 selected');
  await key('a');
  await page.getByRole('menu').waitFor();
  await key('ArrowDown');
  await key('Enter');
  await page.getByText(/4 (given|left)/i).waitFor();
  await key('z');
  await key('Escape');

  // Last week's ticket by an order number while it is typed.
  await key('/');
  await page.keyboard.type(house.company.order.slice(0, -1));
  await page.getByRole('list', { name: 'What was found' }).getByRole('button').first().waitFor();
  await key('ArrowDown');
  await key('Enter');
  await page.getByRole('article').last().waitFor();

  // Anywhere by the palette, and the sheet of keys.
  await key('Escape');
  await key('Escape');
  await key('Control+k');
  await page.getByRole('dialog').getByRole('combobox').waitFor();
  await page.keyboard.type('Solved');
  await key('Enter');
  await page.waitForURL(/view=resolved/);
  await key('?');
  await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
  await key('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await key('?');
  await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
  await page.goBack(); // what lies over a page leaves with it
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await key('g');
  await key('i');
  await page.waitForURL(/view=open/);

  // Through fifty tickets: solve and go on; when nobody waits for us any more, see who keeps us waiting.
  const solved = new Set();
  for (const list of ['Waiting for us', 'Waiting for them']) {
    await key('Escape');
    await key('Control+k');
    await page.getByRole('dialog').getByRole('combobox').waitFor();
    await page.keyboard.type(list);
    await key('Enter');
    await page.getByRole('heading', { name: new RegExp(`^${list}`) }).waitFor();
    await page.getByRole('option').first().waitFor();
    await key('Home');
    await key('j');
    await key('Enter');
    while (solved.size < 50) {
      await page.waitForURL(/\/tickets/);
      if (!/tkt_/.test(page.url())) break; // the list is empty
      const at = new URL(page.url()).pathname;
      await page.getByRole('button', { name: /Solve/ }).first().waitFor();
      solved.add(at);
      await key('e');
      await page.waitForURL((u) => u.pathname !== at);
    }
  }
  assert.equal(solved.size, 50);
  assert.deepEqual(me.wrong, []);
});
