// What the server says by itself: what came with a mail, or goes wrong with a server that is not ours, has no code.
import { words } from './words.svelte';

let sayings: [RegExp, string][] = [];
let of: Record<string, string> | undefined; // the words they are from

/** One English sentence after another (sayings.de.json) in the reader's language, as far as it is known there. */
export function said(text = ''): string {
  const all = words();
  if (of !== all) {
    of = all;
    const open = (k: string) => +k.startsWith('said.{'); // these fit what stands before them too, and come last
    const like = (k: string) => k.slice(5).replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{\d\}$/, '([^]+)').replace(/\{\d\}/g, '(.+?)');
    const keys = Object.keys(all).filter((k) => k.startsWith('said.')).sort((a, b) => open(a) - open(b));
    sayings = keys.map((k) => [new RegExp(`^${like(k)}(?: |$)`), all[k]]);
  }
  const known = sayings.find(([r]) => r.test(text));
  if (!known) return text;
  const m = known[0].exec(text)!;
  return [known[1].replace(/\{(\d)\}/g, (_, n) => m[1 + +n]), said(text.slice(m[0].length))].filter(Boolean).join(' ');
}
