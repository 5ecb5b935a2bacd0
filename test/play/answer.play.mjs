// Read, answer, see the mail leave; take it back; and a colleague sees it without loading anything anew.
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
async function waiting(me, n = 0) {
  const { items } = await me.api('GET', '/tickets?status=open,new&channel=email&limit=20');
  return items[n];
}
const until = async (what, ok, ms = 20_000) => {
  for (const end = Date.now() + ms; Date.now() < end; await new Promise((r) => setTimeout(r, 100))) if (await ok()) return;
  assert.fail(`${what} did not happen`);
};

test('an answer leaves as a mail, and a colleague sees it come', { skip: missing, timeout: 180_000 }, async () => {
  const me = await person(b, house, 'owner');
  const colleague = await person(b, house, 'admin');
  const t = await waiting(me);
  await colleague.page.goto(`/tickets/${t.id}`);
  await colleague.page.getByRole('article').last().waitFor();
  await me.page.goto('/tickets?view=open');
  await me.page.getByRole('option').first().waitFor();
  await me.page.goto(`/tickets/${t.id}`);
  await me.page.getByRole('article').last().waitFor();
  await colleague.page.getByText(/is here/).first().waitFor();
  await me.page.getByRole('listbox').focus();
  await me.page.keyboard.press('r');
  await me.page.keyboard.type('It leaves us today, wrapped twice.'); // at once, whatever had the focus
  await until('every letter', async () => (await me.page.locator('.words[role=textbox]').innerText()) === 'It leaves us today, wrapped twice.');
  await colleague.page.getByText(/is writing/).first().waitFor();
  await me.page.keyboard.press('Control+Enter');
  await me.page.getByText('Your answer is on its way').first().waitFor();
  await colleague.page.getByRole('article').filter({ hasText: 'wrapped twice' }).waitFor();
  await until('the mail', () => outbox().includes('wrapped twice'));
  await me.page.getByRole('article').filter({ hasText: 'wrapped twice' }).waitFor();
  assert.deepEqual([...me.wrong, ...colleague.wrong], []);
});

test('an answer can be taken back, and nothing has left', { skip: missing, timeout: 120_000 }, async () => {
  const me = await person(b, house, 'owner');
  const t = await waiting(me, 1);
  await me.page.goto(`/tickets/${t.id}`);
  await me.page.getByRole('article').last().waitFor();
  await me.page.keyboard.press('r');
  await me.page.getByRole('textbox', { name: 'Answer to the customer' }).waitFor();
  await me.page.keyboard.type('This was too quick.');
  await me.page.keyboard.press('Control+Enter');
  await me.page.getByText('Your answer is on its way').first().waitFor();
  await me.page.getByRole('button', { name: 'Undo' }).first().click();
  const box = me.page.getByRole('textbox', { name: 'Answer to the customer' });
  await box.waitFor();
  assert.equal(await box.innerText(), 'This was too quick.');
  const before = (await me.api('GET', `/tickets/${t.id}/messages`)).items.length;
  await me.page.waitForTimeout(9500); // longer than it would have waited
  assert.equal((await me.api('GET', `/tickets/${t.id}/messages`)).items.length, before);
  assert.ok(!outbox().includes('too quick'));
  await me.page.reload();
  await me.page.getByRole('textbox', { name: 'Answer to the customer' }).waitFor(); // the draft lies on the server
  assert.deepEqual(me.wrong, []);
});

