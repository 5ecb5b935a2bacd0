// A button that is busy can't have the focus; it gets it back when it is not any more.
import { tick } from 'svelte';

export async function keep<T>(what: () => Promise<T>): Promise<T> {
  const had = document.activeElement as HTMLElement | null;
  try {
    return await what();
  } finally {
    await tick();
    if (document.activeElement === document.body && had?.isConnected) had.focus();
  }
}
