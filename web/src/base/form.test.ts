import { beforeAll, expect, test } from 'vitest';
import { Fault } from './api';
import { Form } from './form.svelte';
import { said } from './said';
import { why } from './toast.svelte';
import { more, speak } from './words.svelte';

beforeAll(() => speak('en'));
const refusal = (fields: Record<string, string>) => new Fault('invalid', 'Look again.', 'x', 422, fields);

test('what is refused is said beside its field, and below the form where it has none', async () => {
  const form = new Form(['name', 'email']);
  expect(await form.carry(() => Promise.reject(refusal({ name: 'A name is needed here.', zone: 'No such zone.' })))).toBe(false);
  expect(form.fields).toEqual({ name: 'A name is needed here.' });
  expect(form.wrong).toBe('No such zone.');
  expect(await form.carry(() => Promise.reject(new Fault('denied', 'This is not your password.', '', 403)))).toBe(false);
  expect([form.fields, form.wrong, form.busy]).toEqual([{}, 'This is not your password.', false]);
  expect(await form.carry(() => Promise.resolve())).toBe(true);
  expect([form.fields, form.wrong]).toEqual([{}, '']);
});

test('a form on its way is not sent again', async () => {
  const form = new Form();
  let done = () => {}, sent = 0;
  const first = form.carry(() => { sent++; return new Promise<void>((r) => { done = r; }); });
  expect(form.busy).toBe(true);
  expect(await form.carry(() => { sent++; return Promise.resolve(); })).toBe(false);
  done();
  expect(await first).toBe(true);
  expect([sent, form.busy]).toEqual([1, false]);
});

test('what is missing is said before anything is sent', () => {
  const form = new Form();
  expect(form.complete({ week: 'A time is missing.' })).toBe(false);
  expect(form.fields).toEqual({ week: 'A time is missing.' });
  expect(form.complete({})).toBe(true);
  expect(form.fields).toEqual({});
});

test('a fault known by its code is said in the language of the reader, any other as the server says it', async () => {
  await more();
  await speak('de');
  const short = new Fault('invalid', 'A password needs more.', 'password.short', 422, { password: 'A password needs more.', name: 'No such name.' });
  const form = new Form(['password', 'name']);
  form.refused(short);
  expect(form.fields.password).toMatch(/^Ein Passwort braucht/);
  expect(form.fields.name).toBe('No such name.');
  expect(why(new Fault('conflict', 'Somebody was faster.', 'some.thing'))).toBe('Somebody was faster.');
  expect(why(new Fault('denied', 'Too often.', 'slow_down', 429, {}, 61))).toMatch(/2 Minuten/);
  expect(why(new Fault('denied', 'Too often.', 'slow_down', 429))).toMatch(/einen Moment/);
  expect(why(new Fault('conflict', 'a@example.com is on this card already.', 'address.known', 409, {}, 0, ['a@example.com']))).toBe('a@example.com steht schon auf dieser Karte.');
  expect(why(new Fault('denied', 'Your role does not allow this.', 'permission.missing', 403, {}, 0, ['approve, act']))).toBe('Ihre Rolle erlaubt das nicht (nötig ist „Genehmigen, Antworten und ändern“).');
  expect(why(new Fault('conflict', 'Ben has a role that does not work on tickets.', 'staff.no_tickets', 409))).toBe('Ben has a role that does not work on tickets.'); // from a server that names no values
  expect(why(new Fault('offline', '', 'unread'))).not.toBe(why(new Fault('offline', '', 'offline')));
  await speak('en');
});

test('what a mail server did is told in the language of the reader, a sentence after another', async () => {
  await more();
  await speak('de');
  expect(said('The mail server stopped answering.')).toBe('Der Mailserver antwortet nicht mehr.');
  expect(said('The mail server refused the sign-in: check the user name and the password. Gmail takes an app password here, not the one you sign in with: switch on 2-Step Verification in your Google account, make an app password there and enter that. It said: Application-specific password required: https://support.google.com/x (Failure)')).toMatch(/^Der Mailserver hat die Anmeldung abgelehnt: .* Gmail nimmt hier ein App-Passwort, .* ein\. Er sagte: Application-specific password required: https:\/\/support\.google\.com\/x \(Failure\)$/);
  expect(said('Nothing answers at 127.0.0.1:993: the mail server is down, or the address or port is wrong.')).toMatch(/^Unter 127\.0\.0\.1:993 antwortet niemand: .* stimmen nicht\.$/);
  expect(said('Not everybody got it: a@example.com (550 no such user)')).toBe('Nicht alle haben es bekommen: a@example.com (550 no such user)');
  expect([said('550 5.1.1 no such user'), said('')]).toEqual(['550 5.1.1 no such user', '']);
  await speak('en');
  expect(said('The mail server stopped answering.')).toBe('The mail server stopped answering.');
});
