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

const drop = (k: Kept) => keep(kept().filter((o) => o.key !== k.key));
const waits = (e: unknown) => e instanceof Fault && (e.kind === 'offline' || e.kind === 'internal' || e.status === 401 || e.status === 429);

/** Sends what was kept, the oldest first; how many the server has now, and what it refused, with why. */
export async function catchUp(): Promise<{ sent: number; refused: { kept: Kept; why: unknown }[] }> {
  let sent = 0;
  const refused: { kept: Kept; why: unknown }[] = [];
  for (const k of kept()) {
    try {
      await hand(k);
      drop(k);
      sent++;
    } catch (e) {
      if (waits(e)) break;
      drop(k);
      refused.push({ kept: k, why: e });
    }
  }
  return { sent, refused };
}
