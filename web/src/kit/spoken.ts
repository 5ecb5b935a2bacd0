// What a document says, as plain text, and where in the document each letter of it stands.
import type { Node } from '@tiptap/pm/model';

type Run = { start: number; end: number; pos: number; size: number }; // letters of the text, and their place in the document

export type Spoken = {
  text: string; // a line for each block, in UTF-16 units as the document itself counts
  range: (start: number, end: number) => { from: number; to: number } | undefined;
};

/** Reads a document: blocks and breaks end a line; what has no letters (a picture) is one sign. */
export function spoken(doc: Node): Spoken {
  const runs: Run[] = [];
  let text = '';
  let first = true;
  const add = (letters: string, pos: number, size: number) => {
    runs.push({ start: text.length, end: text.length + letters.length, pos, size });
    text += letters;
  };
  doc.descendants((node, pos, parent, index) => {
    if (node.isTextblock) {
      if (!first) text += '\n';
      first = false;
    } else if (node.isText) add(node.text!, pos, node.nodeSize);
    else if (node.isInline) {
      add(node.type.spec.toText?.({ node, pos, parent, index }) || '\uFFFC', pos, node.nodeSize); // as TipTap itself says it
      return false;
    }
  });
  return {
    text,
    range(start, end) {
      const a = runs.find((r) => r.end > start); // what begins at the end of a line begins with the next
      const b = runs.findLast((r) => r.start < end);
      if (!a || !b || end <= start) return;
      // A thing of another length than its letters is in or out as a whole.
      const from = a.pos + (a.size === a.end - a.start ? Math.max(0, start - a.start) : 0);
      const to = b.pos + (b.size === b.end - b.start ? Math.min(b.size, end - b.start) : b.size);
      return from < to ? { from, to } : undefined;
    },
  };
}
