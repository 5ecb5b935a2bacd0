// What the API answers is what its document says: no null where a list was told of, nothing missing, nothing unknown.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { demo, missing } from './house.mjs';

let house;
before(async () => { if (!missing) house = await demo(); });
after(async () => { await house?.stop(); });

test('every answer is as the document says', { skip: missing, timeout: 120_000 }, async (t) => {
  const who = house.as('owner');
  const signed = await fetch(`${house.url}/api/v1/sessions`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ email: who.email, password: who.password }) });
  const cookie = signed.headers.getSetCookie().map((c) => c.split(';')[0]).join('; ');
  const get = async (path) => {
    const res = await fetch(house.url + path, { headers: { cookie } });
    return [res.status, await res.json()];
  };
  const doc = (await get('/openapi.json'))[1];
  const wrong = new Set();
  const real = (s) => (s?.$ref ? real(s.$ref.slice(2).split('/').reduce((o, k) => o[k], doc)) : s);
  function check(v, schema, at) {
    const s = real(schema);
    if (!s) return;
    if (v === null) {
      if (s.type && ![s.type].flat().includes('null')) wrong.add(`${at} is null`);
    } else if (Array.isArray(v)) v.forEach((x) => check(x, s.items, `${at}[]`));
    else if (typeof v === 'object') {
      for (const k of s.required ?? []) if (!(k in v)) wrong.add(`${at}.${k} is missing`);
      for (const [k, x] of Object.entries(v)) {
        if (s.properties?.[k]) check(x, s.properties[k], `${at}.${k}`);
        else if (s.properties && s.additionalProperties === false && k !== '$schema') wrong.add(`${at}.${k} is not in the document`);
      }
    }
  }
  const ids = async (path, of = 'id') => (await get(`/api/v1${path}`))[1].items.map((x) => x[of]);
  const some = {
    '/tickets/{id}': await ids('/tickets?limit=200'), '/customers/{id}': (await ids('/tickets?limit=60', 'customer')), '/staff/{id}': await ids('/staff'),
    '/mail/ledger/{id}': await ids('/mail/ledger?limit=50'), '/mail/mailboxes/{id}': await ids('/mail/mailboxes'), '/calendars/{id}': await ids('/calendars'), '/targets/{id}': await ids('/targets'),
    '/promises/{id}': await ids('/promises?limit=100'), '/complaints/{id}': await ids('/complaints?limit=100'),
  };
  let asked = 0;
  for (const [path, { get: op }] of Object.entries(doc.paths)) {
    const schema = op?.responses['200']?.content?.['application/json']?.schema;
    if (!schema) continue;
    const [root] = /^.*?\{id\}/.exec(path.replace('/api/v1', '')) ?? [];
    const query = { '/search': '?q=lamp', '/clocks': `?tickets=${some['/tickets/{id}'].slice(0, 100)}`, '/ledger/accounts': '?of=customer', '/messages/questions': '?language=en', '/promises/rates': '?by=kind', '/promises/report': '?by=person', '/lexicon/offer': `?ticket=${some['/tickets/{id}'][0]}` }[path.replace('/api/v1', '')] ?? '';
    for (const id of root ? (some[root] ?? []) : path.includes('{') ? [] : ['']) {
      const [status, body] = await get((path.startsWith('/api/v1') ? '' : '/api/v1') + path.replace('{id}', id) + query);
      if (path.endsWith('/complaint') && status === 404) continue; // most tickets have none
      if (path.endsWith('/letter') && status === 409) continue; // most complaints are not in their last stage
      assert.equal(status, 200, `${path} ${id}: ${JSON.stringify(body)}`);
      check(body, schema, `GET ${path}`);
      asked++;
    }
  }
  t.diagnostic(`${asked} answers of ${Object.keys(doc.paths).length} addresses`);
  assert.ok(asked > 300);
  assert.deepEqual([...wrong], []);
});
