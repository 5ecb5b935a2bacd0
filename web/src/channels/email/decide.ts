// What can be decided about a mail that waits, and how a mailbox stands: rules without a page.
import type { Entry, Health, Mailbox } from './api';

export type Decision = 'join' | 'open' | 'retry' | 'discard';

/** What a person can decide, the likeliest first; what the server would refuse is left out. */
export function decisions(e: Entry): Decision[] {
  const here = !!e.sha256;
  switch (e.why) {
    case 'stranger':
      return ['join', 'open', 'discard'];
    case 'oversized':
      return here ? ['open', 'join', 'discard'] : ['discard'];
    case 'unreadable': // it names nobody who could be answered
      return e.state === 'failed' ? ['retry', 'discard'] : ['discard', 'retry'];
    case 'bounce':
      return ['discard', 'open', 'join'];
  }
  return here ? ['retry', 'open', 'join', 'discard'] : ['retry', 'discard'];
}

/** Why it waits, in the words this page has for it. */
export function reason(e: Entry): string {
  if (!e.sha256 && e.why === 'oversized') return 'left_there';
  if (!e.sha256) return 'not_given';
  return ['stranger', 'oversized', 'unreadable', 'bounce'].includes(e.why ?? '') ? e.why! : 'accident';
}

/** What somebody else said about it: a colleague who discarded it, or a mail server in its report. The server's own sentences
 * are left out, as their reason is said in the reader's language. */
export function told(e: Entry): string {
  if (e.state === 'discarded') return e.detail ?? '';
  return e.why === 'bounce' && e.state !== 'repaired' ? (e.detail ?? '').replace(/^A mail server says [^:]*(?:: |\.$)/, '') : '';
}

export const waits = (e: Entry) => e.state === 'waiting' || e.state === 'failed';

export type Standing = { state: 'paused' | 'receives' | 'new' | 'fine' | 'trouble' | 'alarm'; at?: string; since?: string; say?: string };

/** How reading a mailbox goes: its worst folder counts. */
export function standing(box: Mailbox, all: Health[]): Standing {
  if (box.paused) return { state: 'paused' };
  if (!box.imap) return { state: 'receives' };
  const folders = all.filter((h) => h.mailbox === box.id);
  const read = folders.filter((h) => h.role === 'inbox').map((h) => h.read_at ?? '').sort()[0] || undefined; // the one not read for longest
  const bad = folders.find((h) => h.alarmed) ?? folders.find((h) => h.trouble);
  if (bad) return { state: bad.alarmed ? 'alarm' : 'trouble', at: bad.read_at ?? read, since: bad.trouble_since, say: bad.trouble };
  return read ? { state: 'fine', at: read } : { state: 'new' };
}
