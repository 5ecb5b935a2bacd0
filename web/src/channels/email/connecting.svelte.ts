// A mailbox being connected: what was typed, what was found out, and what came of trying it.
import { Fault } from '../../base/api';
import { why } from '../../base/toast.svelte';
import { t } from '../../base/words.svelte';
import { attempt, connect, guess, type Attempt, type Connect, type Mailbox, type OAuth, type Settings, type Trial } from './api';
import { empty, exposed, read, write, type Kind, type Server } from './servers';

export const plausible = (address: string) => /^[^\s@]+@[^\s@]+\.[^\s@.]+$/.test(address.trim());
export const noOAuth = (): OAuth => ({ refresh_token: '', client_id: '', client_secret: '', token_url: '' });
export const consent = (o: OAuth): OAuth | undefined => (o.refresh_token && o.client_id && o.token_url ? { ...o, client_secret: o.client_secret || undefined } : undefined);
/** Whether signing in worked wherever it was tried. */
export const works = (x: Trial | undefined) => !!x && (x.imap ?? 'ok') === 'ok' && (x.smtp ?? 'ok') === 'ok';

export class Connecting {
  address = $state('');
  password = $state('');
  name = $state('');
  team = $state('');
  way = $state<'servers' | 'handed'>('servers');
  imap = $state<Server>(empty('imap'));
  smtp = $state<Server>(empty('smtp'));
  oauth = $state<OAuth>(noOAuth());
  found = $state.raw<Settings | undefined>();
  busy = $state<'guess' | 'try' | 'connect' | ''>('');
  unfolded = $state(false); // the servers
  wrong = $state('');
  fields = $state.raw<Record<string, string>>({});

  #trial = $state.raw<Trial | undefined>();
  #tried = $state('');
  #asked = ''; // the address that was looked up
  #looking: Promise<void> | undefined;

  /** What came of trying exactly what is written now. */
  trial = $derived(this.#tried === JSON.stringify(this.#attempt()) ? this.#trial : undefined);
  /** What somebody has to write before anything can be tried. */
  complete = $derived(plausible(this.address) && (this.way === 'handed' || !!this.password || !!consent(this.oauth)));

  #attempt(): Attempt {
    const imap = this.way === 'servers' ? write('imap', this.imap) : '';
    const bare = exposed(this.smtp) || (!!imap && exposed(this.imap));
    return { address: this.address.trim(), imap: imap || undefined, smtp: write('smtp', this.smtp) || undefined, password: this.password || undefined, oauth: consent(this.oauth), options: bare ? { allow_plaintext: true } : undefined };
  }

  /** Finds out the servers from the address, unless they were written by hand. */
  look(): Promise<void> {
    const address = this.address.trim();
    if (!plausible(address) || address === this.#asked) return this.#looking ?? Promise.resolve();
    this.#asked = address;
    const mine = (async () => {
      this.busy = 'guess';
      try {
        const s = await guess(address);
        if (this.#asked !== address) return;
        this.found = s;
        this.imap = { ...read('imap', s.imap), user: read('imap', s.imap).user || address };
        this.smtp = { ...read('smtp', s.smtp), user: read('smtp', s.smtp).user || address };
        this.fields = {};
        if (!s.imap && !s.smtp) this.unfolded = true;
      } catch (e) {
        if (this.#asked !== address) return;
        this.#asked = '';
        this.found = undefined;
        this.unfolded = true;
        this.#fault(e);
      } finally {
        if (this.#asked === address || !this.#asked) this.busy = '';
      }
    })();
    this.#looking = mine;
    return mine;
  }

  /** Changes a server by hand. */
  set(kind: Kind, s: Server) {
    this[kind] = s;
  }

  #fault(e: unknown) {
    this.fields = e instanceof Fault ? e.fields : {};
    const own = ['address', 'imap', 'smtp', 'password', 'name'];
    this.wrong = Object.keys(this.fields).some((f) => own.includes(f)) ? '' : why(e);
    if (this.fields.imap || this.fields.smtp) this.unfolded = true;
  }

  /** Signs in to the servers; nothing is kept. */
  async test(): Promise<boolean> {
    this.wrong = '';
    this.fields = {};
    if (this.way === 'servers') await this.look();
    const a = this.#attempt();
    if (this.way === 'servers' && !a.imap) {
      this.unfolded = true;
      this.wrong ||= t('boxes.no_servers');
      return false;
    }
    if (!a.imap && !a.smtp) return true;
    this.busy = 'try';
    try {
      const r = await attempt(a);
      this.#trial = r;
      this.#tried = JSON.stringify(a);
      return works(r);
    } catch (e) {
      this.#fault(e);
      return false;
    } finally {
      this.busy = '';
    }
  }

  /** Connects the mailbox once signing in works, or anyway. */
  async connect(anyway = false): Promise<Mailbox | undefined> {
    if (!anyway && !works(this.trial) && !(await this.test())) return undefined;
    this.wrong = '';
    this.fields = {};
    this.busy = 'connect';
    const body: Connect = { ...this.#attempt(), name: this.name.trim() || undefined, team: this.team || undefined };
    try {
      return await connect(body);
    } catch (e) {
      this.#fault(e);
      return undefined;
    } finally {
      this.busy = '';
    }
  }
}
