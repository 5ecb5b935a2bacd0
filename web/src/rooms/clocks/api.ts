// What this room asks of the server.
import { api, type Schemas } from '../../base/api';

export type Target = Schemas['ClocksTarget'];
export type Minutes = Schemas['ClocksMinutes'];
export type Conditions = Schemas['ClocksConditions'];
export type Calendar = Schemas['HoursCalendar'];
export type Named = { id: string; name: string };

export const targets = () => api('get', '/targets').then((p) => p.items);
export const order = (ids: string[]) => api('put', '/targets/order', { body: { order: ids } }).then((p) => p.items);
export const calendars = () => api('get', '/calendars').then((p) => p.items);
export const types = () => api('get', '/tickets/types').then((p) => p.items);

/** Every company by its name. */
export async function companies(): Promise<Named[]> {
  const found: Named[] = [];
  for (let after: string | undefined; ; ) {
    const p = await api('get', '/companies', { query: { after, limit: 200 } });
    found.push(...p.items.map(({ id, name }) => ({ id, name })));
    if (!(after = p.next)) return found;
  }
}
