// Frameworks and planned questions: what is asked of the server, and how they are written in settings.
import { api, type Asked, type Schemas } from '../../base/api';

export type Framework = Schemas['LexiconListedFramework'];
export type Question = Schemas['LexiconListedQuestion'];
export type Proposal = Schemas['AskedProposal'];
export type Finding = Schemas['LexiconFinding'];
export type When = NonNullable<Framework['when']>;
type Paragraph = Framework['paragraphs'][number];
export type FrameworkBody = NonNullable<Asked<'put', '/lexicon/{language}/frameworks/{framework}'>['body']>;
export type QuestionBody = NonNullable<Asked<'put', '/lexicon/{language}/questions/{question}'>['body']>;
export type TryBody = NonNullable<Asked<'post', '/lexicon/{language}/frameworks'>['body']>;

export const frameworks = (language: string) => api('get', '/lexicon/{language}/frameworks', { path: { language } }).then((p) => p.items);
export const setFramework = (language: string, framework: string, body: FrameworkBody) => api('put', '/lexicon/{language}/frameworks/{framework}', { path: { language, framework }, body });
export const removeFramework = (language: string, framework: string) => api('delete', '/lexicon/{language}/frameworks/{framework}', { path: { language, framework } });
export const tryFramework = (language: string, body: TryBody) => api('post', '/lexicon/{language}/frameworks', { path: { language }, body });
export const proposed = (language: string) => api('get', '/messages/questions', { query: { language } }).then((p) => p.items);
export const decline = (language: string, ask: string) => api('post', '/lexicon/{language}/questions/declined', { path: { language }, body: { ask } });
export const reconsider = (language: string, id: string) => api('delete', '/lexicon/{language}/questions/declined/{id}', { path: { language, id } });
export const questions = (language: string) => api('get', '/lexicon/{language}/questions', { path: { language } }).then((p) => p.items);
export const setQuestion = (language: string, question: string, body: QuestionBody) => api('put', '/lexicon/{language}/questions/{question}', { path: { language, question }, body });
export const removeQuestion = (language: string, question: string) => api('delete', '/lexicon/{language}/questions/{question}', { path: { language, question } });

/** Paragraphs as they are written in settings: what the writer is asked for stands in square brackets, between empty lines. */
export const written = (some: readonly Paragraph[]): string => some.map(({ open = '', prompt, end = '' }) => `${open}${open && !/\s$/.test(open) ? ' ' : ''}[${prompt}]${/^[\p{L}\p{N}]/u.test(end) ? ' ' : ''}${end}`).join('\n\n');

/** Reads them again; a paragraph without brackets asks for nothing, which the server refuses in words. */
export function paragraphs(text: string): Paragraph[] {
  return text.split(/\n\s*\n/).map((p) => p.trim()).filter(Boolean).map((p) => {
    const m = /^([^[\]]*)\[([^[\]]*)\]([^[\]]*)$/.exec(p);
    if (!m) return { open: p, prompt: '' };
    const open = m[1].replace(/[ \t]+$/, '');
    return { ...(open && { open }), prompt: m[2].trim(), ...(m[3].trim() && { end: m[3].trim() }) };
  });
}

const list = (s: string) => s.split(/[,;\n]/).map((x) => x.trim()).filter(Boolean);
const lines = (s: string) => s.split('\n').map((x) => x.trim()).filter(Boolean);
export type Fits = { types: string; tags: string; words: string; channels: string; brands: string };
export const fitsOf = (w: When = {}): Fits => ({ types: (w.types ?? []).join(', '), tags: (w.tags ?? []).join(', '), words: (w.words ?? []).join('\n'), channels: (w.channels ?? []).join(', '), brands: (w.brands ?? []).join(', ') });
export function whenOf(f: Fits): When {
  const all = { types: list(f.types), tags: list(f.tags), words: lines(f.words), channels: list(f.channels), brands: list(f.brands) };
  return Object.fromEntries(Object.entries(all).filter(([, v]) => v.length));
}

/** What a trade is called: the starter's in the language of the page, one's own as the rules name it. */
export const tradeName = (key: string, word: (of: string, key: string) => string): string => word('lexicon.trades', key);
