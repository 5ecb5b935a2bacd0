import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { fit } from './files';
import { catchUp, kept, picked, tell } from './tell';

let answers: (number | 'away' | 'cut')[] = [];
let asked: { key: string; what: string; files?: { sha256: string; name: string; voice?: boolean }[] }[] = [];
let uploads: (string | 'away')[] = [];

beforeEach(() => {
  localStorage.clear();
  [answers, asked, uploads] = [[], [], []];
  vi.stubGlobal('fetch', async (at: string, init: RequestInit) => {
    if (at.startsWith('/api/v1/tell/files')) {
      if (uploads.shift() === 'away') throw new TypeError('Failed to fetch');
      const bytes = await (init.body as Blob).text();
      return new Response(JSON.stringify({ sha256: `sha of ${bytes}`, size: bytes.length, type: at.endsWith('voice=true') ? 'audio/webm' : 'image/jpeg' }), { status: 201 });
    }
    const a = answers.shift() ?? 201;
    const { what, files } = JSON.parse(String(init.body));
    asked.push({ key: (init.headers as Record<string, string>)['Idempotency-Key'], what, files });
    if (a === 'away') throw new TypeError('Failed to fetch');
    if (a === 'cut') return new Response('{"id":"ca', { status: 201 });
    if (a === 409) return new Response(JSON.stringify({ kind: 'conflict', code: 'request.repeated', detail: 'This was done already.' }), { status: 409 });
    return new Response(JSON.stringify(a < 300 ? { id: 'cap_1' } : { kind: 'invalid', code: 'complaint.empty', detail: 'Write what happened.' }), { status: a });
  });
});
afterEach(() => vi.unstubAllGlobals());

test('what is told without a net is kept, and sent once under the same name', async () => {
  answers = ['away', 'away', 201, 201];
  expect(await tell({ what: 'The lift stands still.' })).toBeUndefined();
  expect(kept().length).toBe(1);
  expect(await catchUp()).toEqual({ sent: 0, refused: undefined });
  expect((await tell({ what: 'The tap drips.' }))?.id).toBe('cap_1');
  expect(kept().map((k) => k.told.what)).toEqual(['The lift stands still.']);
  expect(await catchUp()).toEqual({ sent: 1, refused: undefined });
  expect(kept()).toEqual([]);
  expect(asked.map((a) => a.what)).toEqual(['The lift stands still.', 'The lift stands still.', 'The tap drips.', 'The lift stands still.']);
  expect(new Set(asked.filter((a) => a.what.startsWith('The lift')).map((a) => a.key)).size).toBe(1);
});

test('what the server refuses is said and not kept', async () => {
  answers = [422];
  await expect(tell({ what: ' ' })).rejects.toMatchObject({ code: 'complaint.empty' });
  expect(kept()).toEqual([]);
});

test('an answer that was cut is asked for again, and one that was done before counts', async () => {
  answers = ['cut', 409];
  expect(await tell({ what: 'The door sticks.' })).toBeUndefined();
  expect(await catchUp()).toEqual({ sent: 1, refused: undefined });
  expect(kept()).toEqual([]);
});

test('what is refused later is not lost: it stays until somebody has mended it, and the rest goes on', async () => {
  answers = ['away', 'away', 422, 201];
  await tell({ what: 'Somebody in room seven.' });
  await tell({ what: 'The tap drips.' });
  const { sent, refused } = await catchUp();
  expect([sent, refused?.kept.told.what]).toEqual([1, 'Somebody in room seven.']);
  expect(kept().map((k) => k.told.what)).toEqual(['Somebody in room seven.']);
});

test('what was refused stays on the device until the server has it, however often it is mended', async () => {
  answers = ['away', 422, 422, 'away', 201];
  await tell({ what: 'Somebody in room seven.' }, [photo, voice]);
  const { refused } = await catchUp();
  const mending = refused!.kept;
  expect(await catchUp(mending)).toEqual({ sent: 0, refused: undefined }); // it is not sent again meanwhile
  await expect(tell({ what: 'Somebody in room 7.' }, [photo], mending)).rejects.toMatchObject({ code: 'complaint.empty' });
  expect(kept().map((k) => [k.told.what, k.files?.length])).toEqual([['Somebody in room 7.', 1]]);
  expect((await picked(kept()[0])).map((f) => f.name)).toEqual(['Photo 1.jpg']);
  expect(mending.key).toBe(kept()[0].key);
  expect(await tell({ what: 'Ida in room 7.' }, [photo], mending)).toBeUndefined(); // no net now
  expect(kept().map((k) => k.told.what)).toEqual(['Ida in room 7.']);
  expect(await catchUp()).toEqual({ sent: 1, refused: undefined });
  expect(kept()).toEqual([]);
  expect(new Set(asked.map((a) => a.key)).size).toBe(3);
  expect(asked.at(-1)).toMatchObject({ what: 'Ida in room 7.', files: [both[0]] });
});

const photo = { id: 'a', name: 'Photo 1.jpg', voice: false, blob: new Blob(['picture']) };
const voice = { id: 'b', name: 'Voice note 2.webm', voice: true, blob: new Blob(['sound']) };
const both = [{ sha256: 'sha of picture', name: 'Photo 1.jpg' }, { sha256: 'sha of sound', name: 'Voice note 2.webm', voice: true }];

test('pictures and voice notes wait with the words, and go with them once there is a net', async () => {
  uploads = ['', 'away']; // the net went away between the two
  expect(await tell({ what: 'The lift.' }, [photo, voice])).toBeUndefined();
  expect(asked).toEqual([]);
  expect(await catchUp()).toEqual({ sent: 1, refused: undefined });
  expect(asked.map((a) => a.files)).toEqual([both]);
  expect(kept()).toEqual([]);
});

test('the same request is sent when an answer was cut, and nothing stays on the device after it', async () => {
  answers = ['cut', 201];
  expect(await tell({}, [photo])).toBeUndefined();
  const [k] = kept();
  expect((await picked(k)).map((f) => f.name)).toEqual(['Photo 1.jpg']);
  await catchUp();
  expect(asked[0]).toEqual(asked[1]);
  expect(await picked(k)).toEqual([]);
});

test('what a version before wrote down is told all the same', async () => {
  localStorage.setItem('hearth.told.', JSON.stringify([{ key: 'k', at: '', told: { what: 'The tap drips.', internal: true } }]));
  expect(await catchUp()).toEqual({ sent: 1, refused: undefined });
  expect(asked[0].what).toBe('The tap drips.');
});

test('a picture is made small, never large, and keeps its shape', () => {
  expect(fit(4000, 3000)).toEqual({ width: 2000, height: 1500 });
  expect(fit(3000, 6000)).toEqual({ width: 1000, height: 2000 });
  expect(fit(640, 480)).toEqual({ width: 640, height: 480 });
  expect(fit(100_000, 1)).toEqual({ width: 2000, height: 1 });
});
