// Whom an answer goes to when nobody says otherwise, as the server decides it: whoever the last person to write wants to be
// answered, or else themselves, and everybody they had in copy, except ourselves.
import type { Message, Party } from './api';

const same = (a: Party, b: Party) => (a.email ?? '').toLowerCase() === (b.email ?? '').toLowerCase();

export function everybody(messages: Message[], customer: Party[]): { to: Party[]; cc: Party[] } {
  const last = messages.findLast((m) => m.kind === 'in' && !m.machine && m.from?.email);
  if (!last) return { to: customer.slice(0, 1), cc: [] };
  const to: Party[] = [];
  for (const p of last.reply_to ?? []) {
    if (plausible(p) && !p.ours && !to.some((q) => same(p, q))) to.push(p);
  }
  if (!to.length) to.push(last.from);
  const cc: Party[] = [];
  for (const p of [...last.to, ...(last.cc ?? [])]) {
    if (p.email && !p.ours && ![...to, ...cc].some((q) => same(p, q))) cc.push(p);
  }
  return { to, cc };
}

/** Reads addresses as people type them: “Ada <ada@example.org>, bob@example.org”. */
export function parties(text: string): Party[] {
  return text
    .split(/[,;\n]+/)
    .map((s) => s.trim())
    .filter(Boolean)
    .map((s) => {
      const m = /^(.*?)\s*<([^<>\s]+@[^<>\s]+)>$/.exec(s);
      return m ? { name: m[1].replace(/^"|"$/g, '') || undefined, email: m[2] } : { email: s };
    });
}

export const plausible = (p: Party) => /^[^\s@]+@[^\s@]+$/.test(p.email ?? '');
