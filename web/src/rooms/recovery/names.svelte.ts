// What kinds of complaints and remedies are called: the starter's in the language of the page, a company's own as it wrote them.
import { word } from '../../base/words.svelte';
import { kinds, type Kind } from './api';

let own = $state.raw<Kind[]>([]);
let asked = false;

/** Reads the company's own anew: they were changed, or are wanted for the first time. */
export function reread() {
  asked = true;
  kinds().then((all) => { own = all.filter((k) => k.own); }, () => {}); // whoever may not read them sees the starter's
}

/** What a kind is called; empty while it is not known. */
export function kindName(key: string): string {
  if (!asked) queueMicrotask(() => { if (!asked) reread(); });
  const theirs = own.find((k) => k.key === key);
  if (theirs) return theirs.label;
  const said = word('recovery.kind', key);
  return said === key ? '' : said;
}

/** What somebody gets, as it was written; where nobody wrote anything, the starter's name of its kind. */
export function giftName(r: { kind: string; what: string }): string {
  return r.what.toLowerCase().replace('the ', '').replaceAll(' ', '_') === r.kind ? word('recovery.gift', r.kind) : r.what;
}
