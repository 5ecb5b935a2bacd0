package portal

import (
	"context"
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/lexicon"
)

// Settings say how the pages are.
type Settings struct {
	Days       int     `json:"days" db:"days" minimum:"1" maximum:"365" doc:"without use, after which a link opens nothing any more"`
	Name       string  `json:"name" db:"name" maxLength:"80" doc:"what the desk calls itself at the top of the page"`
	Mails      bool    `json:"mails" db:"mails" doc:"a mail that goes to nobody but the customer ends with a link to the page"`
	Asks       bool    `json:"asks" db:"asks" doc:"who has no link may ask for one by their mail address"`
	FirstNames bool    `json:"first_names" db:"first_names" doc:"a page says by first name who has a ticket and who wrote; else the team and the desk"`
	Welcome    Welcome `json:"welcome" db:"welcome,json" doc:"words of yours at the top of every page"`
}

// Welcome is what a page says at its top, in each language there is; none when empty.
type Welcome struct {
	EN string `json:"en,omitempty" maxLength:"600"`
	DE string `json:"de,omitempty" maxLength:"600"`
}

// In is what it says in a language.
func (w Welcome) In(lang string) string {
	if lang == "de" {
		return w.DE
	}
	return w.EN
}

// SettingsChange changes some of them; nil leaves a part as it is.
type SettingsChange struct {
	Days       *int     `json:"days,omitempty"`
	Name       *string  `json:"name,omitempty"`
	Mails      *bool    `json:"mails,omitempty"`
	Asks       *bool    `json:"asks,omitempty"`
	FirstNames *bool    `json:"first_names,omitempty"`
	Welcome    *Welcome `json:"welcome,omitempty"`
}

const (
	longestName    = 80  // characters of what the desk calls itself
	longestWelcome = 600 // characters
)

// change applies a change and says whether that made a difference.
func (s *Settings) change(ch SettingsChange) (differs bool, err error) {
	was := *s
	set(&s.Days, ch.Days)
	set(&s.Mails, ch.Mails)
	set(&s.Asks, ch.Asks)
	set(&s.FirstNames, ch.FirstNames)
	if ch.Name != nil {
		s.Name = strings.Join(strings.Fields(clean(*ch.Name)), " ")
	}
	if ch.Welcome != nil {
		s.Welcome = Welcome{strings.TrimSpace(clean(ch.Welcome.EN)), strings.TrimSpace(clean(ch.Welcome.DE))}
	}
	switch {
	case s.Days < 1 || s.Days > 365:
		return false, fault.Field("days", "my.days", "A link can rest 1 to 365 days before it opens nothing any more.")
	case utf8.RuneCountInString(s.Name) > longestName:
		return false, fault.Field("name", "my.name", "The name at the top of the page has up to %d characters.", longestName)
	case utf8.RuneCountInString(s.Welcome.EN) > longestWelcome:
		return false, welcomeLong("en")
	case utf8.RuneCountInString(s.Welcome.DE) > longestWelcome:
		return false, welcomeLong("de")
	}
	return was != *s, nil
}

func welcomeLong(lang string) error {
	return fault.Field("welcome."+lang, "my.welcome_long", "The words at the top of the page have up to %d characters.", longestWelcome)
}

func set[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

func clean(s string) string {
	return strings.NewReplacer("\x00", "", "\r\n", "\n").Replace(strings.ToValidUTF8(s, ""))
}

// Kept is how the pages are set up now, with what the lexicon says of the words that were saved.
type Kept struct {
	Settings
	Findings []lexicon.Finding `json:"findings,omitempty" doc:"when words are saved: what the lexicon says of them"`
}

// Configure changes how the pages are set up. Words that must not be said are refused.
func (room *Room) Configure(ctx context.Context, who web.Who, ch SettingsChange) (k Kept, err error) {
	return k, room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		s, err := lockSettings(tx)
		k = Kept{Settings: s}
		if err != nil {
			return err
		}
		differs, err := k.change(ch)
		if err != nil || !differs {
			return err
		}
		if k.Findings, err = room.approve(tx, s.Welcome, k.Welcome); err != nil {
			return err
		}
		return errors.Join(saveSettings(tx, k.Settings), tx.Record(settings{}, Configured{k.Days}))
	})
}

// approve reads the words that the pages will say to everybody, where they are new.
func (room *Room) approve(tx *store.Tx, was, now Welcome) (found []lexicon.Finding, err error) {
	for _, lang := range spoken {
		words := now.In(lang)
		if words == "" || words == was.In(lang) || room.lexicon == nil {
			continue
		}
		some, err := room.lexicon.ApproveText(tx, lexicon.MachineText{Field: "welcome." + lang, Text: words, Locale: lang})
		if err != nil {
			return nil, err
		}
		found = append(found, some...)
	}
	return found, nil
}

// settings is what Configured is about.
type settings struct{}

func (settings) String() string { return "my" }
