// What was written down where there is no net: kept on the device for whoever wrote it, and sent under the same name until the
// server has it, so it arrives once.
import { Fault, fresh, send, type Schemas } from '../../base/api';
import { house } from '../../base/house.svelte';

export type Told = Schemas['RecoveryTold'];
export type Kept = { key: string; at: string; told: Told };
const shelf = () => `hearth.told.${house.me?.id ?? ''}`; // a colleague at the same device sends it in no other name

export function kept(): Kept[] {
  try {
    return JSON.parse(localStorage.getItem(shelf()) ?? '[]');
  } catch {
    return [];
  }
}

const keep = (all: Kept[]) => localStorage.setItem(shelf(), JSON.stringify(all));

async function hand(k: Kept): Promise<Schemas['RecoveryWhole']> {
  const res = await send('POST', '/complaints', JSON.stringify(k.told), { 'Content-Type': 'application/json', 'Idempotency-Key': k.key });
  return res.json();
}

/** Tells it; undefined when it is kept here for later. Any other fault is thrown, and nothing is kept. */
export async function tell(told: Told): Promise<Schemas['RecoveryWhole'] | undefined> {
  const k = { key: fresh(), at: new Date().toISOString(), told };
  keep([...kept(), k]); // before it is sent: the battery may be empty in a moment
  try {
    const c = await hand(k);
    drop(k);
    return c;
  } catch (e) {
    if (waits(e)) return undefined;
    drop(k);
    throw e;
  }
}

/** Takes one off the shelf. */
export const drop = (k: Kept) => keep(kept().filter((o) => o.key !== k.key));
// An answer that was cut may have been a yes: it is asked for again under the same name.
const waits = (e: unknown) => !(e instanceof Fault) || e.kind === 'offline' || e.kind === 'internal' || [401, 408, 429].includes(e.status);
const done = (e: unknown) => e instanceof Fault && e.code === 'request.repeated';

/** Sends what was kept, the oldest first: how many the server has now, and the first that it refused, with why. That one stays
 * until it is dropped, for nobody has these words but us. */
export async function catchUp(): Promise<{ sent: number; refused?: { kept: Kept; why: unknown } }> {
  let sent = 0;
  let refused: { kept: Kept; why: unknown } | undefined;
  for (const k of kept()) {
    try {
      await hand(k);
    } catch (e) {
      if (waits(e)) break;
      if (!done(e)) {
        refused ??= { kept: k, why: e };
        continue;
      }
    }
    drop(k);
    sent++;
  }
  return { sent, refused };
}
