// The focus is never lost: where it goes when what had it leaves.
import { tick } from 'svelte';

const takes = 'button:not([disabled]), a[href], input:not([disabled]), select:not([disabled])';

/** Notes where the focus goes when the row around an element leaves: to the next row, else the one before, else the
 * heading above. Call the result when the row is gone. */
export function leaving(el: Element | null | undefined): () => Promise<void> {
  const row = el?.closest('li');
  const near = [row?.nextElementSibling, row?.previousElementSibling];
  const above = row?.closest('section')?.querySelector<HTMLElement>('h2, h3') ?? document.querySelector<HTMLElement>('main h1');
  return async () => {
    await tick();
    const next = near.find((n) => n?.isConnected)?.querySelector<HTMLElement>(takes);
    (next ?? (above?.isConnected ? above : document.querySelector<HTMLElement>('main h1')))?.focus();
  };
}
