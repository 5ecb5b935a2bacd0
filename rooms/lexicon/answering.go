package lexicon

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/hearthdesk/hearth/base/when"
)

// What a draft owes to what the customer wrote: an answer to what they asked, no question they have answered already, their
// words rather than our numbers, and no cheer where there is sorrow.

const (
	fewWords  = 12 // of a draft: before that it has only begun
	someWords = 25
	fewStems  = 4
	mostOpen  = 5 // questions told of: who sees five, sees the next ones too
)

// small words carry no matter of their own.
var small = words("about above after again against already also always another anything because been before being below between both could does doing done down during each either else ever every everything from further have having hello help here here's hers into itself just know like lots made make many maybe might more most much must need never nothing once only other ours over perhaps please quite rather really said same shall should since some something soon still such sure tell than thank thanks that that's their theirs them then there there's these they thing things this those though through today tomorrow under until very want wants wanted well were what when where which while whom whose will with without would write yesterday your yours you're possible morning regards kind best dear good order orders ordered number problem question questions email mail contact " +
	"aber alle allem allen alles also andere anderen auch bald beim bereits bestellt bestellung bitte brauche dabei damit dann daran darauf daraus darf dass davon dazu dein deine dem denn deren derer deshalb dessen diese diesem diesen dieser dieses doch dort durch eben eigentlich eine einem einen einer eines einfach einmal erst etwa etwas euch euer eure falls frage fragen freundliche freundlichen ganz gehen geht gemacht gerade gern gerne gibt grüße grüßen gute guten habe haben hallo hatte hatten heute hier hilfe ihnen ihre ihrem ihren ihrer immer irgendwie jede jeden jetzt kann kannst kein keine keinen können könnte könnten lassen leider liebe lieber machen macht mehr mein meine meinem meinen meiner mich mir möchte möglich müssen nach nicht nichts noch nummer oder ohne problem schon sehr sein seine seit sich sind soll sollte sondern sonst über unser unsere unter viel viele vielen vielleicht vom vor wann waren warum weil weiter welche welcher wenn werde werden wieder will wird wirklich wissen wohl wollen wollte worden würde würden wurde zum zur zwischen danke dank geehrte geehrter geehrten damen herren herr frau")

// stems are the beginnings of the words that carry a matter, numbers whole.
func stems(tokens []token) (all []string) {
	for _, t := range tokens {
		n := utf8.RuneCountInString(t.word)
		if digits := strings.ContainsAny(t.word, "0123456789"); small[t.word] || n < 4 && (!digits || n < 3) {
			continue
		}
		all = append(all, t.word)
	}
	return all
}

// akin says whether two words are about the same: they begin alike, or one is part of the other, as in German compounds.
func akin(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	n := 0
	for n < len(a) && a[n] == b[n] {
		n++
	}
	return n >= 5 || n == len(a) && len(b)-n <= 3 || len(a) >= 5 && strings.Contains(b, a)
}

func shared(a, b []string) bool {
	return slices.ContainsFunc(a, func(x string) bool { return slices.ContainsFunc(b, func(y string) bool { return akin(x, y) }) })
}

func stemsOf(texts []string) (all []string) {
	for _, text := range texts {
		tokens, _ := read(text)
		all = append(all, stems(tokens)...)
	}
	return all
}

// What a question asks for that can be looked for, by the words it begins with, and the words that answer it.
var (
	asksWhen = regexp.MustCompile(`(?i)^(?:\P{L}*(?:and|und|so|also|but|aber|oder|or)\P{L}+)?(?:(?:by |bis |ab |seit |until |from )?(?:when|wann)\b|how (?:long|soon)\b|what (?:time|day|date)\b|wie lange\b|um wie ?viel uhr\b|an welchem tag\b)`)
	asksMuch = regexp.MustCompile(`(?i)\b(?:how (?:much|many)|what (?:does|would|will) (?:it|that|this) cost|what is the price|wie ?viele?|was (?:kostet|kosten|würde)|wie teuer|wie hoch)\b`)
	yesOrNo  = words("yes no yep indeed certainly absolutely course unfortunately sadly afraid gladly happily sure ja nein leider natürlich gern gerne selbstverständlich klar möglich")
	asksWhy  = words("why warum wieso weshalb")
	asksWhat = words("what which where who whose how wer was welche welcher welches welchen welchem wo wohin woher wie womit wofür")
	because  = words("because reason since due caused cause mistake weil grund ursache daran denn wegen fehler lag liegt")
	free     = words("free nothing charge cost kostenlos kostenfrei nichts gratis umsonst")
	counted  = words("two three four five six ten zwei drei vier fünf zehn soon shortly already bald bereits schon")
)

// unanswered are the questions of the customer's latest words that the draft does not touch.
func unanswered(l look) []span {
	if len(l.tokens) < fewWords || len(l.heard.latest) == 0 || l.deferred {
		return nil
	}
	ours := l.answered()
	var open []string
	for _, text := range l.heard.latest {
		tokens, sentences := read(text)
		for _, s := range sentences {
			if !s.question || s.end-s.first < 3 {
				continue
			}
			asked := text[tokens[s.first].start:tokens[s.end-1].end] + "?"
			if ours.touches(asked, tokens[s.first:s.end]) {
				continue
			}
			if open = append(open, asked); len(open) == mostOpen {
				return []span{{quotes: open}}
			}
		}
	}
	if len(open) == 0 {
		return nil
	}
	return []span{{quotes: open}}
}

// answer is what our words have for a question, whichever it is.
type answer struct {
	stems                           []string
	figures, free, because, yesOrNo bool
	timed                           func() bool // told when first asked
}

