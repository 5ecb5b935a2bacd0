package lexicon

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
)

// Offered is what there is to begin an answer with.
type Offered struct {
	Language   string             `json:"language" doc:"the customer's, where there is a lexicon of it"`
	Frameworks []OfferedFramework `json:"frameworks" nullable:"false" doc:"those that fit the ticket first, the best of them first"`
	Questions  []OfferedQuestion  `json:"questions" nullable:"false" doc:"planned for tickets like this one"`
}

// OfferedFramework is a framework that may be used here.
type OfferedFramework struct {
	Framework
	Fits bool `json:"fits,omitempty"`
}

// OfferedQuestion is a question planned for a ticket.
type OfferedQuestion struct {
	ID    string `json:"id"`
	Ask   string `json:"ask"`
	For   string `json:"for,omitempty"`
	Early string `json:"early,omitempty" enum:"apologised,accepted" doc:"what has to come first: our apology, or that the customer took it"`
}

// Wish is what an offer is asked for.
type Wish struct {
	Ticket   string
	Language string // instead of the customer's
	Locale   string // BCP 47; counts where what the customer wrote does not tell its language
}

// Offer is the frameworks and planned questions for an answer in a ticket. Where there is a complaint a question waits for
// what has to come first.
func (room *Room) Offer(ctx context.Context, who web.Who, w Wish) (o Offered, err error) {
	if w.Ticket == "" {
		return o, fault.Field("ticket", "lexicon.no_ticket", "Say for which ticket.")
	}
	d, err := room.situation(ctx, who, w.Ticket)
	if err != nil {
		return o, err
	}
	known := cmp.Or(d.Language, w.Locale) // that of their card before that of whoever answers
	o.Language = cmp.Or(w.Language, LanguageOf(d.theirs(), known))
	if o.Language == "" {
		o.Language, _, _ = strings.Cut(strings.ToLower(known), "-")
		if !slices.Contains(Languages, o.Language) {
			o.Language = Languages[0]
		}
	}
	return o, room.db.Read(ctx, func(tx *store.Tx) error {
		frameworks, err := room.Frameworks(tx, o.Language)
		if err != nil {
			return err
		}
		questions, err := room.Questions(tx, o.Language)
		if err != nil {
			return err
		}
		book, err := room.Book(tx, o.Language)
		if err != nil {
			return err
		}
		sets, err := starterSets(o.Language)
		if err != nil {
			return err
		}
		theirs := d.passages()
		o.Frameworks = offerFrameworks(frameworks, d, sets, theirs)
		o.Questions = offerQuestions(questions, d, sets, theirs, book.listen(d.Talk))
		return nil
	})
}

// passages are what the customer wrote, taken apart.
func (d Draft) passages() (all []passage) {
	for _, s := range d.Talk {
		if s.Theirs {
			tokens, sentences := read(s.Text)
			all = append(all, passage{tokens, sentences})
		}
	}
	return all
}

func offerFrameworks(all []ListedFramework, d Draft, sets map[string]string, theirs []passage) []OfferedFramework {
	type rated struct {
		OfferedFramework
		points int
	}
	var some []rated
	for _, f := range all {
		if f.Off || f.Unsound {
			continue
		}
		if points := fits(f.When, d, sets, theirs); points >= 0 {
			some = append(some, rated{OfferedFramework{f.Framework, points > 0}, points})
		}
	}
	slices.SortStableFunc(some, func(x, y rated) int { return y.points - x.points })
	out := make([]OfferedFramework, 0, len(some))
	for _, f := range some {
		out = append(out, f.OfferedFramework)
	}
	return out
}

func offerQuestions(all []ListedQuestion, d Draft, sets map[string]string, theirs []passage, h heard) []OfferedQuestion {
	said := max(d.Said, h.said)
	complaint := d.Complaint || h.heat > 0
	out := []OfferedQuestion{}
	for _, q := range all {
		if q.Off || q.Unsound || fits(q.When, d, sets, theirs) <= 0 {
			continue
		}
		o := OfferedQuestion{ID: q.ID, Ask: q.Ask, For: q.For}
		if l := (&line{Rule: Rule{Until: q.Until}}); complaint && q.Until != "" && l.early(said) {
			o.Early = q.Until
		}
		out = append(out, o)
	}
	slices.SortStableFunc(out, func(x, y OfferedQuestion) int { return min(len(x.Early), 1) - min(len(y.Early), 1) })
	return out
}
