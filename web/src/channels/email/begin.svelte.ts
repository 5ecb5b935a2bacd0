// How far a house has come: what the server knows of it, and nothing else.
import { hear } from '../../base/live.svelte';
import { health, mailboxes, tickets, type Health, type Mailbox, type Ticket } from './api';

export class Beginning {
  boxes = $state.raw<Mailbox[] | undefined>();
  health = $state.raw<Health[]>([]);
  newest = $state.raw<Ticket | undefined>(); // that came by mail
  answered = $state(false);
  fault = $state.raw<unknown>();

  /** The mailbox it is about: the one that was connected last. */
  box = $derived(this.boxes?.findLast((b) => !b.paused) ?? this.boxes?.at(-1));
  step = $derived(!this.boxes?.length ? 1 : !this.newest ? 2 : !this.answered ? 3 : 4);

  async read(): Promise<void> {
    try {
      const [boxes, folders, some] = await Promise.all([mailboxes(), health(), tickets({ limit: 50 })]);
      this.boxes = boxes;
      this.health = folders;
      this.newest = some.find((x) => x.mailbox && boxes.some((b) => b.id === x.mailbox));
      this.answered = some.some((x) => x.answered_at);
      this.fault = undefined;
    } catch (e) {
      this.fault = e;
    }
  }

  /** Follows the journal; while the first mail is waited for, also how reading goes. */
  follow(): () => void {
    let due: ReturnType<typeof setTimeout> | undefined;
    const stop = hear((e) => {
      if (/^(mail\.(connected|disconnected|settled|alarmed)|tickets\.)/.test(e.kind)) due ??= setTimeout(() => { due = undefined; void this.read(); }, 150);
    });
    const look = setInterval(() => { if (this.step === 2) void health().then((h) => (this.health = h), () => {}); }, 5000);
    return () => { stop(); clearTimeout(due); clearInterval(look); };
  }
}
