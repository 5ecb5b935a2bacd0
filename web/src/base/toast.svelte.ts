// Short words at the foot of the screen: what was done, with a way back, or what went wrong.
import { Fault } from './api';
import { t } from './words.svelte';

export type Toast = { id: number; text: string; bad?: boolean; undo?: () => void; undoKey?: boolean; until: number };

let toasts = $state.raw<Toast[]>([]);
let next = 1;
export const shown = () => toasts;

export function dismiss(id: number) {
  toasts = toasts.filter((x) => x.id !== id);
}

/** Says what was done; undo is offered for eight seconds. */
export function say(text: string, undo?: () => void, ms = undo ? 8000 : 4000): number {
  const id = next++;
  toasts = [...toasts.slice(-2), { id, text, undo: undo && (() => { dismiss(id); undo(); }), until: Date.now() + ms }];
  setTimeout(() => dismiss(id), ms);
  return id;
}

/** A fault in words fit for a person. */
export function why(e: unknown): string {
  if (e instanceof Fault) return e.kind === 'offline' ? t('base.offline') : e.detail;
  return e instanceof Error && e.name === 'AbortError' ? '' : t('base.accident');
}

/** Says what went wrong. */
export function complain(e: unknown) {
  const text = why(e);
  if (!text) return;
  const id = next++;
  toasts = [...toasts.slice(-2), { id, text, bad: true, until: Date.now() + 10_000 }];
  setTimeout(() => dismiss(id), 10_000);
  if (!(e instanceof Fault)) console.error(e);
}

/** Takes back the last thing that can be taken back. */
export function undoLast(): boolean {
  const last = toasts.findLast((x) => x.undo);
  last?.undo?.();
  return !!last;
}
