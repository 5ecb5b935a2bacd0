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

/** An attachment for what was asked for with the last key: it has the focus before the next one, whatever had it. */
export const focused = (el: HTMLElement) => el.focus();

const visible = (el: Element | null): el is HTMLElement => el instanceof HTMLElement && el.getClientRects().length > 0;

/** Puts the focus where a page is worked with: on its list, else on its heading. */
export function land() {
  const to = ['[role=listbox][tabindex="0"]', 'main h1', 'h1'].flatMap((s) => [...document.querySelectorAll(s)]).find(visible);
  if (to && !to.hasAttribute('tabindex')) to.tabIndex = -1;
  to?.focus({ preventScroll: true });
}

/** Lands when what had the focus has left the page and nobody else saw to it. Returns how to stop. */
export function hold(): () => void {
  let last: Element | undefined;
  let asked = 0;
  const note = (e: FocusEvent) => { last = e.target instanceof Element ? e.target : undefined; };
  const look = () => {
    asked = 0;
    if (document.activeElement !== document.body || !last || visible(last)) return;
    last = undefined;
    land();
  };
  // Whoever takes something away may say where the focus goes from there; this comes after.
  const seen = new MutationObserver(() => { if (last && !asked) asked = requestAnimationFrame(look); });
  document.addEventListener('focusin', note);
  seen.observe(document.body, { childList: true, subtree: true });
  return () => {
    document.removeEventListener('focusin', note);
    seen.disconnect();
    cancelAnimationFrame(asked);
  };
}
