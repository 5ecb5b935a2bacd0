// What all other pages say in this language.
const files = import.meta.glob<Record<string, string>>(['../../**/words.en.json', '!../../app/words.en.json', '!../../rooms/tickets/words.en.json', '!../../rooms/people/words.en.json'], { eager: true, import: 'default' });
export default Object.assign({}, ...Object.values(files)) as Record<string, string>;
