package lexicon

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// What words in a row can't tell is made in Go: a rule names it with "made" and gives it its reason, in its language.

// look is what a check that is made in Go looks at.
type look struct {
	Draft
	heard     heard
	tokens    []token
	sentences []sentence
	good      []hit // good words
	lines     []line
	deferred  bool // an answer or a call is promised
}

// span is a place in a draft, in bytes; empty for what is missing. Quotes are the customer's words it is about.
type span struct {
	start, end int
	quotes     []string
}

var missing = []span{{}}

// made are the checks by the names that rules call them by.
var made = map[string]func(look) []span{
	"mark":      leftovers,
	"prompt":    unfilled,
	"greeting":  func(l look) []span { return l.lacks("greeting", 0, 2, 12) },
	"goodbye":   func(l look) []span { return l.lacks("goodbye", -3, len(l.sentences), 20) },
	"thanks":    unthanked,
	"name":      misnamed,
	"questions": manyQuestions,
	"long":      longSentences,
	"asked":     unanswered,
	"told":      askedAgain,
	"number":    numbered,
	"echo":      nothingEchoed,
	"cheer":     cheerful,
	"letters":   unknownLetters,
}

// marks is what templates leave behind: {{name}}, {name}, [NAME], <<name>>, <NAME>, %NAME%, $NAME, ##NAME##, NAME, XXX, X to Y, a line to fill in.
var marks = regexp.MustCompile(`\{\{[^{}\n]{0,60}\}\}|\{[\p{L}_][\p{L}_ .]{1,40}\}|\[(?:[\p{Lu}][\p{Lu}_ -]{2,40}|[^\[\]\n]{0,30}(?i:name|number|insert|amount|nummer|datum|einfügen|betrag)[^\[\]\n]{0,30})\]|<<[^<>\n]{1,40}>>|%[A-Z_]{3,30}%|\$\{?[A-Z][A-Z_]{2,30}\}?|##? ?[\p{Lu}_]{3,30} ?#?#|@@[\p{L}_]{2,30}@@|<[A-Z][A-Z_]{2,30}>|\b(?:XXX+|xxx+|TODO|TBD|FIXME|NAME|VORNAME|NACHNAME|SURNAME|ADDRESS|ADRESSE|DATE|DATUM|CUSTOMER|KUNDE|PRODUCT|PRODUKT|AMOUNT|BETRAG)\b|\bX (?:to|bis) Y\b|\b[A-Z]{3,30}_[A-Z_]{2,30}\b|_{3,}|\bXX\b|%%[\p{L}_]{2,30}%%|\{%[^%\n]{1,60}%\}|<[\p{L}][\p{L} _-]{2,40}>|</?(?:br|p|div|span|b|i|strong|table|td|tr)\b[^>\n]{0,60}>|&(?:nbsp|amp|quot|lt|gt|#\d+);|\[\p{L}[\p{L}_ ./-]{2,40}\]|\((?i:name|anrede|vorname|nachname|datum|betrag|uhrzeit|nummer|kundenname|bestellnummer|unterschrift|first name|last name|customer name|surname|date|amount|time|order number|agent|insert [^()\n]{1,40}|[^()\n]{0,40} (?:einfügen|einsetzen|ergänzen|eintragen))\)|\b(?:TT|DD|MM|HH)[.:/-](?:MM|DD|JJJJ|YYYY|SS)|(?i:(?:^|\n)(?:dear|sehr geehrte[rs]?|liebe[r]?)(?: (?:frau|herr|mr|mrs|ms)\.?)? ?,|\b(?:hello|hi|hallo|guten tag)(?: (?:frau|herr|mr|mrs|ms)\.?| ),)|\?{4,}|\.{5,}|#{3,}|(?i:\b(?:number|nummer|nr\.|datum|amount|betrag|lautet|beträgt|am|um|on|at|is) [.,;](?:\s|$))`)

// signs are what one of the marks has in it: without any there is nothing to look for.
var signs = []string{"{", "[", "<<", "%", "__", "XXX", "xxx", "TODO", "TBD", "FIXME", "NAME", "ADRE", "ADDRE", "DAT", "CUST", "KUND", "PROD", "AMOUNT", "BETRAG", "X ", "_", "$", "#", "@@", "<", "XX", "&", "(", "TT", "DD", "MM", "HH", "ear", "ehrte", "iebe", "allo", "ello", "i ", "uten Tag", "????", ".....", " ,", " .", " ;"}

func leftovers(l look) (all []span) {
	if !slices.ContainsFunc(signs, func(sign string) bool { return strings.Contains(l.Text, sign) }) {
		return nil
	}
	for _, at := range marks.FindAllStringIndex(l.Text, -1) {
		all = append(all, span{start: at[0], end: at[1]})
	}
	return all
}

// lacks says that good words of a kind are missing between two sentences, in a mail of at least so many words. A chat
// goes on: it needs no greeting in each line.
func (l look) lacks(is string, from, to, words int) []span {
	if l.Channel != "" && l.Channel != "email" && l.Channel != "letter" {
		return nil
	}
	if last := l.Closing && is == "goodbye"; !last && (len(l.tokens) < words || len(l.sentences) < 2) { // last words are never too few
		return nil
	}
	if from < 0 {
		from = max(0, len(l.sentences)+from)
	}
	for _, h := range l.good {
		if l.lines[h.line].Is == is && h.sentence >= from && h.sentence < to {
			return nil
		}
	}
	return missing
}

// unthanked says that nobody is thanked in what is to be the last word of a matter.
func unthanked(l look) []span {
	if !l.Closing || slices.ContainsFunc(l.good, func(h hit) bool { return l.lines[h.line].Is == "thanks" }) {
		return nil
	}
	return missing
}

// courtesies stand before a name and are none.
var courtesies = strings.Fields("mr mrs ms mx miss dr prof sir madam herr frau herrn doktor team all everyone everybody both there again zusammen alle allerseits together morning afternoon evening customer kunde kundin damen herren und and")

// misnamed is the name in the greeting, when it is not the customer's.
func misnamed(l look) []span {
	if l.Name == "" {
		return nil
	}
	theirs := strings.FieldsFunc(fold(l.Name), func(r rune) bool { return !wordRune(r) })
	for _, h := range l.good {
		if l.lines[h.line].Is != "greeting" || h.sentence > 1 {
			continue
		}
		to := h.end + strings.IndexAny(l.Text[h.end:]+"\n", ",\n!.:–")
		called := span{}
		for _, t := range l.tokens {
			first, _ := utf8.DecodeRuneInString(l.Text[t.start:])
			if t.start < h.end || t.end > to || !unicode.IsUpper(first) || slices.Contains(courtesies, t.word) {
				continue
			}
			if slices.Contains(theirs, t.word) {
				return nil
			}
			if called.end == 0 {
				called.start = t.start
			}
			called.end = t.end
		}
		if called.end > 0 {
			return []span{called}
		}
	}
	return nil
}

const (
	fewQuestions = 3
	longSentence = 40 // words; readers lose the thread beyond about half of that
)

func manyQuestions(l look) []span {
	n := 0
	for _, s := range l.sentences {
		if !s.question {
			continue
		}
		if n++; n > fewQuestions {
			return []span{l.of(s)}
		}
	}
	return nil
}

func longSentences(l look) (all []span) {
	for _, s := range l.sentences {
		if s.end-s.first > longSentence {
			all = append(all, l.of(s))
		}
	}
	return all
}

func (l look) of(s sentence) span {
	return span{start: l.tokens[s.first].start, end: l.tokens[s.end-1].end}
}
