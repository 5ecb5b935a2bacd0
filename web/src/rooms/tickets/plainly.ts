// HTML that only says something (paragraphs, lists, links, emphasis) can be shown in our own type: it is read into a tree
// of harmless nodes, never put into the page as HTML. Whatever else a mail holds needs its frame.
export type Node = { tag: 'text'; text: string } | { tag: 'p' | 'br' | 'b' | 'i' | 'u' | 's' | 'ul' | 'ol' | 'li' | 'q' | 'pre' | 'code' | 'span'; in: Node[] } | { tag: 'a'; href: string; in: Node[] };

const tags: Record<string, Exclude<Node['tag'], 'text' | 'a'>> = {
  P: 'p', DIV: 'p', BR: 'br', B: 'b', STRONG: 'b', I: 'i', EM: 'i', U: 'u', S: 's', STRIKE: 's', DEL: 's', UL: 'ul', OL: 'ol', LI: 'li', BLOCKQUOTE: 'q', PRE: 'pre', CODE: 'code', SPAN: 'span', BODY: 'span', FONT: 'span',
};
const most = 4000;

/** Reads HTML; null when it is more than words, or deeper or longer than anybody writes. */
export function plainly(html: string): Node[] | null {
  if (html.length > 200_000) return null;
  let n = 0;
  const walk = (parent: ParentNode, depth: number): Node[] | null => {
    const out: Node[] = [];
    if (depth > 40) return null;
    for (const c of parent.childNodes) {
      if (++n > most) return null;
      if (c.nodeType === 3) {
        out.push({ tag: 'text', text: c.nodeValue ?? '' });
      } else if (c.nodeType === 1) {
        const el = c as Element;
        if (el.hasAttribute('style') || el.hasAttribute('bgcolor') || el.hasAttribute('color')) return null;
        const inside = walk(el, depth + 1);
        if (!inside) return null;
        if (el.tagName === 'A') {
          const href = el.getAttribute('href') ?? '';
          out.push(/^(https?:|mailto:|tel:)/i.test(href) ? { tag: 'a', href, in: inside } : { tag: 'span', in: inside });
        } else {
          const tag = tags[el.tagName];
          if (!tag) return null;
          out.push({ tag, in: inside });
        }
      }
    }
    return out;
  };
  return walk(new DOMParser().parseFromString(html, 'text/html').body, 0);
}

const address = /\bhttps?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]}]|\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g;

/** Plain text with its addresses as links. */
export function linked(text: string): Node[] {
  const out: Node[] = [];
  let at = 0;
  for (const m of text.matchAll(address)) {
    if (m.index > at) out.push({ tag: 'text', text: text.slice(at, m.index) });
    out.push({ tag: 'a', href: m[0].includes('://') ? m[0] : `mailto:${m[0]}`, in: [{ tag: 'text', text: m[0] }] });
    at = m.index + m[0].length;
  }
  if (at < text.length) out.push({ tag: 'text', text: text.slice(at) });
  return out;
}
