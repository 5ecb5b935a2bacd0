// What the inbox says in this language; the rest comes with the pages that say it.
const files = import.meta.glob<Record<string, string>>(['../../app/words.de.json', '../../rooms/tickets/words.de.json', '../../rooms/people/words.de.json'], { eager: true, import: 'default' });
export default Object.assign({}, ...Object.values(files)) as Record<string, string>;
