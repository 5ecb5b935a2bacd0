import { expect, test } from 'vitest';
import type { Entry, Health, Mailbox } from './api';
import { decisions, reason, standing, told } from './decide';
import { header, peek } from './peek';
import { exposed, protect, read, write, type Kind } from './servers';

const bytes = (s: string) => Uint8Array.from(s, (c) => c.charCodeAt(0)).buffer;
const mail = (...lines: string[]) => bytes(lines.join('\r\n'));

test.each<[string, string, string]>([
  ['plain', 'Re: hello', 'Re: hello'],
  ['Q', '=?utf-8?Q?Caf=C3=A9_au_lait?=', 'Café au lait'],
  ['B, old charset', '=?ISO-8859-1?B?R3L832U=?=', 'Grüße'],
  ['a letter cut in two', '=?utf-8?B?w?= =?utf-8?B?7w==?= x', ' x'],
  ['words that follow one another', '=?utf-8?Q?Gr=C3?=\r\n =?utf-8?Q?=BC=C3=9Fe?= an alle', 'Grüße an alle'],
  ['bytes nobody declared', 'Gr\xc3\xbc\xc3\x9fe', 'Grüße'],
  ['older bytes nobody declared', 'Gr\xfc\xdfe', 'Grüße'],
  ['a charset nobody knows', '=?x-none?Q?abc?=', 'abc'],
])('a header: %s', (name, raw, want) => {
  if (name === 'a letter cut in two') expect(() => header(raw)).not.toThrow();
  else expect(header(raw)).toBe(want);
});

test('the words of a mail: quoted-printable, in its own charset', () => {
  const p = peek(mail('From: Ada <ada@example.com>', 'To: us@example.com', 'Subject: Lamp', 'Content-Type: text/plain; charset=iso-8859-1', 'Content-Transfer-Encoding: quoted-printable', '', 'Die Lampe ist zu sch=', 'w=E4ch.', ''));
  expect(p).toEqual({ from: 'Ada <ada@example.com>', to: 'us@example.com', cc: '', subject: 'Lamp', text: 'Die Lampe ist zu schwäch.', files: [] });
});

test('of many parts the plain words are read, and the files named', () => {
  const p = peek(mail(
    'From: ada@example.com', 'Content-Type: multipart/mixed;', ' boundary="a b"', '', 'preamble', '--a b',
    'Content-Type: multipart/alternative; boundary=in', '', '--in', 'Content-Type: text/html; charset=utf-8', '', '<p>Hello <b>you</b></p><script>alert(1)</script>', '--in', 'Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: base64', '', 'SGVsbG8geW91', '--in--',
    '--a b', 'Content-Type: image/png; name="x.png"', "Content-Disposition: attachment; filename*=utf-8''l%C3%A4mpchen.png", '', 'iVBOR', '--a b--', 'epilogue'));
  expect(p?.text).toBe('Hello you');
  expect(p?.files).toEqual(['lämpchen.png']);
});

test('HTML alone is read as words, and nothing of it runs', () => {
  const p = peek(mail('From: ada@example.com', 'Content-Type: text/html', '', '<style>p{}</style><p>One</p><p>Two<br>three</p><script>x()</script>'));
  expect(p?.text).toBe('One\nTwo\nthree');
});

test('what is no mail is told apart, and nothing breaks on it', () => {
  expect(peek(bytes(''))).toBeNull();
  expect(peek(bytes('w3q/9j+/n5sj'))).toBeNull();
  expect(peek(mail('Subject: x', 'Content-Type: multipart/mixed; boundary=b', '', '--b', '--b', '--b'))?.text).toBe('');
  const nested = Array.from({ length: 40 }, (_, i) => [`Content-Type: multipart/mixed; boundary=b${i}`, '', `--b${i}`]).flat();
  expect(peek(mail('Subject: deep', ...nested, 'Content-Type: text/plain', '', 'x'))?.text).toBe('');
});

test.each<[Kind, string]>([
  ['imap', 'imaps://support@shop.example@mail.shop.example:993'],
  ['imap', 'imap+starttls://user@host:143'],
  ['smtp', 'smtp://127.0.0.1:2526'],
  ['smtp', 'smtps://me@[2001:db8::1]:465'],
  ['smtp', 'smtp+starttls://a%2Fb%3Ac@host:587'],
])('a server is written as it was read: %s %s', (kind, url) => {
  expect(write(kind, read(kind, url))).toBe(url);
});

