// What all other pages say in this language.
const files = import.meta.glob<Record<string, string>>(['../../**/{words,faults}.de.json', '!../../app/words.de.json', '!../../rooms/tickets/words.de.json', '!../../rooms/people/words.de.json'], { eager: true, import: 'default' });
const sayings = import.meta.glob<Record<string, string>>('../../**/sayings.de.json', { eager: true, import: 'default' });
const said = Object.values(sayings).flatMap(Object.entries<string>).map(([k, v]) => [`said.${k}`, v]);
export default Object.assign(Object.fromEntries(said), ...Object.values(files)) as Record<string, string>;
