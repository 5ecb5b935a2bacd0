import { beforeAll, expect, test, vi } from 'vitest';
import { all, attend, can, press } from './keys.svelte';
import { match } from './router.svelte';
import { span } from './time.svelte';
import { speak, t } from './words.svelte';

beforeAll(() => speak('en'));

test('addresses are taken apart', () => {
  expect(match('/tickets/:id', '/tickets/tkt_1')).toEqual({ id: 'tkt_1' });
  expect(match('/tickets/:id', '/tickets/tkt_1/')).toEqual({ id: 'tkt_1' });
  expect(match('/tickets/:id', '/tickets')).toBeNull();
  expect(match('/tickets', '/mail')).toBeNull();
});

test('spans are said in their largest unit', () => {
  expect([0, 59, 60, 47 * 60, 48 * 60, 14 * 24 * 60].map((m) => span(m * 60_000))).toEqual(['0m', '59m', '1h', '47h', '2d', '2w']);
});

test('a key does what the page said it can, in sequence too, and leaves writers alone', () => {
  const stop = attend();
  const ran: string[] = [];
  const drop = can([
    { id: 'down', keys: ['j'], group: 'list', run: () => ran.push('down') },
    { id: 'go', keys: ['g i'], group: 'go', run: () => ran.push('go') },
    { id: 'never', keys: ['j'], group: 'list', run: () => ran.push('never'), when: () => false },
    { id: 'send', keys: ['mod+enter'], group: 'write', run: () => ran.push('send'), everywhere: true },
  ]);
  const input = document.body.appendChild(document.createElement('textarea'));
  const hit = (key: string, on: EventTarget = document.body, o: KeyboardEventInit = {}) => on.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...o }));
  hit('j');
  hit('g');
  hit('i');
  hit('j', input);
  hit('Enter', input, { ctrlKey: true });
  expect(ran).toEqual(['down', 'go', 'send']);
  drop();
  hit('j');
  expect(ran).toHaveLength(3);
  expect(all()).toHaveLength(0);
  stop();
  input.remove();
});

test('a second key that comes too late is a first one', () => {
  vi.useFakeTimers();
  const stop = attend();
  const ran: string[] = [];
  const drop = can([{ id: 'go', keys: ['g i'], group: 'go', run: () => ran.push('go') }]);
  document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'g', bubbles: true }));
  vi.advanceTimersByTime(2000);
  document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'i', bubbles: true }));
  expect(ran).toEqual([]);
  drop();
  stop();
  vi.useRealTimers();
});

test('keys are written as the keymap writes them', () => {
  expect(press(new KeyboardEvent('keydown', { key: 'X', shiftKey: true }))).toBe('shift+x');
  expect(press(new KeyboardEvent('keydown', { key: '?', shiftKey: true }))).toBe('?');
  expect(press(new KeyboardEvent('keydown', { key: 'Enter', ctrlKey: true, shiftKey: true }))).toBe('mod+shift+enter');
});

test('numbers are told in the right form', () => {
  expect([0, 1, 3].map((n) => t('tickets.found', { n, more: 'no' }))).toEqual(['Nothing found', '1 found', '3 found']);
});