test('a server is read and written', () => {
  expect(read('imap', 'imaps://support@shop.example@mail.shop.example')).toEqual({ host: 'mail.shop.example', port: '993', safety: 'tls', user: 'support@shop.example' });
  expect(read('imap', 'smtps://x@y')).toEqual({ host: '', port: '993', safety: 'tls', user: '' });
  expect(read('smtp', undefined).host).toBe('');
  expect(write('smtp', { host: ' ', port: '465', safety: 'tls', user: 'x' })).toBe('');
});

test('the port follows the protection, unless it is one of its own', () => {
  const s = read('smtp', 'smtps://me@host');
  expect(protect('smtp', s, 'starttls').port).toBe('587');
  expect(protect('smtp', { ...s, port: '2465' }, 'starttls').port).toBe('2465');
  expect(exposed(read('imap', 'imap://me@host'))).toBe(true);
  expect(exposed(read('imap', 'imap://me@127.0.0.1'))).toBe(false);
  expect(exposed(s)).toBe(false);
});

const entry = (e: Partial<Entry>): Entry => ({ id: 'mal_1', mailbox: 'mbx_1', folder: 'INBOX', size: 1, state: 'waiting', came_at: '', state_at: '', sha256: 'ab', ...e });

test('what the server would refuse is not offered', () => {
  expect(decisions(entry({ why: 'stranger' }))).toEqual(['join', 'open', 'discard']);
  expect(decisions(entry({ why: 'oversized', sha256: undefined }))).toEqual(['discard']);
  expect(decisions(entry({ why: 'oversized' }))).not.toContain('retry');
  expect(decisions(entry({ why: 'unreadable' }))).not.toContain('open');
  expect(decisions(entry({ why: 'unreadable', state: 'failed', sha256: undefined }))[0]).toBe('retry');
  expect(decisions(entry({ why: 'accident', state: 'failed' }))).toEqual(['retry', 'open', 'join', 'discard']);
  expect(reason(entry({ why: 'oversized', sha256: undefined }))).toBe('left_there');
  expect(reason(entry({ why: 'unreadable', sha256: undefined }))).toBe('not_given');
  expect(reason(entry({ why: undefined, state: 'failed' }))).toBe('accident');
});

test('only what somebody else said is shown as it came', () => {
  expect(told(entry({ why: 'unreadable', detail: 'This mail names nobody who wrote it.' }))).toBe('');
  expect(told(entry({ why: 'unreadable', state: 'discarded', detail: 'Gehört uns nicht' }))).toBe('Gehört uns nicht');
  expect(told(entry({ why: 'bounce', detail: 'A mail server says that a mail did not arrive, but it is none we know: a@b unknown 550: no' }))).toBe('a@b unknown 550: no');
  expect(told(entry({ why: 'bounce', state: 'set_aside', detail: 'a@b unknown 550: no' }))).toBe('a@b unknown 550: no');
  expect(told(entry({ why: 'bounce', state: 'set_aside', detail: 'A mail server says that a mail of ours is late or was delivered.' }))).toBe('');
});

test('a mailbox stands as its worst folder does', () => {
  const box = { id: 'mbx_1', imap: 'imaps://x@y' } as Mailbox;
  const f = (h: Partial<Health>): Health => ({ mailbox: 'mbx_1', folder: 'INBOX', role: 'inbox', ...h });
  expect(standing({ ...box, paused: true }, []).state).toBe('paused');
  expect(standing({ ...box, imap: undefined }, []).state).toBe('receives');
  expect(standing(box, [f({ mailbox: 'mbx_2', read_at: '2026-01-01' })]).state).toBe('new');
  expect(standing(box, [f({ read_at: '2026-01-02' }), f({ folder: 'Orders', read_at: '2026-01-01' }), f({ role: 'sent', read_at: '2025-01-01' })])).toEqual({ state: 'fine', at: '2026-01-01' });
  expect(standing(box, [f({ trouble: 'a' }), f({ folder: 'Orders', trouble: 'b', alarmed: true, trouble_since: '2026-01-03' })])).toMatchObject({ state: 'alarm', say: 'b', since: '2026-01-03' });
});
