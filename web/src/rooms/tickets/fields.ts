// Types and custom fields: what programs call them is made from what people call them, once.
import { api, type Schemas } from '../../base/api';

export type Kind = Schemas['TicketsType'];
export type Field = Schemas['TicketsField'];
export const holds: Field['kind'][] = ['text', 'number', 'date', 'yes_no', 'choice'];

export const kinds = () => api('get', '/tickets/types').then((p) => p.items);
export const fields = () => api('get', '/tickets/fields').then((p) => p.items);
export const setKind = (body: Kind) => api('put', '/tickets/types', { body });
export const setField = (body: Field) => api('put', '/tickets/fields', { body });
export const dropKind = (key: string) => api('delete', '/tickets/types/{key}', { path: { key } });
export const dropField = (key: string) => api('delete', '/tickets/fields/{key}', { path: { key } });

const longest = 40;
const spelt: Record<string, string> = { ä: 'ae', ö: 'oe', ü: 'ue', ß: 'ss', æ: 'ae', ø: 'o', å: 'a', ł: 'l', đ: 'd', ð: 'd', þ: 'th', œ: 'oe' };

/** A key for a label: small letters, digits and underscores, and none that is taken, since setting one again changes it. */
export function keyOf(label: string, taken: Iterable<string>, otherwise = 'field'): string {
  const plain = label.toLowerCase().replace(/[äöüßæøåłđðþœ]/g, (c) => spelt[c]).normalize('NFD').replace(/[^a-z0-9]+/g, (s) => (/\p{M}/u.test(s) && !/[^\p{M}]/u.test(s) ? '' : '_')).replace(/^_+|_+$/g, '');
  const all = new Set(taken);
  const base = (/^[a-z]/.test(plain) ? plain : plain ? `${otherwise}_${plain}` : otherwise).slice(0, longest).replace(/_+$/, '');
  for (let n = 1; ; n++) {
    const key = n === 1 ? base : `${base.slice(0, longest - String(n).length - 1)}_${n}`;
    if (!all.has(key)) return key;
  }
}

/** The choices somebody wrote, one on each line; none twice. */
export const choices = (text: string) => [...new Set(text.split('\n').map((s) => s.trim()).filter(Boolean))];