// answered reads what we say, and what we said since the customer wrote.
func (l look) answered() answer {
	ours := strings.Join(append(slices.Clone(l.heard.since), l.Text), "\n\n")
	spoken, _ := read(ours)
	about := stems(spoken)
	slices.Sort(about)
	return answer{
		stems:   slices.Compact(about),
		figures: strings.ContainsAny(ours, "0123456789") || has(spoken, counted), free: has(spoken, free), because: has(spoken, because), yesOrNo: has(spoken, yesOrNo),
		timed: sync.OnceValue(func() bool { return len(when.Find(ours, l.Language, l.Now)) > 0 }),
	}
}

// touches says whether what we say has to do with a question: it has the time or the sum that was asked for, a word of the
// question, or, where that is enough, a yes or a no.
func (ours answer) touches(asked string, tokens []token) bool {
	about, first := stems(tokens), tokens[0].word
	switch {
	case asksWhen.MatchString(asked):
		return ours.figures || ours.timed()
	case asksMuch.MatchString(asked):
		return ours.figures || ours.free
	case len(about) == 0 || shared(about, ours.stems):
		return true
	case asksWhy[first]:
		return ours.because
	}
	return !asksWhat[first] && ours.yesOrNo
}

// What customers tell, and how it looks when they do.
var tells = map[string]*regexp.Regexp{
	"order":   regexp.MustCompile(`(?i)(?:order|bestell\p{L}*|auftrag\p{L}*|rechnung\p{L}*|invoice|booking|buchung\p{L}*|kunden\p{L}*|customer|reference|ref|vertrag\p{L}*|contract|nummer|number|nr|no)\P{L}{0,6}(?:(?:is|lautet|ist|number|nummer|nr)\P{L}{1,4})?[A-Z]{0,4}[-/ ]?\d[\d/-]{3,}|#\d{4,}|\b[A-Z]{1,4}-?\d{4,}\b`),
	"phone":   regexp.MustCompile(`(?:\+|\b0)\d[\d ()/-]{5,}\d`),
	"email":   regexp.MustCompile(`[\p{L}\d._+-]+@[\p{L}\d-]+\.[\p{L}\d.-]*\p{L}`),
	"address": regexp.MustCompile(`(?i)\p{L}+(?:straße|strasse|str\.|weg|platz|gasse|allee|damm|ufer)\s+\d+|\b\d+[a-z]?,?\s+\p{L}+\s+(?:street|road|lane|avenue|drive|close|square|st|rd|ave)\b|\b\d{5}\s+\p{Lu}\p{L}{2,}`),
}

// askedAgain marks a question for what the customer has told already, or what stands on their card.
func askedAgain(l look) (all []span) {
	for _, h := range l.good {
		r := l.lines[h.line]
		if r.Is != "asks" || len(l.heard.theirs) == 0 {
			continue
		}
		if what, known := l.knows(r.Family); known {
			all = append(all, span{h.start, h.end, what})
		}
	}
	return all
}

// knows is where the customer told it; nothing but true where their card does.
func (l look) knows(what string) (quotes []string, known bool) {
	for _, text := range l.heard.theirs {
		if looks := tells[what]; looks != nil {
			if told := strings.TrimSpace(looks.FindString(text)); told != "" {
				return []string{told}, true
			}
		}
		if what != "date" {
			continue
		}
		for _, f := range when.Find(text, l.Language, l.Now) {
			if told := text[f.Start:f.End]; f.Precision == when.Day && strings.ContainsAny(told, "0123456789") {
				return []string{told}, true
			}
		}
	}
	return nil, slices.Contains(l.Card, what) || what == "name" && l.Name != ""
}

// echoes says whether the draft takes up anything the customer said.
func (l look) echoes() bool {
	ours := stems(l.tokens)
	for _, text := range slices.Backward(l.heard.theirs) { // mostly it is what they said last
		if tokens, _ := read(text); shared(ours, stems(tokens)) {
			return true
		}
	}
	return false
}

// numbered marks our own number where their words belong: in the first sentences of a draft that says nothing they said.
func numbered(l look) []span {
	if len(l.heard.latest) == 0 || len(l.tokens) < fewWords {
		return nil
	}
	for _, h := range l.good {
		if l.lines[h.line].Is == "number" && h.sentence < 3 && !l.echoes() {
			return []span{{start: h.start, end: h.end}}
		}
	}
	return nil
}

// nothingEchoed says that an answer of some length names nothing of what the customer told us.
func nothingEchoed(l look) []span {
	if len(l.tokens) < someWords || len(numbered(l)) > 0 || len(stemsOf(l.heard.latest)) < fewStems || l.echoes() {
		return nil
	}
	return missing
}

// cheerful marks cheer in answer to loss, illness or hardship.
func cheerful(l look) (all []span) {
	if len(l.heard.hardship) == 0 {
		return nil
	}
	for _, h := range l.good {
		if l.lines[h.line].Is == "cheer" {
			all = append(all, span{h.start, h.end, l.heard.hardship[:1]})
		}
	}
	for at, r := range l.Text {
		if unicode.In(r, smiles) {
			all = append(all, span{at, at + utf8.RuneLen(r), l.heard.hardship[:1]})
		}
	}
	return all
}

// smiles are Unicode's blocks of faces, feasts and fireworks.
var smiles = &unicode.RangeTable{R32: []unicode.Range32{{Lo: 0x1F380, Hi: 0x1F393, Stride: 1}, {Lo: 0x1F600, Hi: 0x1F60F, Stride: 1}, {Lo: 0x1F929, Hi: 0x1F929, Stride: 1}, {Lo: 0x1F973, Hi: 0x1F973, Stride: 1}}}
