// Every room's words in this language, under one roof.
const files = import.meta.glob<Record<string, string>>('../../**/words.en.json', { eager: true, import: 'default' });
export default Object.assign({}, ...Object.values(files)) as Record<string, string>;
