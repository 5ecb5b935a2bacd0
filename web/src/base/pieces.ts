/** A text cut at its marks: which pieces answer a search. */
export function pieces(text: string, marks?: { start: number; end: number }[] | null): { text: string; hit: boolean }[] {
  const out: { text: string; hit: boolean }[] = [];
  let at = 0;
  for (const m of marks ?? []) {
    if (m.start > at) out.push({ text: text.slice(at, m.start), hit: false });
    out.push({ text: text.slice(m.start, m.end), hit: true });
    at = m.end;
  }
  if (at < text.length) out.push({ text: text.slice(at), hit: false });
  return out;
}
