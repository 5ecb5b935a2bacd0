// Package form knows words by their looks: which class one belongs to, and which word was meant by one typed in a hurry.
package form

import "strings"

// Classes are those that a pattern may name instead of listing every verb. They err on words that look alike: a pattern says with
// its other words that a verb belongs there.
var Classes = map[string]func(word string) bool{"participle": participle, "partizip": partizip}

var (
	irregular = set("been begun bitten blown broken brought built burnt bought caught chosen come cut dealt done drawn driven eaten fallen felt filled fought found forgotten frozen given gone got gotten grown had heard held hidden hit kept known laid learnt led left lent let lost made meant met misread mislaid misled mistaken misunderstood overdrawn overseen overlooked paid put read reset rung run said seen sent set shown shut sold spent spilt spoilt spoken split spread stolen stuck sworn swept taken taught thought thrown told torn undone understood upset withdrawn withheld woken worn written")
	no        = set("bed exceed feed heed indeed need proceed seed shed speed succeed")

	apart    = strings.Fields("ab an auf aus bei da dar durch ein fehl fest fort frei heim her heran heraus hin hoch los mit nach nieder statt teil um vor voran voraus weg weiter wieder zu zurecht zurück zusammen")
	together = strings.Fields("be emp ent er hinter miss unter ver wider zer über")
	nein     = set("angebot angebote angeboten beamten bekannt beiden bequemen bereit bericht besten erneut erst ersten erwachsenen geben gebiet gebühren geburt gehalt gehen geht gelten genießen geräten gericht geschäft gesellschaft gesicht gestalt gewicht gewinnen oberen überhaupt übersicht übrigen unseren unserer unterkunft unterlagen unterschrift unteren verdacht verlust vernunft vertreten verzicht")
)

func set(words string) map[string]bool {
	all := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		all[w] = true
	}
	return all
}

// participle is an English one: counted, sent.
func participle(word string) bool {
	return irregular[word] || len(word) > 4 && strings.HasSuffix(word, "ed") && !no[word]
}

// partizip is a German one: bestellt, abgelehnt, storniert.
func partizip(word string) bool {
	switch {
	case len(word) < 5 || nein[word]:
		return false
	case strings.HasSuffix(word, "iert") || word == "getan":
		return true
	case !strings.HasSuffix(word, "t") && !strings.HasSuffix(word, "en"):
		return false
	case strings.HasPrefix(word, "ge") || begins(word, together) != "":
		return true
	}
	before := begins(word, apart)
	rest := strings.TrimPrefix(word, before)
	return before != "" && len(rest) > 4 && (strings.HasPrefix(rest, "ge") || begins(rest, together) != "")
}

// begins is the longest of some beginnings that a word has, or nothing.
func begins(word string, some []string) (longest string) {
	for _, s := range some {
		if len(s) > len(longest) && strings.HasPrefix(word, s) {
			longest = s
		}
	}
	return longest
}

// hasty are words as people type them in a hurry; none is another word of either language.
var hasty = map[string]string{
	"arent": "aren't", "cant": "can't", "couldnt": "couldn't", "didnt": "didn't", "doesnt": "doesn't", "dont": "don't", "hadnt": "hadn't",
	"hasnt": "hasn't", "havent": "haven't", "isnt": "isn't", "ive": "i've", "pls": "please", "plz": "please", "shouldnt": "shouldn't",
	"thats": "that's", "theres": "there's", "theyre": "they're", "u": "you", "ur": "your", "wasnt": "wasn't", "werent": "weren't",
	"wouldnt": "wouldn't", "youll": "you'll", "youre": "you're", "youve": "you've",
	"gehts": "geht's", "gibts": "gibt's", "hab": "habe", "hätt": "hätte", "nich": "nicht", "nix": "nichts", "würd": "würde",
}

// Whole is the word that was meant.
func Whole(word string) string {
	if whole := hasty[word]; whole != "" {
		return whole
	}
	return word
}
