package lexicon

import (
	"maps"
	"slices"
	"sync"
)

// started are the starter lexicons, read once: they are part of the program, and lists of rules are asked for often.
var started = sync.OnceValues(func() (map[string]File, error) {
	all := map[string]File{}
	for _, language := range Languages {
		f, err := readStarter(language)
		if err != nil {
			return nil, err
		}
		all[language] = f
	}
	return all, nil
})

// Starter is the starter lexicon of a language, "en" or "de"; any other language has none. It is the caller's own.
func Starter(language string) (File, error) {
	all, err := started()
	f := all[language]
	return File{Sets: maps.Clone(f.Sets), Rules: slices.Clone(f.Rules)}, err
}
