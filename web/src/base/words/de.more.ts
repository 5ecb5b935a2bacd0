// What all other pages say in this language.
const files = import.meta.glob<Record<string, string>>(['../../**/{words,faults}.de.json', '!../../app/words.de.json', '!../../rooms/tickets/words.de.json', '!../../rooms/people/words.de.json'], { eager: true, import: 'default' });
export default Object.assign({}, ...Object.values(files)) as Record<string, string>;