test('an answer never leaves past a colleague’s that was not read', { skip: missing, timeout: 120_000 }, async () => {
  const me = await person(b, house, 'owner');
  const colleague = await person(b, house, 'admin');
  const t = await waiting(me, 2);
  await me.page.goto(`/tickets/${t.id}`);
  await me.page.getByRole('article').last().waitFor();
  await me.page.keyboard.press('r');
  await me.page.getByRole('textbox', { name: 'Answer to the customer' }).waitFor();
  await me.page.keyboard.type('My answer.');
  await colleague.api('POST', `/tickets/${t.id}/replies`, { text: 'The colleague’s answer.' });
  await me.page.getByText(/\w has answered while you were writing/).first().waitFor();
  assert.ok(await me.page.getByRole('button', { name: 'Send', exact: true }).isDisabled());
  await me.page.keyboard.press('Control+Enter');
  const said = async () => (await me.api('GET', `/tickets/${t.id}/messages`)).items.map((m) => m.text);
  assert.ok(!(await said()).includes('My answer.'));
  await me.page.getByRole('button', { name: 'I’ve read it' }).click();
  await me.page.keyboard.press('Control+Enter');
  await until('the answer', async () => (await said()).includes('My answer.'));
  assert.deepEqual(me.wrong, []);
});

test('what was said while the line was not up is there, and sending waits until it was read', { skip: missing, timeout: 300_000 }, async () => {
  { // before it was up
    const me = await person(b, house, 'owner');
    const colleague = await person(b, house, 'admin');
    const t = await waiting(me, 4);
    let connect, begun;
    const asked = new Promise((ok) => { begun = ok; });
    // Before the page is gone to, or its line is up without having been held.
    await me.page.routeWebSocket(/live/, (ws) => new Promise((go) => { connect = () => { ws.connectToServer(); go(); }; begun(); }));
    await me.page.goto(`/tickets/${t.id}`);
    await me.page.getByRole('article').last().waitFor();
    await asked;
    await me.page.keyboard.press('r');
    await me.page.getByRole('textbox', { name: 'Answer to the customer' }).waitFor();
    await me.page.keyboard.type('Written while the line was not up.');
    await colleague.api('POST', `/tickets/${t.id}/replies`, { text: 'I was quicker.' });
    // What follows from it comes before the line too, so that nothing else tells of it.
    await until('its mail', async () => (await me.api('GET', `/tickets/${t.id}/messages`)).items.at(-1).state === 'sent');
    await until('the end of what followed', async () => {
      const behind = (await (await fetch(`${house.url}/metrics`)).text()).split('\n').filter((l) => l.startsWith('hearth_follower_lag{'));
      return behind.length && behind.every((l) => l.endsWith(' 0'));
    });
    connect();
    await me.page.getByRole('article').filter({ hasText: 'I was quicker.' }).waitFor();
    await me.page.getByText(/\w has answered while you were writing/).first().waitFor();
    assert.deepEqual(me.wrong, []);
  }
  await leave();
  { // while it was cut
    const me = await person(b, house, 'owner');
    const colleague = await person(b, house, 'admin');
    const t = await waiting(me, 3);
    await me.page.goto(`/tickets/${t.id}`);
    await me.page.getByRole('article').last().waitFor();
    await me.page.keyboard.press('r');
    await me.page.getByRole('textbox', { name: 'Answer to the customer' }).waitFor();
    await me.page.keyboard.type('Written before the line was cut.');
    await me.context.setOffline(true);
    await me.page.getByText('Reconnecting').waitFor({ timeout: 60_000 });
    await colleague.api('POST', `/tickets/${t.id}/replies`, { text: 'Meanwhile I answered.' });
    await me.page.keyboard.press('Control+Enter');
    await me.page.getByText('Sends once everything new was read').waitFor();
    await me.context.setOffline(false);
    await me.page.getByRole('article').filter({ hasText: 'Meanwhile I answered.' }).waitFor({ timeout: 60_000 });
    await me.page.getByText(/\w has answered while you were writing/).first().waitFor();
    assert.ok(!(await me.api('GET', `/tickets/${t.id}/messages`)).items.some((m) => m.text.includes('before the line')));
    // A place that can't be brought says so, and comes when it is asked for again.
    await colleague.page.goto('/tickets?view=open');
    await colleague.page.getByRole('option').first().waitFor();
    await colleague.context.setOffline(true);
    await colleague.page.getByRole('link', { name: /Incoming mail/ }).click();
    await colleague.page.getByText('Hearth can’t be reached').waitFor();
    await colleague.context.setOffline(false);
    await colleague.page.getByRole('button', { name: 'Try again' }).click();
    await colleague.page.getByRole('heading', { name: 'Incoming mail' }).waitFor();
  }
});

