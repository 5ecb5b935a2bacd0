// From an empty folder to the first answered mail: the owner's link, a mailbox on a real server, a mail, an answer.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { browser, empty, leave, missing, person } from './house.mjs';

const { PLAY_IMAP: imap, PLAY_LMTP: lmtp, PLAY_SMTP: smtp, PLAY_SENT: sent } = process.env;
const skip = missing || (imap ? false : 'no mail servers are here: go test ./test/play starts them');
let house, b;
before(async () => { if (!skip) [house, b] = [await empty(), await browser()]; });
afterEach(leave);
after(async () => { await b?.close(); await house?.stop(); });

/** Hands a mail to a mailbox of the mail server, by LMTP (RFC 2033). */
function deliver(user, mail) {
  const say = ['LHLO play.example', 'MAIL FROM:<ada@example.com>', `RCPT TO:<${user}>`, 'DATA', mail.replace(/\r?\n/g, '\r\n') + '\r\n.', 'QUIT'];
  return new Promise((ok, no) => {
    const c = createConnection(lmtp);
    let heard = '';
    c.on('error', no);
    c.on('data', (d) => {
      heard += d;
      for (let end; (end = heard.indexOf('\n')) >= 0; heard = heard.slice(end + 1)) {
        const line = heard.slice(0, end);
        if (/^[45]/.test(line)) return no(new Error(line));
        if (/^\d{3} /.test(line) && say.length) c.write(say.shift() + '\r\n');
      }
    });
    c.on('close', ok);
  });
}
const letters = () => readdirSync(sent).map((f) => readFileSync(join(sent, f), 'utf8'));

test('from an empty folder to the first answered mail', { skip, timeout: 180_000 }, async () => {
  const me = await person(b, house, null, { timezoneId: 'Europe/Lisbon' });
  const { page } = me;
  await page.goto(house.link);
  await page.getByLabel('Your name').waitFor();
  await page.keyboard.type('Robin Hearthside'); // one begins to write at once
  await page.getByLabel('E-mail').fill('robin@shop.example');
  await page.getByLabel('Choose a password').fill('short');
  await page.getByRole('button', { name: 'Begin' }).click();
  await page.getByText(/at least ten|10 characters/i).first().waitFor(); // in words, beside the field
  await page.getByLabel('Choose a password').fill('a long enough pass phrase');
  await page.getByRole('button', { name: 'Begin' }).click();

  // Nothing can be found out about this domain, so the servers are told; the first password is wrong.
  await page.getByRole('heading', { name: 'Connect your mailbox' }).waitFor();
  assert.equal((await me.api('GET', '/calendars')).items[0].zone, 'Europe/Lisbon'); // a house is where its owner is
  await page.getByLabel('Address').fill('support@shop.example');
  await page.getByLabel('Address').blur();
  await page.getByText(/check how the address is written/).waitFor();
  for (const [legend, at] of [['Reading (IMAP)', imap], ['Sending (SMTP)', smtp]]) {
    const server = page.getByRole('group', { name: legend });
    if (!(await server.isVisible())) await page.getByText('Servers', { exact: true }).click();
    await server.getByLabel('Server').fill(at.split(':')[0]);
    await server.getByLabel('Protection').selectOption({ label: 'none' });
    await server.getByLabel('Port').fill(at.split(':')[1]);
  }
  await page.getByLabel('Password', { exact: true }).fill('wrong');
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  await page.getByRole('alert').filter({ hasText: /password/i }).waitFor();
  await page.getByLabel('Password', { exact: true }).fill('secret');
  await page.getByRole('button', { name: 'Connect', exact: true }).click();

  // A mail arrives while one looks.
  await page.getByRole('heading', { name: 'Write yourself a mail' }).waitFor();
  await deliver('support@shop.example', 'From: Ada <ada@example.com>\nTo: support@shop.example\nSubject: A cup in the wrong colour\nMessage-ID: <first@example.com>\n\nMy cup is green. I had ordered blue.');
  await page.getByRole('link', { name: 'A cup in the wrong colour' }).waitFor();
  await page.getByRole('button', { name: 'Open the ticket' }).click();
  await page.getByRole('article').filter({ hasText: 'I had ordered blue' }).waitFor();
  await page.keyboard.press('r');
  await page.getByRole('textbox', { name: 'Answer to the customer' }).waitFor();
  await page.keyboard.type('A blue one leaves today.');
  await page.keyboard.press('Control+Enter');
  await page.getByText('Your answer is on its way').first().waitFor();
  for (const end = Date.now() + 30_000; !letters().some((l) => l.includes('A blue one leaves today.')); await new Promise((r) => setTimeout(r, 100))) assert.ok(Date.now() < end, 'no answer left');
  const answer = letters().find((l) => l.includes('A blue one leaves today.'));
  assert.match(answer, /^To: .*ada@example\.com/im);
  assert.match(answer, /^From: .*support@shop\.example/im);
  assert.match(answer, /^In-Reply-To: <first@example\.com>/im);
  assert.match(answer, /^Subject: Re: A cup in the wrong colour/im);

  await page.goto('/settings/begin');
  await page.getByRole('heading', { name: 'You are set up' }).waitFor();
  assert.deepEqual(me.wrong, []);

  // The link was good for once.
  const other = await person(b, house, null);
  await other.page.goto(house.link);
  await other.page.getByRole('button', { name: 'Sign in' }).waitFor();
});
