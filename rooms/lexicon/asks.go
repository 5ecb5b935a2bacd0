package lexicon

import (
	"strings"

	"github.com/hearthdesk/hearth/base/store"
)

// Asks are the questions of a text, as they are written there; what is quoted in it asks nothing.
func Asks(text string) (all []string) {
	tokens, sentences := read(text)
	for _, s := range sentences {
		if s.question {
			all = append(all, strings.Join(strings.Fields(text[tokens[s.first].start:tokens[s.end-1].end]), " ")+"?")
		}
	}
	return all
}

// Folded are the words of a text as rules spell them.
func Folded(text string) (all []string) {
	tokens, _ := read(text)
	for _, t := range tokens {
		all = append(all, t.word)
	}
	return all
}

// Matter are the words of a text that carry a matter of their own.
func Matter(text string) []string { return stemsOf([]string{text}) }

// JudgeQuestion is what the lexicon says of a question, asked when its time has come. One with a finding of the family
// diagnostic is refused when somebody wants to plan it.
func (room *Room) JudgeQuestion(tx *store.Tx, language, ask string) ([]Finding, error) {
	return room.wordsOfQuestion(tx, language, Question{Ask: ask})
}
