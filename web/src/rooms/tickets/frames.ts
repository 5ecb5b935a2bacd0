// What an answer can begin with: skeletons of letters that ask for words, and questions planned for a ticket like this one.
import { api, type Schemas } from '../../base/api';
import { language } from '../../base/words.svelte';

export type Offered = Schemas['LexiconOffered'];
export type Framework = Schemas['LexiconOfferedFramework'];
type Paragraph = Framework['paragraphs'][number];

export const offer = (ticket: string) => api('get', '/lexicon/offer', { query: { ticket, locale: language() } });

const plain = (s = '') => s.replace(/[&<>]/g, (c) => `&#${c.charCodeAt(0)};`);

/** A paragraph as it stands in a draft: its words, and a place to fill in between signs no keyboard has. */
function paragraph({ open = '', prompt, end = '' }: Paragraph): string {
  const line = open.endsWith('\n');
  return `<p>${plain(open.trimEnd())}${line ? '<br>' : open ? ' ' : ''}⟦${plain(prompt)}⟧${/^[\p{L}\p{N}]/u.test(end) ? ' ' : ''}${plain(end)}</p>`;
}

/** A framework as paragraphs of a draft. */
export const skeleton = (f: Pick<Framework, 'paragraphs'>): string => f.paragraphs.map(paragraph).join('');

/** A question as words of a draft; apart from what stands before them. */
export const asked = (ask: string, before: string): string => (/\S$/.test(before) ? ' ' : '') + plain(ask);
