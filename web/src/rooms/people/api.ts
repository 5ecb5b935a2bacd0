// What this room asks of the server.
import { api, type Schemas } from '../../base/api';

export type Customer = Schemas['PeopleCustomer'];
export type Remark = NonNullable<Customer['remarks']>[number];
export type Change = Schemas['PeopleChange'];

export const customer = (id: string) => api('get', '/customers/{id}', { path: { id } });
export const find = (q: string, limit = 5, signal?: AbortSignal) => api('get', '/customers', { query: { q, limit }, signal });
export const correct = (id: string, body: Change) => api('patch', '/customers/{id}', { path: { id }, body });
export const reach = (id: string, body: { email?: string; phone?: string }) => api('post', '/customers/{id}/addresses', { path: { id }, body });
export const forget = (id: string, address: string) => api('delete', '/customers/{id}/addresses/{address}', { path: { id, address } });
/** Remarks on a card; both answer with the card as it is then. */
export const remark = async (id: string, body: { kind: Remark['kind']; text: string; on?: string }) => {
  await api('post', '/customers/{id}/remarks', { path: { id }, body });
  return customer(id);
};
export const unremark = async (id: string, which: string) => {
  await api('delete', '/customers/{id}/remarks/{remark}', { path: { id, remark: which } });
  return customer(id);
};
