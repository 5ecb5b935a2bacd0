// How many parts wait for an answer of whoever is signed in.
import { api } from '../../base/api';

/** What an answer of one's own in a part rings. */
export const answered = 'hearth:answered';

/** Tells how many wait, now and whenever that may be different, until the returned function is called; undefined where an
 * invitation does not count. Who sees no tickets hears nothing from the journal: they ask on coming back, and each minute. */
export function follow(tell: (n: number | undefined) => void): () => void {
  const read = () => void api('get', '/parts/counts').then((c) => tell(c.reads ? c.asked : undefined), () => {});
  read();
  const often = setInterval(() => { if (!document.hidden) read(); }, 60_000);
  addEventListener('focus', read);
  addEventListener(answered, read);
  return () => {
    clearInterval(often);
    removeEventListener('focus', read);
    removeEventListener(answered, read);
  };
}
