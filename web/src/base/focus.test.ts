import { afterEach, beforeEach, expect, test } from 'vitest';
import { hold } from './focus';

let stop: () => void;
const frames = () => new Promise((ok) => requestAnimationFrame(() => requestAnimationFrame(ok)));
beforeEach(() => {
  document.body.innerHTML = '<main><h1>Tickets</h1><div role="listbox" tabindex="0" id="list"></div><button id="send">Send</button><button id="other">Other</button></main>';
  for (const e of document.querySelectorAll('*')) e.getClientRects = () => (e.isConnected ? [{}] : []) as unknown as DOMRectList; // nothing is laid out here
  stop = hold();
});
afterEach(() => stop());
const el = (id: string) => document.getElementById(id)!;

test('when what had the focus leaves, the list gets it', async () => {
  el('send').focus();
  el('send').remove();
  await frames();
  expect(document.activeElement?.id).toBe('list');
});

test('without a list it is the heading', async () => {
  el('send').focus();
  el('list').remove();
  el('send').remove();
  await frames();
  expect(document.activeElement?.tagName).toBe('H1');
});

test('who says where it goes is obeyed, and nobody is disturbed', async () => {
  el('send').focus();
  el('send').remove();
  el('other').focus();
  await frames();
  expect(document.activeElement?.id).toBe('other');
  el('other').blur(); // somebody clicked beside
  document.querySelector('main')!.append('more');
  await frames();
  expect(document.activeElement).toBe(document.body);
});
