// What this room asks of the server.
import { api, type Schemas } from '../../base/api';

export type Calendar = Schemas['HoursCalendar'];
export type Holiday = Schemas['HoursHoliday'];
export type Region = Schemas['HoursRegion'];
export type Change = Omit<Schemas['HoursChange'], '$schema'>;

export const calendars = () => api('get', '/calendars').then((p) => p.items);
export const regions = () => api('get', '/calendars/regions').then((p) => p.items);
export const holidays = (code: string, year: number) => api('get', '/calendars/regions/{code}/{year}', { path: { code, year } }).then((p) => p.items);

/** A region with the country it is in: Deutschland · Bayern. */
export const called = (r: Region, all: Region[]) => [all.find((c) => r.code.startsWith(c.code + '-'))?.name, r.name].filter(Boolean).join(' · ');
