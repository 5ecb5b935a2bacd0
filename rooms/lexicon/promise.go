package lexicon

import (
	"cmp"
	"slices"
	"strings"
	"time"

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
var (
	conditions = words("if unless whether provided wenn falls sofern ob vorausgesetzt sollte sollten")
	polite     = words("that this it's you suits suit okay ok fine possible recht passt ihnen dir euch sie du möchten mögen")
	negations  = words("can't cannot not never n't don't didn't won't doubt unable unlikely nobody nicht kein keine keinen nie niemals niemand kaum")
	reported   = words("said told thought claimed wrote hoped sagte sagten sagt schrieb schrieben behauptete meinte dachte terms policy bedingungen agb")
	sure       = words("promise guarantee say sure certain think believe expect know able versprechen garantieren zusagen sagen sicher glaube glauben denke weiß wissen")
	suiting    = words("suits suit right ok okay fine like want wish convenient recht passt möchten mögen wollen wünschen lieber")
	repeated   = words("as wie")
	habits     = words("usually normally always generally typically every each jede jeder jedes immer stets normalerweise üblicherweise grundsätzlich gewöhnlich")
	atOnce     = words("now immediately straight right jetzt sofort gleich umgehend hiermit anbei herewith attached")
	undo       = words("only just merely worry hesitate before until later nur bloß vor später länger mehr")
	their      = words("bought ordered paid sent wrote called asked chose told got gave made had returned received mentioned said wanted")
	haveEnded  = words("haben hatten hat hatte hast habt wurde wurden worden")
)

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
	units := counter{text: l.Text}
	for n, hits := range l.commitments() {
		if len(hits) == 0 {
			continue
		}
		whole := l.of(l.sentences[n])
		var times []when.Found
		if !l.Now.IsZero() {
			times = when.Find(l.Text[whole.start:whole.end], l.Language, l.Now)
		}
		for i, h := range hits {
			until := whole.end
			if i+1 < len(hits) {
				until = hits[i+1].start
			}
			p := Promise{Kind: l.lines[h.line].Family}
			start, end := h.start, h.end
			if f, ok := l.timeOf(h, i == 0, times, whole.start, until); ok {
				p.due(f)
				start, end = min(start, whole.start+f.Start), max(end, whole.start+f.End)
			} else if p.Kind == "other" || l.among(span{start: h.start, end: until}, atOnce) {
				continue // done while it is said, or nothing to hold anybody to
			}
			p.Start, p.End, p.Text = units.at(start), units.at(end), l.Text[start:end]
			out = append(out, p)
		}
	}
	return out
}

func (p *Promise) due(f when.Found) {
	p.Due, p.Working = f.To.UTC(), f.Working
	if f.Precision != when.Minute && f.Precision != when.Part {
		last := f.To.Add(-time.Second)
		p.DateOnly, p.Due, p.Day = true, last.UTC(), last.Format(time.DateOnly)
	}
}

// commitments are the hits of rules that are a promise, sentence by sentence, the clearest where several overlap.
func (l look) commitments() [][]hit {
	all := make([][]hit, len(l.sentences))
	for _, h := range l.good {
		if l.lines[h.line].Is == "promise" && !l.sentences[h.sentence].question && l.meant(h) {
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
	case has(before, habits), has(inside, habits), has(after, habits):
		return false
	case has(before, reported) && !has(before, repeated):
		return false
	case doubted(before), denied(inside), denied(clause(after)):
		return false
	}
	return !conditional(before) && !conditional(after)
}

// between are the tokens from a place on up to another; a place before a sentence is a token's number.
func (l look) between(from, to int) []token {
	i, _ := slices.BinarySearchFunc(l.tokens, from, func(t token, at int) int { return t.start - at })
	j, _ := slices.BinarySearchFunc(l.tokens, to, func(t token, at int) int { return t.start - at })
	return l.tokens[i:max(i, j)]
}

func (l look) among(s span, some map[string]bool) bool { return has(l.between(s.start, s.end), some) }

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
	return has(before, negations) && has(before, sure)
}

// denied: not, without only or until behind it.
func denied(tokens []token) bool {
	for i, t := range tokens {
		if negations[t.word] && (i+1 == len(tokens) || !undo[tokens[i+1].word]) {
			return true
		}
	}
	return false
}

// conditional: if, unless it is mere politeness, as in "if that suits you".
func conditional(tokens []token) bool {
	for i, t := range tokens {
		if !conditions[t.word] {
			continue
		}
		rest := clause(tokens[i+1:])
		if len(rest) > 6 || !has(rest, polite) || !has(rest, suiting) {
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
func (l look) timeOf(h hit, first bool, times []when.Found, offset, until int) (best when.Found, ok bool) {
	var after, before []when.Found
	for _, f := range times {
		start, end := offset+f.Start, offset+f.End
		switch {
		case !f.To.After(l.Now) || l.theirs(start, end):
		case start >= h.start && end <= until, first && len(times) == 1 && start > h.start:
			after = append(after, f)
		case end <= h.start && len(l.between(end, h.start)) <= 4:
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

// theirs says that a time is that of something the customer did: the lamp you bought on Friday.
func (l look) theirs(start, end int) bool {
	before, after := l.between(0, start), l.between(end, len(l.Text))
	if n := len(before); n >= 2 && (before[n-2].word == "you" || n >= 3 && before[n-3].word == "you") && has(before[n-2:], their) {
		return true
	}
	if len(after) < 2 {
		return false
	}
	return has(after[1:min(3, len(after))], haveEnded) // am Montag bestellt haben
}
