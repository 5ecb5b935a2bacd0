// Pictures and voice notes: made small and free of where they were taken on the device itself, and kept there until the server
// has them.

export type Picked = { id: string; name: string; voice: boolean; blob: Blob };

const largest = 2000; // px of the longer side
export const most = 6;

/** How large a picture is kept. */
export function fit(width: number, height: number, side = largest): { width: number; height: number } {
  const by = Math.min(1, side / Math.max(width, height, 1));
  return { width: Math.max(1, Math.round(width * by)), height: Math.max(1, Math.round(height * by)) };
}

/** Draws a picture anew: at most 2000 px, as JPEG, without anything the camera wrote into it. Throws when it can't be read. */
export async function shrink(file: Blob): Promise<Blob> {
  const image = await createImageBitmap(file, { imageOrientation: 'from-image' });
  const canvas = Object.assign(document.createElement('canvas'), fit(image.width, image.height));
  const draw = canvas.getContext('2d')!;
  draw.fillStyle = '#fff'; // what is transparent would be black
  draw.fillRect(0, 0, canvas.width, canvas.height);
  draw.drawImage(image, 0, 0, canvas.width, canvas.height);
  image.close();
  return new Promise((ok, no) => canvas.toBlob((b) => (b ? ok(b) : no(new Error('unreadable'))), 'image/jpeg', 0.85));
}

const spare = new Map<string, Blob>(); // where the browser keeps nothing, as long as the page is open
let opening: Promise<IDBDatabase> | undefined;

function shelf(): Promise<IDBDatabase> {
  return (opening ??= new Promise((ok, no) => {
    const r = indexedDB.open('hearth.told', 1);
    r.onupgradeneeded = () => { r.result.createObjectStore('files'); };
    r.onsuccess = () => ok(r.result);
    r.onerror = () => { opening = undefined; no(r.error); };
  }));
}

async function on<T>(mode: IDBTransactionMode, act: (s: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const tx = (await shelf()).transaction('files', mode);
  const r = act(tx.objectStore('files'));
  return new Promise((ok, no) => {
    tx.oncomplete = () => ok(r.result);
    tx.onabort = tx.onerror = () => no(tx.error);
  });
}

/** Keeps a file on this device. */
export async function put(id: string, blob: Blob): Promise<void> {
  try {
    await on('readwrite', (s) => s.put(blob, id));
  } catch {
    spare.set(id, blob);
  }
}

/** A file that is kept here; undefined when the device has let it go. */
export async function get(id: string): Promise<Blob | undefined> {
  if (spare.has(id)) return spare.get(id);
  return on('readonly', (s) => s.get(id) as IDBRequest<Blob | undefined>).catch(() => undefined);
}

export async function drop(id: string): Promise<void> {
  spare.delete(id);
  await on('readwrite', (s) => s.delete(id)).catch(() => {});
}
