// Words looked over while an answer is written: what the lexicon says of it, a moment after the last key.
import type { Hint, Hints, Look } from '../../kit/hints';
import type { Spoken } from '../../kit/spoken';
import { lookOver, type Caught, type Finding } from './api';

/** A finding, named by its rule and the words it is about: so it is left, wherever they are. */
export type Said = Finding & { name: string };
/** Words that must not leave, as somebody is shown them. */
export type Stop = { phrase: string; why: string; better?: string };
export type Marks = Pick<Hints<Said>, 'read' | 'show' | 'busy'>;
export type Draft = { readonly ticket: string; readonly left: Set<string> };

const looks: Record<string, Look> = { stop: 'bad', warn: 'warn' };

/** Better words as they go in at a place: with a capital where a sentence begins. */
export const fitting = (words: string, text: string, start: number) =>
  /(^|\n)\s*$|[.!?…]["'”’»)]*\s+$/.test(text.slice(0, start)) ? words.replace(/^\p{Ll}/u, (c) => c.toUpperCase()) : words;

const named = (p: Caught) => `promise ${p.kind} ${p.text.toLowerCase()}`;

export class Looking {
  /** What is missing as a whole, so it has no place. */
  missing = $state.raw<Said[]>([]);
  /** What it promises, and nobody has taken or left yet. */
  promised = $state.raw<Caught[]>([]);
  /** How high the customer's feelings run: 0 calm to 3. */
  heat = $state(0);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asking = false;
  #again = false;
  #failed = false;
  #over = false;

  constructor(
    readonly marks: Marks,
    readonly draft: () => Draft,
    readonly wait = 400,
  ) {}

  /** Looks again a moment after the last change. */
  changed() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.look(), this.wait);
  }

  /** One question at a time: what changed meanwhile is asked next, and the older answer is not shown. */
  async look(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#over) return;
    if (this.#asking) return void (this.#again = true);
    const said = this.marks.read();
    const { ticket } = this.draft();
    if (!said.text.trim()) return this.#show([], [], said);
    this.#asking = true;
    try {
      const { findings, promises, heat } = await lookOver(said.text, ticket);
      this.#failed = false;
      if (this.#over) return;
      if (this.marks.busy) this.changed();
      else if (ticket === this.draft().ticket && said.text === this.marks.read().text) {
        this.heat = heat;
        this.#show(findings, promises, this.marks.read());
      }
    } catch {
      // The marks are a help: without them everything goes on. It is tried once more, then when something changes.
      if (!this.#failed && !this.#over) this.#timer = setTimeout(() => void this.look(), 10 * this.wait);
      this.#failed = true;
    } finally {
      this.#asking = false;
      if (this.#again) {
        this.#again = false;
        void this.look();
      }
    }
  }

  #show(findings: Finding[], promises: Caught[], said: Spoken) {
    const { left } = this.draft();
    this.promised = promises.filter((p) => !left.has(named(p)));
    const all = findings.map((f): Said => ({ ...f, name: `${f.rule} ${said.text.slice(f.start, f.end).toLowerCase()}`, better: f.better.map((b) => fitting(b, said.text, f.start)) })).filter((f) => f.severity === 'stop' || !left.has(f.name));
    this.missing = all.filter((f) => !f.end);
    this.marks.show(all.flatMap((f) => {
      const r = f.end ? said.range(f.start, f.end) : undefined;
      return r ? [{ ...r, of: f, look: looks[f.severity] ?? 'note' }] : [];
    }));
  }

  /** Leaves a finding as it is, for as long as this is written. */
  leave(f: Said, places: Hint<Said>[]) {
    this.draft().left.add(f.name);
    this.missing = this.missing.filter((m) => m.name !== f.name);
    this.marks.show(places.filter((h) => h.of.name !== f.name).map((h) => ({ ...h, look: looks[h.of.severity] ?? 'note' })));
  }

  /** A promise was taken, or is none: it is not offered again while this is written. */
  settle(p: Caught) {
    this.draft().left.add(named(p));
    this.promised = this.promised.filter((q) => named(q) !== named(p));
  }

  end() {
    this.#over = true;
    clearTimeout(this.#timer);
    this.marks.show([]);
  }
}
