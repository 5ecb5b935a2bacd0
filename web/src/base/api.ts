// The API as the OpenAPI document tells it: a path, a method, and what goes in and comes out of them.
import type { paths, components } from './schema';

export type Schemas = components['schemas'];
type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';
type Json<T> = T extends { content: { 'application/json': infer B } } ? B : never;
type Good<R> = R extends object ? Json<R[Extract<keyof R, 200 | 201 | 202>]> : never;
type Answer<O> = O extends { responses: infer R } ? Good<R> : never;
type Query<O> = O extends { parameters: { query?: infer Q } } ? Q : never;
type Path<O> = O extends { parameters: { path: infer P } } ? P : never;
type Body<O> = O extends { requestBody?: { content: { 'application/json': infer B } } } ? Omit<B, '$schema'> : never;
type With<M extends Method> = { [P in keyof paths]: paths[P] extends Record<M, { responses: unknown }> ? P : never }[keyof paths];
type Short<P> = P extends `/api/v1${infer S}` ? S : never;
type Long<S extends string> = `/api/v1${S}`;
type Op<M extends Method, S extends string> = Long<S> extends keyof paths ? (paths[Long<S>] extends Record<M, infer O> ? O : never) : never;

export type Asked<M extends Method, S extends string> = {
  path?: Path<Op<M, S>>;
  query?: Query<Op<M, S>>;
  body?: Body<Op<M, S>>;
  signal?: AbortSignal;
};

/** A fault as the server tells it, or "offline" when it can't be reached. */
export class Fault extends Error {
  constructor(
    readonly kind: 'invalid' | 'not_found' | 'denied' | 'conflict' | 'internal' | 'offline',
    readonly detail: string,
    readonly code = '',
    readonly status = 0,
    readonly fields: Record<string, string> = {},
    readonly wait = 0, // seconds until asking again makes sense
    readonly values: string[] = [], // what stands in the sentence, in its order
  ) {
    super(detail || kind);
  }
}

/** The server is far away: whoever shows a fault says so in the reader's language. Who only reads has no words to lose. */
const offline = (method: string) => new Fault('offline', '', method === 'GET' ? 'unread' : 'offline');

let signedOut = () => {};
/** Says what to do when the server does not know (any more) who asks. */
export function onSignedOut(go: () => void) {
  signedOut = go;
}

/** Ids for requests that must not be carried out twice; also where crypto.randomUUID is missing (plain http). */
export function fresh(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, '0')).join('');
}

export async function fault(res: Response): Promise<Fault> {
  const said = await res.json().catch(() => ({}));
  return new Fault(said.kind ?? 'internal', said.detail ?? res.statusText, said.code ?? '', res.status, said.fields ?? {}, Number(res.headers.get('Retry-After')) || 0, said.values);
}

/** Sends a request below /api/v1 and returns its answer; throws a Fault. */
export async function send(method: string, path: string, body?: BodyInit, headers: Record<string, string> = {}, signal?: AbortSignal): Promise<Response> {
  let res: Response;
  try {
    res = await fetch('/api/v1' + path, { method, body, headers, signal, credentials: 'same-origin' });
  } catch (e) {
    if (signal?.aborted) throw e;
    throw offline(method);
  }
  if (res.ok) return res;
  const f = await fault(res);
  if (res.status === 401) signedOut();
  throw f;
}

/** Asks one operation of the API: api('get', '/tickets/{id}', { path: { id } }). */
export async function api<M extends Method, S extends Short<With<M>>>(method: M, path: S, o: Asked<M, S> = {}): Promise<Answer<Op<M, S>>> {
  const where = path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(String((o.path as Record<string, unknown>)[name])));
  const query = new URLSearchParams();
  for (const [k, v] of Object.entries((o.query ?? {}) as Record<string, unknown>)) if (v !== undefined && v !== '' && v !== false) query.set(k, String(v));
  const headers: Record<string, string> = {};
  if (method === 'post') headers['Idempotency-Key'] = fresh();
  if (o.body !== undefined) headers['Content-Type'] = 'application/json';
  const res = await send(method.toUpperCase(), where + (query.size ? `?${query}` : ''), o.body === undefined ? undefined : JSON.stringify(o.body), headers, o.signal);
  return (await res.json()) as Answer<Op<M, S>>;
}
