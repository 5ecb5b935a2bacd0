// One keymap for the whole workspace: pages say what they can do and by which key; the palette and the help sheet list
// exactly that, so they can't be wrong.
import { untrack } from 'svelte';
import { t } from './words.svelte';

export type Command = {
  id: string; // also the key of its words: keys.‹id›
  keys?: string[]; // "j", "shift+x", "g i" (one after the other), "mod+enter"; the first is shown
  group: 'list' | 'ticket' | 'write' | 'go' | 'app';
  run: (e?: KeyboardEvent) => void;
  when?: () => boolean; // can be done now
  label?: string; // instead of the words of its id
  everywhere?: boolean; // also while somebody writes
  hidden?: boolean; // not in the palette
};

let commands = $state.raw<Command[]>([]);
let single = $state(true); // keys without Ctrl or ⌘ (WCAG 2.1.4)
let pending = '';
let pendingUntil = 0;

export const isMac = /Mac|iP(hone|ad)/.test(navigator.platform);
export const all = () => commands;
export const singleKeys = () => single;
export function allowSingleKeys(on: boolean) { single = on; }

/** Makes commands known while a page shows; the newest wins a key. Call it in an effect. */
export function can(some: Command[]): () => void {
  untrack(() => { commands = [...commands, ...some]; });
  return () => untrack(() => { commands = commands.filter((c) => !some.includes(c)); });
}

/** Does what a command does, when it can be done now. */
export function perform(id: string): boolean {
  const c = commands.findLast((c) => c.id === id && (!c.when || c.when()));
  c?.run();
  return !!c;
}

const named: Record<string, string> = { ' ': 'space', Escape: 'esc', ArrowDown: 'down', ArrowUp: 'up', ArrowLeft: 'left', ArrowRight: 'right' };

/** A key press as the keymap writes it. */
export function press(e: KeyboardEvent): string {
  // With ⌥ a Mac writes another letter (π for P); the key is what is meant.
  const key = e.altKey && /^Key[A-Z]$/.test(e.code) ? e.code.slice(3).toLowerCase() : (named[e.key] ?? e.key.toLowerCase());
  const letter = /^[a-z]$/.test(key);
  const mods = [(isMac ? e.metaKey : e.ctrlKey) && 'mod', e.altKey && 'alt', e.shiftKey && (letter || key.length > 1) && 'shift'].filter(Boolean);
  return [...mods, key].join('+');
}

/** Somebody writes there, so letters are theirs. */
function writes(e: EventTarget | null): boolean {
  const el = e as HTMLElement | null;
  if (!el?.closest) return false;
  return el.isContentEditable || el.matches('textarea, select, input:not([type=checkbox]):not([type=radio]):not([type=button])');
}

let sleeping = false;
/** Something that takes the keys is about to open, or open: what lies below sleeps. */
export function asleep(on: boolean) { sleeping = on; }

/** A dialog or menu is open. */
const covered = () => sleeping || !!document.querySelector('[role=dialog][data-state=open], [role=alertdialog][data-state=open], [role=menu][data-state=open], [role=listbox][data-floating]');

function down(e: KeyboardEvent) {
  if (e.defaultPrevented || e.isComposing) return;
  const p = press(e);
  const plain = !/^(mod|alt)\+/.test(p);
  const now = Date.now();
  const sequence = pending && now < pendingUntil ? `${pending} ${p}` : '';
  pending = '';
  const fits = (c: Command, want: string) => !!want && c.keys?.includes(want) && (!c.when || c.when()) && (c.everywhere || (!covered() && (!writes(e.target) || (!plain && !p.startsWith('alt')))));
  const ok = (c: Command, want: string) => fits(c, want) && (single || !plain || /^(esc|down|up|enter|f\d+)$/.test(want));
  const c = commands.findLast((c) => ok(c, sequence)) ?? commands.findLast((c) => ok(c, p));
  if (c) {
    e.preventDefault();
    c.run(e);
    return;
  }
  if (plain && single && !writes(e.target) && !covered() && commands.some((c) => c.keys?.some((k) => k.startsWith(p + ' ')))) {
    pending = p;
    pendingUntil = now + 1500;
    e.preventDefault();
  }
}

export function attend(): () => void {
  addEventListener('keydown', down);
  return () => removeEventListener('keydown', down);
}

/** The caps of a key as people know them: mod+enter → ⌘ ↵ or Ctrl Enter. */
export function caps(key: string): string[] {
  const mac: Record<string, string> = { mod: '⌘', alt: '⌥', shift: '⇧', enter: '↵', esc: 'Esc', down: '↓', up: '↑' };
  const pc: Record<string, string> = { mod: t('keys.cap.ctrl'), alt: 'Alt', shift: t('keys.cap.shift'), enter: '↵', esc: 'Esc', down: '↓', up: '↑' };
  const map = isMac ? mac : pc;
  return key.split(/[ +]/).map((k) => map[k] ?? (k.length === 1 ? k.toUpperCase() : k[0].toUpperCase() + k.slice(1)));
}
