package lexicon

import (
	"errors"
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

// ready are the starter lexicons made ready, each when it is first asked for: most companies have no rule of their own. That
// every rule of the starter is sound is for its tests to say, and not for each start.
var ready = func() map[string]func() (*Book, error) {
	all := map[string]func() (*Book, error){}
	for _, language := range Languages {
		all[language] = sync.OnceValues(func() (*Book, error) {
			f, err := Starter(language)
			if err != nil {
				return nil, err
			}
			b, flawed, err := build(f, len(f.Rules))
			return b, errors.Join(err, flawed.fault())
		})
	}
	return all
}()
