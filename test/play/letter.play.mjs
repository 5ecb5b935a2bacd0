// The letter: a child writes about a lost toy figure. A framework asks for the child's name and own words, and no answer leaves
// with a prompt in it; the figure is replaced, and apart from that something extra is added, on the agent's own authority.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { browser, demo, leave, missing, person } from './house.mjs';

let house, b;
before(async () => { if (!missing) [house, b] = [await demo(), await browser()]; });
afterEach(leave);
after(async () => { await b?.close(); await house?.stop(); });

const outbox = () => readdirSync(join(house.data, 'outbox')).map((f) => readFileSync(join(house.data, 'outbox', f), 'utf8')).join('\n');
const until = async (what, ok, ms = 30_000) => {
  for (const end = Date.now() + ms; Date.now() < end; await new Promise((r) => setTimeout(r, 100))) if (await ok()) return;
  assert.fail(`${what} did not happen`);
};

test('a child gets a letter of their own, the lost figure, and something extra', { skip: missing, timeout: 120_000 }, async () => {
  const me = await person(b, house, 'agent');
  await me.api('PATCH', '/me', { language: 'en' });
  const { page } = me;
  const t = await me.api('POST', '/tickets', {
    channel: 'email', subject: 'my captain', from: { name: 'Tim Sandling', email: 'tim.sandling@example.com' },
    text: 'Hello, my name is Tim and I am six and a half. The captain fell off the toy shelf you made for me and he is lost. He guards my bed. My mum helped me write this.',
  });
  await page.goto(`/tickets/${t.id}`);
  await page.getByRole('article').last().waitFor();
  const box = page.getByRole('textbox', { name: 'Answer to the customer' });
  const said = async () => (await me.api('GET', `/tickets/${t.id}/messages`)).items.filter((m) => m.kind === 'out');

  // By keys alone: the framework that fits stands first and is the first one chosen.
  await page.keyboard.press('r');
  await box.waitFor();
  await page.getByRole('button', { name: 'Begin with a framework, or a planned question' }).waitFor();
  await page.keyboard.press('Alt+f');
  const menu = page.getByRole('menu');
  await menu.getByText('Fits this ticket').waitFor();
  const first = menu.getByRole('menuitem').first();
  assert.match(await first.innerText(), /A letter from a child/);
  await first.press('Enter');
  await until('the framework', async () => (await box.innerText()).includes('told back in the child’s own words'));
  await until('the focus', () => box.evaluate((el) => el === document.activeElement));

  // The first prompt is chosen, so one writes over it; Tab leads to the next.
  await page.keyboard.type('Tim');
  await page.keyboard.press('Tab');
  await page.keyboard.type('Your captain fell off the shelf and is lost, and he guards your bed.');
  await page.keyboard.press('Tab');
  await page.keyboard.type('I read your letter twice. A bed without its captain is a serious matter.');
  await page.keyboard.press('Tab');
  await page.keyboard.type('I am sorry he got lost. Our workshop carves you a new captain, and he comes to you this week.');
  assert.match(await box.innerText(), /^Dear Tim,/);

  // With prompts still in it, it does not leave.
  await page.keyboard.press('Control+Enter');
  await page.getByText(/is not said to customers|still waits for your words/).first().waitFor();
  await page.waitForTimeout(9000); // longer than an answer waits before it leaves
  assert.deepEqual(await said(), []);
  assert.ok(!outbox().includes('Your captain fell'));

  // The rest is written, in the child's own matter.
  await box.click();
  await page.keyboard.press('Control+Home');
  await page.keyboard.press('Tab');
  await page.keyboard.type('And because he was alone for so long, he brings his parrot. The parrot is called Rosa.');
  await page.keyboard.press('Tab');
  await page.keyboard.type('Karl from the workshop');
  assert.ok(!/[⟦⟧]/.test(await box.innerText()));
  await until('that nothing stops it any more', async () => !(await page.getByText(/still waits for your words/).count()));
  await page.keyboard.press('Control+Enter');
  await page.getByText('Your answer is on its way').first().waitFor();
  await until('the answer', async () => (await said()).length === 1);
  const [letter] = await said();
  assert.match(letter.text, /^Dear Tim,[^]*captain[^]*parrot[^]*Karl from the workshop$/);
  assert.ok(!/[⟦⟧]/.test(letter.text + letter.html));

  // The figure is made right; apart from that there is something extra, and nobody had to be asked.
  const card = page.getByRole('complementary', { name: 'Customer' });
  await card.getByRole('button', { name: 'Give something…' }).click();
  const give = page.getByRole('dialog', { name: 'Give something' });
  await give.getByLabel('What', { exact: true }).selectOption({ label: 'Replacement' });
  await give.getByLabel('What it costs us (EUR)').fill('9');
  await give.getByRole('button', { name: 'Give it' }).click();
  await give.waitFor({ state: 'detached' });
  await card.getByText(/small surprise on top/).waitFor();
  await card.getByRole('button', { name: 'Something extra…' }).click();
  await give.getByLabel('What', { exact: true }).selectOption('other');
  await give.getByLabel('What it is').fill('A carved parrot called Rosa');
  await give.getByLabel('What it costs us (EUR)').fill('6');
  await give.getByRole('button', { name: 'Give it' }).click();
  await give.waitFor({ state: 'detached' });
  await card.getByText('A carved parrot called Rosa').waitFor();
  const purse = await me.api('GET', `/tickets/${t.id}/remedies`);
  assert.deepEqual([purse.extra_missing, purse.right_missing], [false, false]);
  assert.deepEqual(purse.remedies.map((r) => [r.part, r.amount.minor, r.state]).sort(), [['extra', 600, 'given'], ['right', 900, 'given']]);
  assert.deepEqual(me.wrong, []);
});
