package portal

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"golang.org/x/text/language"

	"github.com/hearthdesk/hearth/base/money"
	"github.com/hearthdesk/hearth/base/words"
	"github.com/hearthdesk/hearth/rooms/recovery/remedies"
)

// spoken are the languages of the pages, the first for who speaks none of them.
var (
	spoken  = []string{"en", "de"}                                                   //nolint:gochecknoglobals // a constant list
	matcher = language.NewMatcher([]language.Tag{language.English, language.German}) //nolint:gochecknoglobals // made of it
)

// language picks the language of a page: the customer's own where it is known, else what their browser or mailbox asks for.
func (room *Room) language(own, accepts string) string {
	for _, s := range []string{own, accepts} {
		tags, _, err := language.ParseAcceptLanguage(s)
		if err != nil || len(tags) == 0 {
			continue
		}
		if _, i, sure := matcher.Match(tags...); sure != language.No {
			return spoken[i]
		}
	}
	return spoken[0]
}

// tongue says the words of a page, in a language and the time of a place.
type tongue struct {
	book *words.Book
	lang string
	zone *time.Location
}

// T says a message; pairs are names and values. What can't be said is a slip of ours that a test finds.
func (s tongue) T(key string, pairs ...any) string {
	args := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v := pairs[i+1]
		if at, ok := v.(time.Time); ok {
			v = s.in(at)
		}
		args[fmt.Sprint(pairs[i])] = v
	}
	said, err := s.book.Say(s.lang, key, args)
	if err != nil {
		return key
	}
	return said
}

// Gift is what somebody may choose: as it was written, or the kind of it; and how much, where that is what they get.
func (s tongue) Gift(n remedies.Named) string {
	said := n.What
	if n.Kind != "" {
		said = s.T("my.gift." + n.Kind)
	}
	if n.Worth == nil {
		return said
	}
	return said + " – " + s.amount(*n.Worth)
}

// signs are those of money that people read as a sign.
var signs = map[string]string{"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥"} //nolint:gochecknoglobals // a constant table

// amount is money as people write it.
func (s tongue) amount(a money.Amount) string {
	sign, digits := signs[a.Currency], strings.TrimSuffix(a.Decimal(), ".00")
	switch {
	case s.lang == "de":
		return strings.ReplaceAll(digits, ".", ",") + "\u00a0" + cmp.Or(sign, a.Currency)
	case sign == "":
		return digits + "\u00a0" + a.Currency
	}
	return sign + digits
}

// Lang is the language, for the page to name.
func (s tongue) Lang() string { return s.lang }

func (s tongue) in(at time.Time) time.Time {
	if s.zone == nil {
		return at
	}
	return at.In(s.zone)
}
