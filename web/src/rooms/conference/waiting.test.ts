import { expect, test, vi } from 'vitest';
import { answered, follow } from './waiting';

test('how many wait is told, and told anew when one has answered; where an invitation does not count it is nothing', async () => {
  let now = { asked: 2, reads: true };
  const asks = vi.fn(() => Promise.resolve(new Response(JSON.stringify(now), { headers: { 'content-type': 'application/json' } })));
  vi.stubGlobal('fetch', asks);
  const told: (number | undefined)[] = [];
  const stop = follow((n) => told.push(n));
  await vi.waitFor(() => expect(told).toEqual([2]));
  now = { asked: 1, reads: true };
  dispatchEvent(new Event(answered));
  await vi.waitFor(() => expect(told).toEqual([2, 1]));
  now = { asked: 0, reads: false };
  dispatchEvent(new Event('focus'));
  await vi.waitFor(() => expect(told).toEqual([2, 1, undefined]));
  stop();
  dispatchEvent(new Event(answered));
  expect(asks).toHaveBeenCalledTimes(3);
  vi.unstubAllGlobals();
});
