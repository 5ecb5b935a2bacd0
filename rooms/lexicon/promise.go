package lexicon

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/hearthdesk/hearth/base/when"
)

// Promise is what a draft promises. Start and End count UTF-16 units.
type Promise struct {
	Start    int       `json:"start"`
	End      int       `json:"end"`
	Text     string    `json:"text" doc:"the words of it"`
	Kind     string    `json:"kind" enum:"call_back,answer,delivery,refund,repair,visit,other"`
	Due      time.Time `json:"due,omitzero" doc:"until when; absent where no time was said, so that the composer can ask for one"`
	DateOnly bool      `json:"date_only" doc:"a day was said and no hour: due is that day's last second"`
	Day      string    `json:"day,omitempty" doc:"that day in the zone asked for, such as 2026-12-24"`
	Working  bool      `json:"working" doc:"it was counted in working days, without any calendar of holidays"`
}

// A commitment is found by rules that are a promise, whose family is its kind; its time by base/when, in the same
// sentence. What looks like one and is none: a question, a condition, something denied or doubted, somebody's words of the
// past, a quotation, a habit.
// manner is what a word says about whether something is meant, as bits.
type manner uint32

const (
	conditions manner = 1 << iota
	polite
	negations
	reported
	sure
	doubts
	often
	joining
	suiting
	repeated
	habits
	atOnce
	undo
	their
	haveEnded
)

// manners are words by what they say.
var manners = mannersOf(map[manner]string{
	conditions: "if unless whether provided wenn falls sofern ob vorausgesetzt sollte sollten",
	polite:     "that this it's you suits suit okay ok fine possible recht passt ihnen dir euch sie du möchten mögen",
	negations:  "can't cannot not never n't don't didn't won't doubt unable unlikely nobody nicht kein keine keinen nie niemals niemand kaum",
	reported:   "said told thought claimed wrote hoped sagte sagten sagt schrieb schrieben behauptete meinte dachte terms policy bedingungen agb",
	sure:       "promise guarantee say sure certain think believe expect know able versprechen garantieren zusagen sagen sicher glaube glauben denke weiß wissen",
	doubts:     "doubt doubtful unsure unclear bezweifle bezweifeln fraglich unklar ungewiss",
	often:      "every each jede jeder jedes",
	joining:    "und aber oder denn sondern doch",
	suiting:    "suits suit right ok okay fine like want wish convenient recht passt möchten mögen wollen wünschen lieber",
	repeated:   "as wie was what",
	habits:     "usually normally always generally typically regel immer stets normalerweise üblicherweise grundsätzlich gewöhnlich",
	atOnce:     "now immediately away jetzt sofort gleich umgehend hiermit anbei herewith attached",
	undo:       "only just merely worry hesitate before until later nur bloß vor später länger",
	their:      "bought ordered paid sent wrote called asked chose told got gave made had returned received mentioned said wanted",
	haveEnded:  "haben hatten hat hatte hast habt wurde wurden worden",
})

func mannersOf(lists map[manner]string) map[string]manner {
	all := map[string]manner{}
	for is, list := range lists {
		for w := range strings.FieldsSeq(list) {
			all[w] |= is
		}
	}
	return all
}

// idle are German verbs of being, having, wishing and thinking, and what else stands beside "ich" and "wir".
var idle = words("bezweifle bezweifeln erinnere erinnern habe haben hatte hatten hätte hätten wäre wären waren wurde wurden würde würden könnte könnten können konnte konnten möchte möchten wollte wollten wollen sollte sollten sollen müsste müssten müssen musste mussten dürfte dürften dürfen glaube glauben denke denken hoffe hoffen verstehe verstehen danke danken freue freuen wünsche wünschen meine meinen finde finden kenne kennen brauche brauchen wohne arbeite schließen öffnen feiern gerne heute eine meine keine diese ihre alle ohne diesen einen keinen ihren unseren denn wenn dann schon morgen gern nun eben übermorgen innen denen von an seit bin sind weiß wissen bleibe bleiben fahre fahren warte warten erwarte erwarten sehe sehen höre hören lese lesen heiße heißen")

func words(list string) map[string]bool {
	all := map[string]bool{}
	for w := range strings.FieldsSeq(list) {
		all[w] = true
	}
	return all
}

