// Packs web/dist for the server: every file that compresses is kept as .br and .gz alone, and the budgets are checked.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const dist = new URL('../dist/', import.meta.url).pathname;
const budget = 100 * 1024; // gzip bytes of script to a usable inbox
const manifest = JSON.parse(readFileSync(join(dist, 'manifest.json'), 'utf8'));
const gz = (file) => gzipSync(readFileSync(join(dist, file)), { level: 9 });

// What a browser loads until somebody can work: the entry, with the desk in it, and the larger language, with all they import.
function closure(keys) {
  const seen = new Set();
  const visit = (key) => {
    if (seen.has(key)) return;
    seen.add(key);
    for (const next of manifest[key].imports ?? []) visit(next);
  };
  keys.forEach(visit);
  return [...seen].map((key) => manifest[key].file).filter((f) => f.endsWith('.js'));
}
const chunk = (suffix) => {
  const key = Object.keys(manifest).find((k) => k.endsWith(suffix));
  if (!key) throw new Error(`the build has no ${suffix}: mend the budget check in scripts/pack.mjs`);
  return key;
};
const sum = (files) => files.reduce((n, f) => n + gz(f).length, 0);
const languages = ['src/base/words/en.ts', 'src/base/words/de.ts'].map(chunk);
const inbox = Math.max(...languages.map((l) => sum(closure([chunk('index.html'), l]))));
const first = closure([chunk('index.html')]);
const composer = sum(closure([chunk('src/kit/Editor.svelte')]).filter((f) => !first.includes(f)));
const style = sum(Object.values(manifest).flatMap((m) => (m.isEntry ? (m.css ?? []) : [])));
const kb = (n) => `${(n / 1024).toFixed(1)} KB gz`;
console.log(`workspace to a usable inbox: ${kb(inbox)} of ${kb(budget)} of script; style ${kb(style)}; the editor, later: ${kb(composer)}`);
if (inbox > budget) {
  console.error('The inbox is over its budget (ui.md). Find out what came in: npx vite-bundle-visualizer, or the sizes in web/dist/assets.');
  process.exit(1);
}

// What /tell needs to open without a net, in every language: listed for the script that keeps it. Its name is that of all it
// lists, so a build that changes any of it is a new version.
const all = new Set();
const gather = (key) => {
  if (all.has(key)) return;
  all.add(key);
  for (const next of manifest[key].imports ?? []) gather(next);
};
['index.html', 'src/rooms/recovery/Tell.svelte', 'src/rooms/recovery/offline.ts', 'src/base/words/en.ts', 'src/base/words/de.ts', 'src/base/words/en.more.ts', 'src/base/words/de.more.ts'].map(chunk).forEach(gather);
const parts = [...all].flatMap((key) => [manifest[key].file, ...(manifest[key].css ?? [])]).filter((f) => !f.endsWith('.html'));
const shell = ['/tell', '/ember.svg', '/tell.webmanifest', ...[...new Set(parts)].sort().map((f) => `/${f}`)];
const version = createHash('sha256').update(JSON.stringify(shell)).update(readFileSync(join(dist, 'index.html'))).digest('hex').slice(0, 12);
const beside = join(dist, 'tell-sw.js');
const script = readFileSync(beside, 'utf8').replace("'dev'", `'${version}'`).replace('const shell = [];', `const shell = ${JSON.stringify(shell)};`);
if (!script.includes(version) || !script.includes('/tell.webmanifest",')) throw new Error('tell-sw.js has no place for its list: mend it or scripts/pack.mjs');
writeFileSync(beside, script);

for (const name of readdirSync(dist, { recursive: true })) {
  const file = join(dist, name);
  if (!statSync(file).isFile() || name === 'manifest.json' || /\.(woff2|png|gitkeep|gz|br)$/.test(name)) continue;
  const bytes = readFileSync(file);
  writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
  writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }));
  rmSync(file);
}
rmSync(join(dist, 'manifest.json'));
writeFileSync(join(dist, '.gitkeep'), '');
