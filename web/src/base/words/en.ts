// What the inbox says in this language; the rest comes with the pages that say it.
const files = import.meta.glob<Record<string, string>>(['../../app/words.en.json', '../../rooms/tickets/words.en.json', '../../rooms/people/words.en.json'], { eager: true, import: 'default' });
export default Object.assign({}, ...Object.values(files)) as Record<string, string>;
