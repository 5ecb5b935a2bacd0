// What was written down where there is no net: kept on the device for whoever wrote it, and sent under the same name until the
// server has it, so it arrives once. The words are in one place, the pictures and voice notes beside them in another.
import { Fault, fresh, send, type Schemas } from '../../base/api';
import { house } from '../../base/house.svelte';
import { drop as dropFile, get, put, type Picked } from './files';

export type Told = Schemas['TellTold'];
export type Became = Schemas['TellBecame'];
type Named = { id: string; name: string; voice: boolean };
export type Kept = { key: string; at: string; told: Told; files?: Named[] };
const shelf = () => `hearth.told.${house.me?.id ?? ''}`; // a colleague at the same device sends it in no other name

export function kept(): Kept[] {
  try {
    return JSON.parse(localStorage.getItem(shelf()) ?? '[]');
  } catch {
    return [];
  }
}

const keep = (all: Kept[]) => localStorage.setItem(shelf(), JSON.stringify(all));

/** Hands in a file; the same one is the same however often it comes. */
async function upload(f: Named): Promise<Schemas['TellAttached'] | undefined> {
  const blob = await get(f.id);
  if (!blob) return undefined; // the device let it go; the words go without it
  const res = await send('POST', `/tell/files${f.voice ? '?voice=true' : ''}`, blob, { 'Content-Type': 'application/octet-stream' });
  const { sha256 } = (await res.json()) as Schemas['TellUpload'];
  return { sha256, name: f.name, ...(f.voice && { voice: true }) };
}

async function hand(k: Kept): Promise<Became> {
  const files: Schemas['TellAttached'][] = [];
  for (const f of k.files ?? []) {
    const a = await upload(f);
    if (a) files.push(a);
  }
  const { internal: _, ...told } = k.told as Told & { internal?: boolean }; // written down by a version before
  const res = await send('POST', '/tell', JSON.stringify({ ...told, ...(files.length && { files }) }), { 'Content-Type': 'application/json', 'Idempotency-Key': k.key });
  return res.json();
}

const going = new Set<string>(); // on their way: a second run would find the files of one gone, and send it without them

/** Tells it, instead of one that was refused where there is one; undefined when it is kept here for later. Any other fault is
 * thrown: then nothing is kept, but what it was told instead of stays on the shelf as it is now, for nobody has these words but
 * us. */
export async function tell(told: Told, files: Picked[] = [], instead?: Kept): Promise<Became | undefined> {
  for (const f of files) await put(f.id, f.blob);
  const k: Kept = { key: fresh(), at: new Date().toISOString(), told, ...(files.length && { files: files.map(({ id, name, voice }) => ({ id, name, voice })) }) };
  going.add(k.key);
  try {
    keep([...kept().filter((o) => o.key !== instead?.key), k]); // before it is sent: the battery may be empty in a moment
    for (const f of instead?.files ?? []) if (!files.some((o) => o.id === f.id)) void dropFile(f.id);
    const c = await hand(k);
    drop(k);
    return c;
  } catch (e) {
    if (waits(e)) return undefined;
    if (instead) Object.assign(instead, { files: undefined }, k);
    else drop(k);
    throw e;
  } finally {
    going.delete(k.key);
  }
}

/** Takes one off the shelf, with what came along. */
export function drop(k: Kept) {
  keep(kept().filter((o) => o.key !== k.key));
  for (const f of k.files ?? []) void dropFile(f.id);
}

/** What came along with one, to go on with. */
export async function picked(k: Kept): Promise<Picked[]> {
  const found: Picked[] = [];
  for (const f of k.files ?? []) {
    const blob = await get(f.id);
    if (blob) found.push({ ...f, blob });
  }
  return found;
}

// An answer that was cut may have been a yes: it is asked for again under the same name.
const waits = (e: unknown) => !(e instanceof Fault) || e.kind === 'offline' || e.kind === 'internal' || [401, 408, 429].includes(e.status);
const done = (e: unknown) => e instanceof Fault && e.code === 'request.repeated';

/** Sends what was kept, the oldest first, but not what is being mended: how many the server has now, and the first that it
 * refused, with why. That one stays until the server has it or somebody throws it away, for nobody has these words but us. */
export async function catchUp(mending?: Kept): Promise<{ sent: number; refused?: { kept: Kept; why: unknown } }> {
  let sent = 0;
  let refused: { kept: Kept; why: unknown } | undefined;
  for (const k of kept()) {
    if (k.key === mending?.key || going.has(k.key) || !kept().some((o) => o.key === k.key)) continue; // another run has it, or has sent it meanwhile
    going.add(k.key);
    try {
      await hand(k);
    } catch (e) {
      if (waits(e)) break;
      if (!done(e)) {
        refused ??= { kept: k, why: e };
        continue;
      }
    } finally {
      going.delete(k.key);
    }
    drop(k);
    sent++;
  }
  return { sent, refused };
}
