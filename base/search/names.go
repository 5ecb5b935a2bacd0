package search

import "slices"

// Words takes a short text apart, such as a name: the words it consists of, as they are looked for, and all that these
// words are found by, other writings of them included (mueller for Müller).
func Words(text string) (words, writings []string) {
	t := read(text)
	for _, w := range t.words {
		for _, p := range w.parts {
			words = append(words, p.term)
		}
		for _, all := range [][]part{w.parts, w.whole, w.also} {
			for _, p := range all {
				if !slices.Contains(writings, p.term) {
					writings = append(writings, p.term)
				}
			}
		}
	}
	return words, writings
}
