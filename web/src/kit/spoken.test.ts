import { getSchema, Node as Kind } from '@tiptap/core';
import { Node } from '@tiptap/pm/model';
import StarterKit from '@tiptap/starter-kit';
import { expect, test } from 'vitest';
import { spoken } from './spoken';

const mention = Kind.create({ name: 'mention', group: 'inline', inline: true, atom: true, addAttributes: () => ({ label: {} }), renderText: ({ node }) => '@' + node.attrs.label, renderHTML: () => ['span'] });
const image = Kind.create({ name: 'image', group: 'inline', inline: true, atom: true, renderHTML: () => ['img'] });
const schema = getSchema([StarterKit, mention, image]);
const p = (...content: unknown[]) => ({ type: 'paragraph', content: content.map((c) => (typeof c === 'string' ? { type: 'text', text: c } : c)) });
const bold = (text: string) => ({ type: 'text', text, marks: [{ type: 'bold' }] });
const doc = (...content: unknown[]) => Node.fromJSON(schema, { type: 'doc', content });
const list = (...items: unknown[]) => ({ type: 'bulletList', content: items.map((content) => ({ type: 'listItem', content })) });
const gap = { type: 'hardBreak' };

/** What stands in the document at the place of some words of its text. */
function found(d: Node, words: string) {
  const s = spoken(d);
  const start = s.text.indexOf(words);
  const r = s.range(start, start + words.length);
  return r && d.textBetween(r.from, r.to, '\n', (n) => n.type.spec.toText?.({ node: n }) ?? '\uFFFC');
}

test.each<[string, Node, string, string[]]>([
  ['paragraphs', doc(p('Hello Ada,'), p('your order left.')), 'Hello Ada,\nyour order left.', ['Hello', 'Ada,', 'your', 'left.', 'Ada,\nyour']],
  ['emphasis in the middle of a word', doc(p('our ', bold('po'), 'licy')), 'our policy', ['policy', 'po', 'licy']],
  ['lists, also in each other', doc(p('Please'), list([p('send it'), list([p('today')])], [p('wait')]), p('Bye')), 'Please\nsend it\ntoday\nwait\nBye', ['send', 'today', 'wait', 'Bye', 'it\ntoday']],
  ['a quotation', doc({ type: 'blockquote', content: [p('you said')] }, p('so')), 'you said\nso', ['said', 'so']],
  ['breaks within a paragraph', doc(p('one', gap, 'two', gap, gap, 'three')), 'one\ntwo\n\nthree', ['one', 'two', 'three', 'one\ntwo']],
  ['empty paragraphs', doc(p(), p('a'), p(), p(), p('b')), '\na\n\n\nb', ['a', 'b']],
  ['letters of two units', doc(p('👩🏽‍🚀 our 🙂 policy'), p('🙂!')), '👩🏽‍🚀 our 🙂 policy\n🙂!', ['our', '🙂', 'policy', '!']],
  ['names and pictures', doc(p('ask ', { type: 'mention', attrs: { label: 'Mara Lind' } }, ' or ', { type: 'image' }, 'now')), 'ask @Mara Lind or \uFFFCnow', ['ask', '@Mara Lind', 'or', 'now', '\uFFFCnow']],
  ['a rule between', doc(p('a'), { type: 'horizontalRule' }, p('b')), 'a\nb', ['a', 'b']],
])('%s are said as they are read', (_, d, text, words) => {
  expect(spoken(d).text).toBe(text);
  for (const w of words) expect(found(d, w)).toBe(w);
});

test('half a name is the whole name', () => {
  expect(found(doc(p('ask ', { type: 'mention', attrs: { label: 'Mara Lind' } }, '!')), 'Lind')).toBe('@Mara Lind');
});

test('what has no place has none', () => {
  const s = spoken(doc(p('a'), p(), p('b')));
  expect([s.range(0, 0), s.range(1, 2), s.range(9, 12), s.range(2, 1)]).toEqual([undefined, undefined, undefined, undefined]);
  expect(s.range(3, 99)).toEqual({ from: 6, to: 7 });
  expect(spoken(doc(p())).range(0, 1)).toBeUndefined();
});
