// The cleaner: hears a complaint in the lobby, writes it down on a phone, gives a coffee voucher, passes it on to one who
// accepts, and hears how it ended. Also where there is no net at first.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { browser, demo, leave, missing, person } from './house.mjs';

let house, b;
before(async () => { if (!missing) [house, b] = [await demo(), await browser()]; });
afterEach(leave);
after(async () => { await b?.close(); await house?.stop(); });

test('the cleaner takes a complaint on a phone, gives a voucher, passes it on and hears how it ended', { skip: missing, timeout: 120_000 }, async () => {
  const owner = await person(b, house, 'owner');
  // A colleague who reads no tickets, and may capture and give.
  const theo = await person(b, house, 'light', { width: 390, height: 844, hasTouch: true, isMobile: true });
  await theo.api('PATCH', '/me', { language: 'en' });
  await owner.api('PATCH', '/me', { language: 'en' });
  const { page } = theo;
  await page.goto('/');
  await page.getByRole('heading', { name: 'Tell us' }).waitFor();
  assert.equal(new URL(page.url()).pathname, '/tell');
  await page.goto('/tell'); // from now on the page is kept
  await page.evaluate(() => navigator.serviceWorker.ready);
  assert.deepEqual(await page.evaluate(async () => (await Promise.all((await caches.keys()).map(async (n) => (await (await caches.open(n)).keys()).map((r) => r.url)))).flat().filter((u) => new URL(u).pathname.startsWith('/api/'))), []);

  // Two lines where the net is away, kept and sent when it is back.
  await theo.context.setOffline(true);
  await page.getByLabel('What happened').fill('A guest says the lift stopped twice and nobody answered the bell.');
  await page.getByLabel('What they would like').fill('Somebody who listens, and a lift that runs');
  await page.getByLabel('Who it is').fill('Guest of room seven');
  await page.getByRole('button', { name: 'I see to it' }).tap();
  await page.getByText('Say how we reach them').waitFor(); // before it is kept: later nobody can ask
  await page.getByLabel('How we reach them').fill('room.seven@example.com');
  const large = await page.evaluate(() => Object.assign(document.createElement('canvas'), { width: 3000, height: 1500 }).toDataURL('image/jpeg').split(',')[1]);
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Take a photo' }).tap();
  await (await chooser).setFiles({ name: 'IMG_0001.jpg', mimeType: 'image/jpeg', buffer: Buffer.from(large, 'base64') });
  const seen = page.getByRole('list', { name: 'What goes along' }).getByRole('img', { name: 'Photo 1.jpg' });
  await seen.waitFor();
  assert.deepEqual(await seen.evaluate((i) => [i.naturalWidth, i.naturalHeight]), [2000, 1000]); // made small on the phone
  await page.getByRole('button', { name: 'I see to it' }).tap();
  await page.getByText('One waits on this device until you are online again.').waitFor();
  await page.reload(); // the page opens without a net, and what waits is still there
  await page.getByText('One waits on this device until you are online again.').waitFor();
  assert.ok(theo.wrong.splice(0).every((w) => /net::ERR_FAILED/.test(w))); // how some browsers call what a kept page asks for without a net
  await theo.context.setOffline(false);
  await page.evaluate(() => dispatchEvent(new Event('online')));
  await page.getByText('One waits on this device until you are online again.').waitFor({ state: 'detached' });
  await page.getByText('A guest says the lift stopped twice').waitFor();
  await page.getByRole('img', { name: 'Photo 1.jpg' }).waitFor();
  const told = (await owner.api('GET', '/tickets?channel=tell&limit=5')).items.find((x) => /lift stopped twice/.test(x.snippet));
  const [said] = (await owner.api('GET', `/tickets/${told.id}/messages`)).items;
  assert.deepEqual(said.attachments.map((f) => [f.name, f.type]), [['Photo 1.jpg', 'image/jpeg']]);

  // With a net it is theirs at once; a voucher, and on to one who can.
  await page.getByLabel('What happened').fill('A guest waited half an hour for a table that was booked.');
  await page.getByLabel('Who it is').fill('Guest of room nine');
  await page.getByLabel('How we reach them').fill('room.nine@example.com');
  await page.getByRole('button', { name: 'I see to it' }).tap();
  const now = page.getByRole('region', { name: 'What you just told' });
  await now.getByText('It is yours now.').waitFor();
  await now.getByLabel('Who can really solve it').selectOption({ label: house.as('owner').name });
  await now.getByRole('button', { name: 'Ask', exact: true }).tap();
  await page.getByText(/is asked\. It stays yours/).waitFor();
  // Nothing is given before they were asked: what they would like is written down there, too.
  assert.equal(await now.getByLabel(/A voucher for them/).count(), 0);
  await now.getByLabel('What they would like').fill('A word of apology');
  await now.getByRole('button', { name: 'Save' }).tap();
  await now.getByLabel(/A voucher for them/).fill('-4');
  await now.getByRole('button', { name: 'Give it' }).tap();
  await now.getByText('Write an amount such as 12.50.').waitFor();
  await now.getByLabel(/A voucher for them/).fill('4,50');
  await now.getByRole('button', { name: 'Give it' }).tap();
  await now.getByLabel(/A voucher for them/).waitFor({ state: 'detached' });
  await now.getByRole('button', { name: 'Tell something else' }).tap();

  // The one who is asked accepts, and brings it to its end.
  const { items } = await owner.api('GET', '/complaints?offered_to=me&state=open');
  const [c] = items.filter((x) => /half an hour/.test(x.what));
  await owner.page.goto('/complaints?whose=asked');
  await owner.page.getByRole('link', { name: /half an hour|room nine/ }).first().click();
  const card = owner.page.getByRole('complementary', { name: 'Customer' });
  await card.getByRole('button', { name: 'Accept' }).click();
  await card.getByText('yours').waitFor();
  await card.getByText('€4.50').waitFor();
  for (const stage of ['capture', 'investigate', 'resolve', 'communicate']) {
    const { todo } = await owner.api('GET', `/complaints/${c.id}`);
    for (const d of todo) if (!d.done) await owner.api('POST', `/complaints/${c.id}/tick`, { check: d.key });
    const at = await owner.api('POST', `/complaints/${c.id}/advance`);
    assert.notEqual(at.stage, stage);
  }
  await card.getByRole('button', { name: 'Yes, and they trust us' }).click();
  await card.getByText('Closed: content').waitFor();

  // And it is told where it began.
  await page.reload();
  await page.getByText(/Closed: content/).waitFor();

  // Whoever decides is led to what waits for an answer, below the form.
  await theo.api('POST', '/tell', { about: 'idea', what: 'A bench by the lift.' });
  await owner.page.goto('/tell');
  await owner.page.getByRole('button', { name: 'One proposal waits for your answer' }).click();
  await owner.page.waitForFunction(() => document.activeElement?.textContent === 'Proposed by colleagues');
  assert.deepEqual([owner.wrong, theo.wrong], [[], []]);
});
