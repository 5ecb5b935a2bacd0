// What somebody is writing in a ticket: kept on the server as it grows, and sent from there when its moment has come.
import { Fault, api } from '../../base/api';
import { complain, why } from '../../base/toast.svelte';
import { t } from '../../base/words.svelte';
import type { Component } from 'svelte';
import type { Caught, Draft, Party } from './api';

export type Upload = { sha256: string; name: string; size: number; content_id?: string };
/** What an answer promises, seen to by whoever keeps promises: taken when the answer leaves, shown until then, and fit to be promised. */
export type Promising = { take: (p: Caught, w: Writing) => Promise<boolean>; fit: () => Promise<boolean>; Promises: Component<{ draft: Writing }> };
export type Then = 'open' | 'pending' | 'on_hold' | 'resolved';

/** How long an answer can be taken back. */
export const undoSeconds = 8;

export class Writing {
  kind = $state<'reply' | 'note'>('reply');
  html = $state('');
  text = $state('');
  to = $state.raw<Party[] | undefined>(); // as somebody changed it; undefined for everybody
  cc = $state.raw<Party[] | undefined>();
  files = $state.raw<Upload[]>([]);
  mentions = $state.raw<string[]>([]);
  /** The version of the ticket that was read before writing began, or when a colleague's answer was acknowledged. */
  seen = $state(0);
  /** What the lexicon found and somebody left as it is. */
  readonly left = new Set<string>();
  /** What it promises when it leaves, in words; an answer that promises something stays a draft also while it has none. */
  promises = $state.raw<string[]>([]);
  state = $state<'draft' | 'leaving' | 'held'>('draft');
  leavesAt = $state<string | undefined>();
  trouble = $state('');
  /** It has words that the company stops: they are to be mended, or it leaves with a reason. */
  stopped = $state(false);
  then: Then | undefined; // where the ticket was to stand when it was last sent
  saved = $state<'no' | 'saving' | 'yes' | 'failed'>('no');
  loaded = $state(false);
  /** Counts up when the words were changed from outside, so that the editor shows them. */
  turn = $state(0);

  #timer: ReturnType<typeof setTimeout> | undefined;
  #saving: Promise<void> | undefined;
  #dirty = false;
  #edits = 0;
  #chosen: 'reply' | 'note' | undefined; // before the server's draft was here: a note that was begun stays one

  constructor(readonly ticket: string) {}

  get empty() { return !this.text.trim() && !this.files.length; }

  /** Reads what the server keeps; what somebody wrote meanwhile is newer. */
  async load(): Promise<void> {
    const edits = this.#edits;
    try {
      const d = await api('get', '/tickets/{id}/draft', { path: { id: this.ticket } });
      if (edits !== this.#edits) return;
      const kind = this.#chosen;
      this.take(d);
      if (kind) this.kind = kind;
    } catch (e) {
      if (e instanceof Fault && e.kind === 'offline') return;
      complain(e);
    } finally {
      this.loaded = true;
      this.#chosen = undefined;
    }
  }

  take(d: Draft) {
    if (d.html || d.text) this.kind = d.kind === 'note' ? 'note' : 'reply';
    else {
      this.left.clear();
      this.promises = [];
    }
    this.html = d.html || (d.text ? d.text.split('\n').map((l) => `<p>${l.replace(/[&<>]/g, (c) => `&#${c.charCodeAt(0)};`)}</p>`).join('') : '');
    this.text = d.text ?? '';
    this.to = d.to?.length ? d.to : undefined;
    this.cc = d.cc?.length ? d.cc : undefined;
    this.files = (d.attachments ?? []) as Upload[];
    this.mentions = d.mentions ?? [];
    this.seen = d.seen ?? 0;
    this.state = d.state ?? 'draft';
    this.leavesAt = d.leaves_at;
    this.trouble = d.trouble ? t('base.fault.' + d.trouble_code, {}, d.trouble) : '';
    this.stopped = d.trouble_code === 'answer.stop';
    this.turn++;
  }

  /** Begins an answer or a note; what was written goes along. */
  begin(kind: 'reply' | 'note') {
    if (this.kind !== kind && !this.empty) this.changed();
    this.kind = kind;
    if (!this.loaded) this.#chosen = kind;
  }

  /** Notes a change, and keeps it in a moment. */
  changed() {
    this.#dirty = true;
    this.#edits++;
    if (this.state === 'held') this.state = 'draft';
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.save().catch(() => {}), 700);
  }

  /** Keeps what was written; resolves when the server has it. */
  async save(): Promise<void> {
    clearTimeout(this.#timer);
    while (this.#saving) await this.#saving;
    if (!this.#dirty) return;
    this.#dirty = false;
    this.saved = 'saving';
    this.#saving = (async () => {
      const path = { id: this.ticket };
      if (this.empty && !this.promises.length) await api('delete', '/tickets/{id}/draft', { path });
      else await api('put', '/tickets/{id}/draft', { path, body: { kind: this.kind, html: this.html, text: this.text, to: this.kind === 'reply' ? this.to : undefined, cc: this.kind === 'reply' ? this.cc : undefined, attachments: this.files, mentions: this.kind === 'note' ? this.mentions : undefined, seen: this.seen } });
    })();
    try {
      await this.#saving;
      this.saved = 'yes';
    } catch (e) {
      this.#dirty = true;
      this.saved = 'failed';
      this.#timer = setTimeout(() => void this.save().catch(() => {}), 5000);
      throw e;
    } finally {
      this.#saving = undefined;
    }
  }

  /** Sends it: the server waits some seconds in which it can be taken back. */
  async send(then?: Then, override?: string): Promise<boolean> {
    this.then = then;
    try {
      this.#dirty = true;
      await this.save();
      const d = await api('post', '/tickets/{id}/draft/send', { path: { id: this.ticket }, body: { in: this.kind === 'note' ? 0 : undoSeconds, then, override } });
      this.state = 'leaving';
      this.leavesAt = d.leaves_at;
      this.stopped = false;
      return true;
    } catch (e) {
      this.state = 'held';
      this.trouble = why(e);
      this.stopped = e instanceof Fault && e.code === 'answer.stop';
      return false;
    }
  }

  /** Takes it back before it has left; false when it is too late. */
  async takeBack(): Promise<boolean> {
    try {
      this.take(await api('delete', '/tickets/{id}/draft/send', { path: { id: this.ticket } }));
      return true;
    } catch (e) {
      complain(e);
      return false;
    }
  }

  /** Begins anew, after it has left. */
  clear() {
    clearTimeout(this.#timer);
    this.#dirty = false;
    this.html = this.text = this.trouble = '';
    this.files = [];
    this.mentions = [];
    this.promises = [];
    this.left.clear();
    this.to = this.cc = undefined;
    this.stopped = false;
    this.state = 'draft';
    this.leavesAt = undefined;
    this.saved = 'no';
    this.kind = 'reply';
    this.seen = 0;
    this.turn++;
  }

  /** Drops what was written. */
  async drop(): Promise<void> {
    const path = { id: this.ticket };
    this.clear();
    await api('delete', '/tickets/{id}/draft', { path }).catch(complain);
  }
}

const desk = new Map<string, Writing>();

/** What is being written in a ticket: the same thing for as long as the workspace is open. */
export function writing(ticket: string): Writing {
  let w = desk.get(ticket);
  if (!w) {
    desk.set(ticket, (w = new Writing(ticket)));
    void w.load();
  }
  return w;
}

export function forget() {
  desk.clear();
}
