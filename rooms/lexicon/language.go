package lexicon

import "strings"

// Languages are those with a starter lexicon.
var Languages = []string{"en", "de"}

// telling are small words of one language that are none of the other.
var telling = map[string][]string{
	"en": strings.Fields("the and you your is are was we have has with for not this that will our i it of to please thank thanks hello dear my be on"),
	"de": strings.Fields("der die das und sie ihr ihre ihnen ist sind wir haben hat mit für nicht dies wird unser ich es zu bitte danke hallo liebe lieber mein ein eine von auf dem den wurde"),
}

// tongue is the language that a small word tells.
var tongue = func() map[string]string {
	by := map[string]string{}
	for language, words := range telling {
		for _, w := range words {
			by[w] = language
		}
	}
	return by
}()

// LanguageOf tells which language of ours a text is in by its small words; otherwise is what it was said to be, such as
// "de-AT", and counts where the text does not tell. Empty when it is none of ours.
func LanguageOf(text, otherwise string) string {
	tokens, _ := read(text)
	count := map[string]int{}
	for _, t := range tokens {
		if language, does := tongue[t.word]; does {
			count[language]++
		}
	}
	best, most := "", 0
	for _, l := range Languages {
		if count[l] > most {
			best, most = l, count[l]
		} else if count[l] == most {
			best = ""
		}
	}
	if best != "" && most*12 >= len(tokens) {
		return best
	}
	said, _, _ := strings.Cut(strings.ToLower(otherwise), "-")
	for _, l := range Languages {
		if l == said && len(tokens) < 12 {
			return l
		}
	}
	return best
}