// promises are what the draft commits us to, in its order.
func (l look) promises() []Promise {
	out := []Promise{}
	for i := range l.tokens {
		l.tokens[i].is = manners[l.tokens[i].word]
	}
	units := counter{text: l.Text}
	for n, hits := range l.commitments() {
		if len(hits) == 0 {
			continue
		}
		whole := l.of(l.sentences[n])
		var times []when.Found
		if !l.Now.IsZero() {
			times = l.toCome(when.Find(l.Text[whole.start:whole.end], l.Language, l.Now), whole.start)
		}
		for i := range hits {
			p, at, ok := l.promise(hits, i, whole, times)
			if last := len(out) - 1; !ok || i > 0 && last >= 0 && out[last].Kind == p.Kind && out[last].Due.Equal(p.Due) {
				continue // said twice, promised once
			}
			p.Start, p.End, p.Text = units.at(at.start), units.at(at.end), l.Text[at.start:at.end]
			out = append(out, p)
		}
	}
	return out
}

// promise is one of the commitments of a sentence, with its time and its place.
func (l look) promise(hits []hit, i int, whole span, times []when.Found) (p Promise, at span, ok bool) {
	h, since, until := hits[i], whole.start, whole.end
	if i > 0 {
		since = hits[i-1].end
	}
	if i+1 < len(hits) {
		until = hits[i+1].start
	}
	p.Kind, at = l.lines[h.line].Family, span{start: h.start, end: h.end}
	if f, found := l.timeOf(h, i == 0, times, whole.start, since, until); found {
		p.due(f)
		return p, span{start: min(at.start, whole.start+f.Start), end: max(at.end, whole.start+f.End)}, true
	}
	if p.Kind == "other" || p.Kind != "call_back" && says(l.between(h.start, until), atOnce) {
		return p, at, false // nothing to hold anybody to, or done while it is said
	}
	return p, at, true
}

func (p *Promise) due(f when.Found) {
	p.Due, p.Working = f.To.UTC(), f.Working
	if f.Precision != when.Minute && f.Precision != when.Part {
		last := f.To.Add(-time.Second)
		p.DateOnly, p.Due, p.Day = true, last.UTC(), last.Format(time.DateOnly)
	}
}

// mostTokens is how long a sentence may be to promise something: each commitment is held against all of it, and a text without
// a full stop is no promise to anybody.
const mostTokens = 200

// commitments are the hits of rules that are a promise, sentence by sentence, the clearest where several overlap.
func (l look) commitments() [][]hit {
	all := make([][]hit, len(l.sentences))
	for _, h := range append(l.present(), l.good...) {
		if s := l.sentences[h.sentence]; l.lines[h.line].Is == "promise" && !s.question && s.end-s.first <= mostTokens && l.meant(h) {
			all[h.sentence] = append(all[h.sentence], h)
		}
	}
	for n, hits := range all {
		other := func(h hit) int { return strings.Count(l.lines[h.line].Family, "other") }
		slices.SortStableFunc(hits, func(x, y hit) int {
			return cmp.Or(other(x)-other(y), x.start-y.start, y.end-x.end)
		})
		var kept []hit
		for _, h := range hits {
			if !slices.ContainsFunc(kept, func(k hit) bool { return h.start < k.end && k.start < h.end || l.near(h, k) }) {
				kept = append(kept, h)
			}
		}
		slices.SortFunc(kept, func(x, y hit) int { return x.start - y.start })
		all[n] = kept
	}
	return all
}

// present finds what Germans promise in the present tense: any verb of theirs beside "ich" or "wir" that is not one of being,
// having, wishing or thinking. Only a time to come makes it a promise, of the kind other.
func (l look) present() (all []hit) {
	line := slices.IndexFunc(l.lines, func(r line) bool { return r.Is == "promise" && r.Family == "other" })
	if line < 0 || !strings.HasPrefix(l.Language, "de") {
		return nil
	}
	for n, s := range l.sentences {
		for i := s.first; i < s.end; i++ {
			ending, we := map[string]string{"ich": "e", "wir": "n"}[l.tokens[i].word]
			if !we {
				continue
			}
			j := i - 1 // the verb stands before, unless a clause begins here
			if i == s.first || l.tokens[i].comma || l.tokens[j].is&joining != 0 {
				j = i + 1
			}
			if j < s.end && l.acts(l.tokens[j], ending, j == s.first) {
				all = append(all, hit{line: line, start: l.tokens[min(i, j)].start, end: l.tokens[max(i, j)].end, sentence: n})
			}
		}
	}
	return all
}

// acts says whether a word is a verb by its end, and of doing: nouns have a capital.
func (l look) acts(t token, ending string, first bool) bool {
	r, _ := utf8.DecodeRuneInString(l.Text[t.start:])
	return strings.HasSuffix(t.word, ending) && len(t.word) > 3 && (first || unicode.IsLower(r)) && !idle[t.word]
}

// near says that an unspecific promise only introduces another: I'll make sure you get it.
func (l look) near(h, k hit) bool {
	return l.lines[h.line].Family == "other" && k.start >= h.end && k.start-h.end < 40
}

