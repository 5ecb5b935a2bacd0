// What this room asks of the server.
import { api, type Asked, type Schemas } from '../../base/api';

export type Rule = Schemas['LexiconListed'];
type Setting = NonNullable<Asked<'put', '/lexicon/{language}/rules/{rule}'>['body']>;

export const languages = ['en', 'de'] as const;
export const rules = (language: string) => api('get', '/lexicon/{language}', { path: { language } }).then((p) => p.items);

/** Enters a rule as it stands in a list, changed or not. */
export function set(language: string, rule: Rule): Promise<Rule> {
  const { id, own, unsound, ...body } = rule;
  void own;
  void unsound;
  return api('put', '/lexicon/{language}/rules/{rule}', { path: { language, rule: id }, body: body as Setting });
}

export const remove = (language: string, rule: string) => api('delete', '/lexicon/{language}/rules/{rule}', { path: { language, rule } });

/** An id for a rule of one's own, made of what it finds: "dear sirs" is own.dear-sirs. */
export function idOf(words: string, taken: ReadonlySet<string>): string {
  const plain = words.toLowerCase().replace(/ß/g, 'ss').normalize('NFKD').replace(/\p{M}/gu, '').replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 40) || 'rule';
  let id = `own.${plain}`;
  for (let n = 2; taken.has(id); n++) id = `own.${plain}-${n}`;
  return id;
}

/** What we say, in the order in which it is said. What customers say has rules too, and is not for us to say. */
const said = ['greeting', 'thanks', 'understand', 'apology', 'own', 'concern', 'amends', 'prevent', 'offer', 'help', 'goodbye'];

/** Rules in the order a person reads them: what we say, by what it is; what we don't, by family. */
export function shelves(all: readonly Rule[], q: string): { say: [string, Rule[]][]; never: [string, Rule[]][] } {
  const wanted = q.trim().toLowerCase();
  const fits = (r: Rule) => !wanted || [r.id, r.why, ...r.bad, ...(r.better ?? []), ...(r.find ?? [])].some((s) => s?.toLowerCase().includes(wanted));
  const by = (some: Rule[], key: (r: Rule) => string) => {
    const map = new Map<string, Rule[]>();
    for (const r of some) map.set(key(r), [...(map.get(key(r)) ?? []), r]);
    return [...map].sort(([a], [b]) => a.localeCompare(b));
  };
  const shown = all.filter(fits);
  const say = by(shown.filter((r) => r.is && said.includes(r.is)), (r) => r.is!).sort(([a], [b]) => said.indexOf(a) - said.indexOf(b));
  return { say, never: by(shown.filter((r) => !r.is), (r) => r.family) };
}
