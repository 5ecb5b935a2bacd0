// The words of a mail that is on no ticket yet, read from its bytes, so that whoever decides about it knows what it says.
// It is shown as text; the server reads it properly when it becomes a ticket (RFC 5322, 2045, 2047, 2231).

export type Peek = { from: string; to: string; cc: string; subject: string; text: string; files: string[] };

const deepest = 8;
const most = 200; // parts that are looked at

type Part = { headers: Map<string, string>; body: string }; // a byte a letter

const latin = (bytes: Uint8Array): string => {
  let s = '';
  for (let i = 0; i < bytes.length; i += 0x8000) s += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  return s;
};
const bytesOf = (s: string) => Uint8Array.from(s, (c) => c.charCodeAt(0));

function words(bytes: string, charset: string): string {
  let d: TextDecoder;
  try {
    d = new TextDecoder(charset || 'utf-8');
  } catch {
    d = new TextDecoder();
  }
  return d.decode(bytesOf(bytes));
}

/** Letters of a header that says nothing about them. */
function plain(bytes: string): string {
  if (/[^\x00-\xff]/.test(bytes)) return bytes; // letters already
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytesOf(bytes));
  } catch {
    return words(bytes, 'windows-1252');
  }
}

const unhex = (s: string, lead: string) => s.replace(new RegExp(`${lead}([0-9A-Fa-f]{2})`, 'g'), (_, h) => String.fromCharCode(parseInt(h, 16)));
function unbase(s: string): string {
  const clean = s.replace(/[^A-Za-z0-9+/]/g, '');
  try {
    return atob(clean.slice(0, clean.length - (clean.length % 4 === 1 ? 1 : 0)));
  } catch {
    return '';
  }
}

/** A header with its encoded words read. */
export function header(raw: string): string {
  const joined = raw.replace(/(=\?[^?\s]+\?[bqBQ]\?[^?]*\?=)\s+(?==\?)/g, '$1');
  // What was cut between two encoded words may be half a letter: the same charset is read as one.
  const runs = joined.replace(/(?:=\?([^?*\s]+)(?:\*[^?]*)?\?([bqBQ])\?([^?]*)\?=)+/g, (run) => {
    let out = '', held = '', charset = '';
    for (const [, c, kind, text] of run.matchAll(/=\?([^?*\s]+)(?:\*[^?]*)?\?([bqBQ])\?([^?]*)\?=/g)) {
      if (c.toLowerCase() !== charset) {
        out += charset ? words(held, charset) : '';
        held = '';
        charset = c.toLowerCase();
      }
      held += kind.toLowerCase() === 'b' ? unbase(text) : unhex(text.replace(/_/g, ' '), '=');
    }
    return '\ufdd0' + out + words(held, charset) + '\ufdd1';
  });
  // Between the marks are letters already; the rest are bytes.
  return runs.split(/\ufdd0([\s\S]*?)\ufdd1/).map((s, i) => (i % 2 ? s : plain(s))).join('').trim();
}

function part(raw: string): Part {
  const end = /\r?\n\r?\n/.exec(raw);
  const head = /^\r?\n/.test(raw) ? '' : end ? raw.slice(0, end.index) : raw;
  const body = /^\r?\n/.test(raw) ? raw.replace(/^\r?\n/, '') : end ? raw.slice(end.index + end[0].length) : '';
  const headers = new Map<string, string>();
  for (const line of head.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)) {
    const at = line.indexOf(':');
    const name = line.slice(0, at).toLowerCase().trim();
    if (at > 0 && !headers.has(name)) headers.set(name, line.slice(at + 1).trim());
  }
  return { headers, body };
}

/** A parameter of a header, such as the boundary of a Content-Type. */
function param(value: string, name: string): string {
  const wide = new RegExp(`;\\s*${name}\\*0?\\*?=\\s*"?([^'";]*)'[^']*'([^";]*)`, 'i').exec(value);
  if (wide) return words(unhex(wide[2], '%'), wide[1]);
  const m = new RegExp(`;\\s*${name}\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|([^;\\s]*))`, 'i').exec(value);
  return m ? (m[1]?.replace(/\\(.)/g, '$1') ?? m[2]) : '';
}

function decoded(p: Part): string {
  switch (p.headers.get('content-transfer-encoding')?.toLowerCase().trim()) {
    case 'base64':
      return unbase(p.body);
    case 'quoted-printable':
      return unhex(p.body.replace(/[ \t]+(?=\r?\n)/g, '').replace(/=\r?\n/g, ''), '=');
  }
  return p.body;
}

function fromHTML(html: string): string {
  const doc = new DOMParser().parseFromString(html, 'text/html'); // nothing of it is run or loaded
  doc.querySelectorAll('script, style, head, title').forEach((e) => e.remove());
  doc.querySelectorAll('br').forEach((e) => e.replaceWith('\n'));
  doc.querySelectorAll('p, div, tr, li, h1, h2, h3, blockquote').forEach((e) => e.append('\n'));
  return doc.body?.textContent ?? '';
}

/** Reads a mail's bytes; null when there is nothing in them that could be one. */
export function peek(raw: ArrayBuffer): Peek | null {
  const whole = part(latin(new Uint8Array(raw)).replace(/^(?:\r?\n)+/, ''));
  if (!['from', 'to', 'subject', 'date', 'message-id', 'received'].some((h) => whole.headers.has(h))) return null;
  let text = '', html = '', seen = 0;
  const files: string[] = [];
  const look = (p: Part, deep: number) => {
    if (++seen > most || deep > deepest) return;
    const type = p.headers.get('content-type') ?? 'text/plain';
    const kind = type.split(';')[0].trim().toLowerCase();
    const place = p.headers.get('content-disposition') ?? '';
    const boundary = kind.startsWith('multipart/') ? param(type, 'boundary') : '';
    if (boundary) {
      const lines = ('\n' + p.body).split(`\n--${boundary}`);
      for (const piece of lines.slice(1)) {
        if (piece.startsWith('--')) break;
        look(part(piece.replace(/^[ \t]*\r?\n/, '').replace(/\r$/, '')), deep + 1);
      }
      return;
    }
    const name = param(place, 'filename') || param(type, 'name');
    if (/^attachment/i.test(place) || (name && !kind.startsWith('text/')) || !kind.startsWith('text/')) {
      files.push(header(name) || kind);
      return;
    }
    if (kind === 'text/html') html ||= fromHTML(words(decoded(p), param(type, 'charset')));
    else text ||= words(decoded(p), param(type, 'charset'));
  };
  look(whole, 0);
  const h = (n: string) => header(whole.headers.get(n) ?? '');
  const said = (text.trim() ? text : html).replace(/\r\n?/g, '\n').replace(/[ \t]+\n/g, '\n').replace(/\n{3,}/g, '\n\n').trim();
  return { from: h('from'), to: h('to'), cc: h('cc'), subject: h('subject'), text: said, files };
}
