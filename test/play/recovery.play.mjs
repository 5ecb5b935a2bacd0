// The firm no: whoever wants to refuse names the nearest yes and asks; the supervisor says yes instead, on a phone, in one tap;
// the answer is guidance for the next who stands before the like. And what is made right is asked for something extra.
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

test('a no needs a supervisor, who says yes instead in one tap, and the answer stays as guidance', { skip: missing, timeout: 120_000 }, async () => {
  const agent = await person(b, house, 'agent');
  await agent.api('PATCH', '/me', { language: 'en' });
  const owner = await person(b, house, 'owner', { width: 390, height: 844, hasTouch: true, isMobile: true });
  await owner.api('PUT', '/authority/policies', { name: 'Thirty days', rule: 'After thirty days no return is taken.', reason: 'What was used for long can’t be sold again.', bends: [] });
  const { items } = await agent.api('GET', '/tickets?status=new,open&limit=50');
  const fresh = [];
  for (const t of items) {
    const purse = await agent.api('GET', `/tickets/${t.id}/remedies`);
    if (!purse.remedies.length && !purse.complaint && purse.allowance.may.minor >= 10_000) fresh.push(t); // nobody has given this customer anything
  }
  const [t, like] = fresh;
  assert.ok(like, 'too few fresh tickets');

  // Captured by whoever hears it, who asks what they would like.
  await agent.page.goto(`/tickets/${t.id}`);
  await agent.page.getByRole('article').last().waitFor();
  const card = agent.page.getByRole('complementary', { name: 'Customer' });
  await card.getByRole('button', { name: 'Capture a complaint' }).click();
  const capture = agent.page.getByRole('dialog', { name: 'Capture a complaint' });
  await capture.getByRole('button', { name: 'Take what they wrote last' }).click(); // nobody types a letter once more
  assert.ok(await capture.getByLabel('What happened').inputValue());
  await capture.getByLabel('What happened').fill('The chair broke on the second day, and the form said thirty days.');
  await capture.getByLabel('What they would like').fill('Their money back');
  await capture.getByLabel('What it is about').selectOption('rule');
  await capture.getByRole('button', { name: 'I see to it' }).click();
  await card.getByText('yours').waitFor();

  // The no, with the nearest yes; without one it is not even asked.
  await card.getByRole('button', { name: 'Say no…' }).click();
  const refuse = agent.page.getByRole('dialog', { name: 'May we say no?' });
  await refuse.getByLabel('What they asked for').fill('A refund for the chair after the thirty days have passed');
  await refuse.getByRole('button', { name: 'Ask', exact: true }).click();
  await refuse.getByText(/try the nearest yes/).waitFor();
  await refuse.getByLabel('The nearest yes you tried').fill('Half of it as a credit; they were not content with that.');
  await refuse.getByRole('button', { name: 'Ask', exact: true }).click();
  await refuse.waitFor({ state: 'detached' });

  // On the phone, led there by the mail, in one tap; who follows the mail later is told that it is answered, and how.
  const { id } = (await owner.api('GET', '/approvals?state=open')).items.find((q) => /A refund for the chair/.test(q.what));
  await owner.page.goto(`/approvals?open=${id}`);
  const question = owner.page.getByRole('article', { name: /A refund for the chair/ });
  await question.getByText('Half of it as a credit').waitFor();
  await question.getByRole('link', { name: `#${t.number}` }).waitFor(); // whose case it is
  await owner.page.waitForFunction((at) => document.activeElement?.id === at, `q-${id}`);
  await question.getByRole('button', { name: 'Yes: it was our mistake' }).tap();
  await question.waitFor({ state: 'detached' });
  await owner.page.getByText(/You answered this/).getByText('it was our mistake').waitFor();

  // The agent sees it at once, gives it without asking anyone, and is asked for something extra.
  await card.getByText(/says yes instead/).waitFor();
  await card.getByRole('button', { name: 'Give something…' }).click();
  const give = agent.page.getByRole('dialog', { name: 'Give something' });
  await give.getByLabel('What it costs us (EUR)').fill('-5');
  await give.getByRole('button', { name: 'Give it' }).click();
  await give.getByText('Write an amount such as 12.50.').waitFor();
  await give.getByLabel('What it costs us (EUR)').fill('80');
  await give.getByRole('button', { name: 'Give it' }).click();
  await give.waitFor({ state: 'detached' });
  await card.getByText('€80').waitFor();
  await card.getByText(/small surprise on top/).waitFor();
  await card.getByRole('button', { name: 'Something extra…' }).click();
  await give.getByLabel('What', { exact: true }).selectOption('other');
  await give.getByLabel('What it is').fill('A cushion that fits the chair');
  await give.getByLabel('What it costs us (EUR)').fill('12.50');
  await give.getByRole('button', { name: 'Thirty days' }).waitFor();
  await agent.page.keyboard.press('Alt+r'); // the rule that it bends, by one key
  await give.getByText(/no return is taken/).waitFor();
  await give.getByRole('button', { name: 'Give it' }).click();
  await give.waitFor({ state: 'detached' });
  await card.getByText('A cushion that fits the chair').waitFor();
  assert.deepEqual((await agent.api('GET', '/authority/policies')).items.map((p) => [p.name, p.bent]), [['Thirty days', 1]]);
  const purse = await agent.api('GET', `/tickets/${t.id}/remedies`);
  assert.deepEqual([purse.extra_missing, purse.right_missing], [false, false]);
  assert.deepEqual(purse.remedies.map((r) => [r.part, r.amount.minor, r.state]).sort(), [['extra', 1250, 'given'], ['right', 8000, 'given']]);

  // Guidance for the next.
  await agent.page.goto(`/tickets/${like.id}`);
  await agent.page.getByRole('article').last().waitFor();
  await card.getByRole('button', { name: 'Say no…' }).click();
  await refuse.getByLabel('What they asked for').fill('They want a refund for a chair, long after thirty days');
  await refuse.getByText(/became a yes before/).first().waitFor();
  await refuse.getByText('it was our mistake').first().waitFor();
  // Nothing of this is for the customer: an answer to them leaves, and holds none of it.
  await agent.api('POST', `/tickets/${t.id}/replies`, { text: 'We are sorry; your money is on its way.' });
  for (const end = Date.now() + 20_000; !outbox().includes('your money is on its way'); await new Promise((r) => setTimeout(r, 100))) assert.ok(Date.now() < end, 'the answer did not leave');
  assert.ok(!/nearest yes|Half of it as a credit|it was our mistake|cushion/.test(outbox()));
  // On a phone no card of the board is cut off.
  await owner.page.goto('/complaints');
  await owner.page.getByRole('link', { name: /The chair broke/ }).waitFor();
  assert.ok(await owner.page.evaluate(() => [...document.querySelectorAll('main ol > li')].every((li) => li.scrollHeight <= li.clientHeight + 2 && [...li.querySelectorAll('ul')].every((ul) => ul.scrollHeight <= ul.clientHeight + 1))));
  assert.deepEqual([agent.wrong, owner.wrong], [[], []]);
});