test('words are marked while one writes', { skip: missing, timeout: 120_000 }, async () => {
  const me = await person(b, house, 'owner');
  const t = await waiting(me, 5);
  await me.page.goto(`/tickets/${t.id}`);
  await me.page.getByRole('article').last().waitFor();
  await me.page.keyboard.press('r');
  const box = me.page.getByRole('textbox', { name: 'Answer to the customer' });
  await box.waitFor();
  const said = "It's our policy that returns take 14 days.";
  await me.page.keyboard.type(said);
  const marked = await box.locator('.hint').filter({ hasText: 'our policy' }).innerText();
  await me.page.getByRole('button', { name: /to look at/ }).waitFor();
  const draft = async () => (await me.api('GET', `/tickets/${t.id}/draft`)).html ?? '';
  await until('the draft', async () => /our policy/.test(await draft()));
  assert.doesNotMatch(await draft(), /hint|class/);
  await me.page.keyboard.press('Alt+ArrowDown');
  const why = me.page.getByRole('group', { name: 'What could be better here' });
  const better = (await why.getByRole('button').first().locator('span').first().innerText()).trim();
  await me.page.keyboard.press('Escape');
  await why.waitFor({ state: 'detached' });
  assert.ok(await box.evaluate((el) => el === document.activeElement)); // the composer is still there, and has the focus
  await me.page.keyboard.press('Alt+Enter'); // goes back to it
  await why.waitFor();
  await me.page.keyboard.press('Alt+Enter');
  assert.equal(await box.innerText(), said.replace(marked, better));
  await me.page.keyboard.press('Control+z');
  assert.equal(await box.innerText(), said);
  await box.locator('.hint').waitFor();
  await me.page.keyboard.press('Control+Enter');
  await until('the answer', async () => (await me.api('GET', `/tickets/${t.id}/messages`)).items.some((m) => m.text.includes('our policy')));
  assert.ok(!/hint-|class=.hint/.test(outbox()));
  assert.deepEqual(me.wrong, []);
});

test('a note never becomes an answer by a slip', { skip: missing, timeout: 120_000 }, async () => {
  const me = await person(b, house, 'owner');
  const t = await waiting(me, 6);
  await me.page.goto(`/tickets/${t.id}`);
  await me.page.getByRole('article').last().waitFor();
  await me.page.keyboard.press('n');
  const note = me.page.getByRole('textbox', { name: 'Internal note, seen by colleagues only' });
  await note.waitFor();
  await me.page.keyboard.type('Not for them.');
  await me.page.getByRole('button', { name: 'Reply', exact: true }).click();
  const asked = me.page.getByRole('dialog', { name: 'Are these words for the customer?' });
  await asked.getByRole('button', { name: 'Cancel' }).click();
  await asked.waitFor({ state: 'detached' });
  assert.equal((await note.innerText()).trim(), 'Not for them.');
  await until('the draft', async () => (await me.api('GET', `/tickets/${t.id}/draft`)).kind === 'note');
  // Begun before, it is there when the ticket is opened again, and takes no keys.
  await me.page.reload();
  await note.filter({ hasText: 'Not for them.' }).waitFor();
  await me.page.keyboard.press('j');
  assert.equal((await note.innerText()).trim(), 'Not for them.');
  await me.page.getByRole('button', { name: 'Reply', exact: true }).click();
  await asked.getByRole('button', { name: 'Make it an answer' }).click();
  await me.page.getByRole('textbox', { name: 'Answer to the customer' }).waitFor();
  assert.ok(!outbox().includes('Not for them.'));
  assert.deepEqual(me.wrong, []);
});
