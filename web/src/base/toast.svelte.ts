// Short words at the head of the page: what was done, with a way back, or what went wrong.
import { Fault } from './api';
import { t, word } from './words.svelte';

export type Toast = { id: number; text: string; bad?: boolean; undo?: () => void; undoKey?: boolean; until: number };

let toasts = $state.raw<Toast[]>([]);
let next = 1;
export const shown = () => toasts;

export function dismiss(id: number) {
  toasts = toasts.filter((x) => x.id !== id);
}

/** Shows one for a while. One that says the same again takes the place of the former, unless that can be taken back. */
function show(ms: number, toast: Omit<Toast, 'id' | 'until'>, id = next++): number {
  toasts = [...toasts.filter((x) => x.undo || x.text !== toast.text).slice(-2), { ...toast, id, until: Date.now() + ms }];
  setTimeout(() => dismiss(id), ms);
  return id;
}

/** Says what was done; undo is offered for eight seconds. */
export function say(text: string, undo?: () => void, ms = undo ? 8000 : 4000): number {
  const id = next++;
  return show(ms, { text, undo: undo && (() => { dismiss(id); undo(); }) }, id);
}

/** Permissions as the page of roles calls them. */
const named = (all: string) => all.split(', ').map((p) => word('staff.may', p)).join(', ');

/** A fault in words fit for a person: in their language where its code has words (base.fault.…), else as the server says it. */
export function why(e: unknown): string {
  if (e instanceof Fault) return e.kind === 'offline' ? t(e.code === 'unread' ? 'base.unread' : 'base.offline') : t('base.fault.' + e.code, { ...(/^(grant|permission)/.test(e.code) ? e.values.map(named) : e.values), minutes: Math.ceil(e.wait / 60) }, e.detail);
  return e instanceof Error && e.name === 'AbortError' ? '' : t('base.accident');
}

/** Says what went wrong. */
export function complain(e: unknown) {
  const text = why(e);
  if (!text) return;
  show(10_000, { text, bad: true });
  if (!(e instanceof Fault)) console.error(e);
}

/** Takes back the last thing that can be taken back. */
export function undoLast(): boolean {
  const last = toasts.findLast((x) => x.undo);
  last?.undo?.();
  return !!last;
}