// meant says whether a hit is a promise by what else its sentence says.
func (l look) meant(h hit) bool {
	s := l.sentences[h.sentence]
	whole := l.of(s)
	if quoted(l.Text[whole.start:h.start]) {
		return false
	}
	before, after := l.between(s.first, h.start), l.between(h.end, whole.end)
	inside := l.between(h.start, h.end)
	switch {
	case says(before, habits), says(inside, habits), says(after, habits), says(before, often):
		return false
	case len(before) > 0 && before[len(before)-1].is&negations != 0: // nobody will
		return false
	case says(before, reported) && !says(before, repeated):
		return false
	case doubted(before), denied(inside), denied(clause(after)):
		return false
	}
	return !conditional(before, true) && !conditional(after, false)
}

// between are the tokens from a place on up to another; a place before a sentence is a token's number.
func (l look) between(from, to int) []token {
	i, _ := slices.BinarySearchFunc(l.tokens, from, func(t token, at int) int { return t.start - at })
	j, _ := slices.BinarySearchFunc(l.tokens, to, func(t token, at int) int { return t.start - at })
	return l.tokens[i:max(i, j)]
}

// says whether some token says it.
func says(tokens []token, what manner) bool {
	for i := range tokens {
		if tokens[i].is&what != 0 {
			return true
		}
	}
	return false
}

func has(tokens []token, some map[string]bool) bool {
	return slices.ContainsFunc(tokens, func(t token) bool { return some[t.word] })
}

// clause is the words up to the next comma.
func clause(tokens []token) []token {
	for i, t := range tokens {
		if t.comma {
			return tokens[:i]
		}
	}
	return tokens
}

// doubted: I can't promise that … ; I don't think that …
func doubted(before []token) bool {
	return says(before, doubts) || says(before, negations) && says(before, sure)
}

// denied: not, without only or until behind it.
func denied(tokens []token) bool {
	for i, t := range tokens {
		if t.is&negations != 0 && (i+1 == len(tokens) || tokens[i+1].is&undo == 0) {
			return true
		}
	}
	return false
}

// conditional: if, unless it is mere politeness, as in "if that suits you".
func conditional(tokens []token, before bool) bool {
	for i, t := range tokens {
		if t.is&conditions == 0 || !before && (t.word == "whether" || t.word == "ob") { // you will know whether …
			continue
		}
		rest := clause(tokens[i+1:])
		if len(rest) > 6 || !says(rest, polite) || !says(rest, suiting) {
			return true
		}
	}
	return false
}

// quoted says whether a quotation is open where a text ends.
func quoted(before string) bool {
	return strings.Count(before, `"`)%2 == 1 || strings.LastIndexAny(before, "„“") > strings.LastIndex(before, "”") && strings.Count(before, "„") > strings.Count(before, "“") ||
		strings.Count(before, "“") > strings.Count(before, "”")+strings.Count(before, "„")
}

// timeOf is the time that belongs to a commitment: the first after it, or a limit among those; else the nearest right before
// it; for the first of several, at last, the only one there is: I'll call you and send it by Friday.
func (l look) timeOf(h hit, first bool, times []when.Found, offset, since, until int) (best when.Found, ok bool) {
	var after, before []when.Found
	for _, f := range times {
		start, end := offset+f.Start, offset+f.End
		switch {
		case end > h.start && end <= until, first && len(times) == 1 && start > h.start:
			after = append(after, f)
		case end <= h.start && start >= since && len(l.between(end, h.start)) <= 4:
			before = append(before, f)
		}
	}
	switch n := slices.IndexFunc(after, func(f when.Found) bool { return f.Limit }); {
	case n >= 0:
		return after[n], true
	case len(after) > 0:
		return after[0], true
	case len(before) > 0:
		return before[len(before)-1], true
	}
	return best, false
}

// toCome are the times of a sentence that can be promised: those to come that are not of what the customer did.
func (l look) toCome(times []when.Found, offset int) []when.Found {
	return slices.DeleteFunc(times, func(f when.Found) bool {
		return !f.To.After(l.Now) || l.theirs(offset+f.Start, offset+f.End)
	})
}

// theirs says that a time is that of something the customer did: the lamp you bought on Friday.
func (l look) theirs(start, end int) bool {
	before, after := l.between(0, start), l.between(end, len(l.Text))
	if n := len(before); n >= 2 && (before[n-2].word == "you" || n >= 3 && before[n-3].word == "you") && says(before[n-2:], their) {
		return true
	}
	if len(after) < 2 {
		return false
	}
	return says(after[1:min(3, len(after))], haveEnded) // am Montag bestellt haben
}
