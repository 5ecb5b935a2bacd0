// What becomes of a form: it is on its way, or was refused, as a whole or in some of its fields.
import { tick } from 'svelte';
import { Fault } from './api';
import { why } from './toast.svelte';

/** Goes to the first field that is wrong, or to the words that say so. */
async function show() {
  await tick();
  const field = document.querySelector<HTMLElement>('[aria-invalid=true]');
  field?.focus({ preventScroll: true });
  (field ?? document.querySelector('[role=alert]'))?.scrollIntoView({ block: 'center' });
}

export class Form {
  busy = $state(false);
  /** What is wrong with the whole. */
  wrong = $state('');
  /** What is wrong with a field that the form shows. */
  fields = $state.raw<Record<string, string>>({});

  constructor(readonly shown: readonly string[] = []) {}

  clear() {
    this.wrong = '';
    this.fields = {};
  }

  /** Carries out what the form is for; true when it was. One that is on its way is not sent again. */
  async carry(what: () => Promise<unknown>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.clear();
    try {
      await what();
      return true;
    } catch (e) {
      this.refused(e);
      return false;
    } finally {
      this.busy = false;
      if (Object.keys(this.fields).length) void show();
    }
  }

  /** Says what is missing before anything is sent; true when nothing is. */
  complete(missing: Record<string, string>): boolean {
    this.clear();
    this.fields = missing;
    if (!Object.keys(missing).length) return true;
    void show();
    return false;
  }

  /** Puts what was refused where it is seen: beside its field, or below the form when it has none. */
  refused(e: unknown) {
    const all = Object.entries(e instanceof Fault ? e.fields : {}).map(([k, v]) => [k, v === (e as Fault).detail ? why(e) : v]); // what is wrong with one field is the whole fault
    const here = all.filter(([k]) => this.shown.includes(k));
    this.fields = Object.fromEntries(here);
    const rest = all.filter(([k]) => !this.shown.includes(k)).map(([, v]) => v);
    this.wrong = all.length ? [...new Set(rest)].join(' ') : why(e);
  }
}
