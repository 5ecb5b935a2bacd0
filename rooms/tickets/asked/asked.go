// Package asked learns from what colleagues really ask customers which questions a company might plan: those that were asked on
// many tickets, of several customers, in nearly the same words, and that it has not planned yet.
//
// What it shows was written to customers, so the words of a proposal are those that several of them were asked in, and without
// a figure: names, numbers and addresses stay where they were said.
package asked

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/hearthdesk/hearth/rooms/lexicon"
)

const (
	fewestTickets   = 5   // on which something was asked
	fewestCustomers = 3   // of whom it was asked, and in the same words
	alike           = 0.6 // of the words that carry the matter of two questions, where they are the same question
	longest         = 200 // bytes of a question; what is longer tells a story of its own
	mostProposed    = 20
	mostWordings    = 5 // of one question that are held against the lexicon
	stem            = 6 // letters by which words are told apart: "invoice" and "invoices" are one
)

// Said is an answer of a colleague's.
type Said struct {
	Ticket   int64  `db:"ticket"`
	Customer int64  `db:"customer"`
	Author   string `db:"author"`
	Type     string `db:"type"` // of the ticket
	Text     string `db:"text"`
}

// Proposal is a question that might be planned.
type Proposal struct {
	Ask        string            `json:"ask" doc:"in the words that were used most and hurt least"`
	Tickets    int               `json:"tickets" doc:"on how many it was asked"`
	Customers  int               `json:"customers"`
	Colleagues int               `json:"colleagues"`
	Types      []string          `json:"types" nullable:"false" doc:"types of tickets on which it was asked most"`
	Findings   []lexicon.Finding `json:"findings" nullable:"false" doc:"what the lexicon says of it; one that it finds blunt (family diagnostic) can't be planned as it stands"`
}

// wording is a question in the same words, and where it was asked.
type wording struct {
	ask    string
	words  []string
	matter []string
	in     []Said
}

// matterOf are the stems of what a question is about, each once.
func matterOf(ask string) []string {
	var all []string
	for _, w := range lexicon.Matter(ask) {
		r := []rune(w)
		all = append(all, string(r[:min(len(r), stem)]))
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// same says whether two questions are the same one in other words.
func same(a, b []string) bool {
	both := 0
	for _, w := range a {
		if _, there := slices.BinarySearch(b, w); there {
			both++
		}
	}
	return both > 0 && float64(both) >= alike*float64(len(a)+len(b)-both)
}

// wordings are the questions asked in a language, each wording once, those used most first.
func wordings(said []Said, language string) []*wording {
	by := map[string]*wording{}
	for _, s := range said {
		if !strings.Contains(s.Text, "?") || lexicon.LanguageOf(s.Text, "") != language {
			continue
		}
		for _, ask := range lexicon.Asks(s.Text) {
			words := lexicon.Folded(ask)
			matter := matterOf(ask)
			if len(ask) > longest || len(matter) < 2 {
				continue
			}
			key := strings.Join(words, " ")
			if by[key] == nil {
				by[key] = &wording{ask: ask, words: words, matter: matter}
			}
			by[key].in = append(by[key].in, s)
		}
	}
	all := slices.Collect(maps.Values(by))
	slices.SortFunc(all, func(a, b *wording) int { return cmp.Or(len(b.in)-len(a.in), cmp.Compare(a.ask, b.ask)) })
	return all
}

// cluster is a question in all its wordings, those used most first.
type cluster struct {
	matter   []string
	wordings []*wording
}

// gather puts wordings of the same question together, each to the first it is the same as.
func gather(all []*wording) (some []*cluster) {
	with := map[string][]*cluster{} // by a stem of theirs
	for _, w := range all {
		var of *cluster
	stems:
		for _, m := range w.matter {
			for _, c := range with[m] {
				if same(c.matter, w.matter) {
					of = c
					break stems
				}
			}
		}
		if of == nil {
			of = &cluster{matter: w.matter}
			some = append(some, of)
			for _, m := range w.matter {
				with[m] = append(with[m], of)
			}
		}
		of.wordings = append(of.wordings, w)
	}
	return some
}

// counted says on how many tickets, of how many customers and by how many colleagues it was asked, and on which types most.
func (c *cluster) counted() (p Proposal) {
	tickets, customers, authors, types := map[int64]bool{}, map[int64]bool{}, map[string]bool{}, map[string]int{}
	for _, w := range c.wordings {
		for _, s := range w.in {
			if !tickets[s.Ticket] && s.Type != "" {
				types[s.Type]++
			}
			tickets[s.Ticket], customers[s.Customer], authors[s.Author] = true, true, true
		}
	}
	p = Proposal{Tickets: len(tickets), Customers: len(customers), Colleagues: len(authors), Types: []string{}, Findings: []lexicon.Finding{}}
	for _, t := range slices.SortedFunc(maps.Keys(types), func(a, b string) int { return cmp.Or(types[b]-types[a], cmp.Compare(a, b)) }) {
		if n := types[t]; n >= 2 && 5*n >= p.Tickets {
			p.Types = append(p.Types, t)
		}
	}
	return p
}

// plain are the wordings that may be shown: without a figure, and asked of several customers.
func (c *cluster) plain() (some []*wording) {
	for _, w := range c.wordings {
		to := map[int64]bool{}
		for _, s := range w.in {
			to[s.Customer] = true
		}
		if len(to) < fewestCustomers || strings.ContainsAny(w.ask, "0123456789@") {
			continue
		}
		if some = append(some, w); len(some) == mostWordings {
			break
		}
	}
	return some
}

// Propose finds the questions of a language that were asked often and are none of those known, the most frequent first. judge
// is what the lexicon says of one.
func Propose(said []Said, language string, known []string, judge func(ask string) ([]lexicon.Finding, error)) ([]Proposal, error) {
	proposed := []Proposal{}
	var not [][]string
	for _, k := range known {
		not = append(not, matterOf(k))
	}
	all := wordings(said, language)
	type counted struct {
		*cluster
		Proposal
	}
	var often []counted
	for _, c := range gather(all) {
		p := c.counted()
		if p.Tickets >= fewestTickets && p.Customers >= fewestCustomers && !slices.ContainsFunc(not, func(k []string) bool { return same(k, c.matter) }) {
			often = append(often, counted{c, p})
		}
	}
	slices.SortStableFunc(often, func(a, b counted) int { return b.Tickets - a.Tickets })
	for _, c := range often {
		for _, w := range c.plain() {
			found, err := judge(w.ask)
			if err != nil {
				return nil, err
			}
			if c.Ask == "" || len(found) < len(c.Findings) {
				c.Ask, c.Findings = w.ask, append([]lexicon.Finding{}, found...)
			}
			if len(found) == 0 {
				break
			}
		}
		if c.Ask == "" { // what it was asked in is somebody's own
			continue
		}
		if proposed = append(proposed, c.Proposal); len(proposed) == mostProposed {
			break
		}
	}
	return proposed, nil
}
