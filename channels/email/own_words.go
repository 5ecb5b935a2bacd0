package email

import (
	"cmp"
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/rooms/lexicon"
)

// gap is what is filled in when an acknowledgement leaves.
var gap = regexp.MustCompile(`\{[a-z_]*\}`)

// gaps are those there are.
var gaps = []string{"{name}", "{number}", "{subject}", "{by}", "{mailbox}"} //nolint:gochecknoglobals // a constant list

// approve reads the words that the machine will say in the name of a mailbox, before anybody has to wait for that, and tells what
// the lexicon says of them. What must not be said is refused.
func (room *Room) approve(ctx context.Context, o *Options) (found []lexicon.Finding, err error) {
	if o == nil || strings.TrimSpace(o.Words) == "" {
		return nil, nil
	}
	for _, g := range gap.FindAllString(o.Words, -1) {
		if !slices.Contains(gaps, g) {
			return nil, fault.Field("options.acknowledgement", "mailbox.gap", "There is nothing to put in for %s; there is something for %s.", g, strings.Join(gaps, ", "))
		}
	}
	if room.lexicon == nil {
		return nil, nil
	}
	return found, room.db.Read(ctx, func(tx *store.Tx) error {
		found, err = room.lexicon.ApproveText(tx, lexicon.MachineText{Field: "options.acknowledgement", Text: o.Words, Locale: cmp.Or(o.Locale, "en"), Letter: true})
		return err
	})
}

// fill puts in what is known. A customer without a name is greeted without one, and a line that says by when is left out when
// nobody has said so.
func (room *Room) fill(words, lang, name, number, subject, mailbox string, by time.Time) (string, error) {
	when := ""
	if !by.IsZero() {
		var err error
		if when, err = room.words.Say(lang, "acknowledge.by", map[string]any{"by": by}); err != nil {
			return "", err
		}
	}
	lines := slices.DeleteFunc(strings.Split(words, "\n"), func(l string) bool { return when == "" && strings.Contains(l, "{by}") })
	put := strings.NewReplacer("{number}", number, "{subject}", subject, "{by}", when, "{mailbox}", mailbox, "{name}", name)
	if name == "" {
		put = strings.NewReplacer("{number}", number, "{subject}", subject, "{by}", when, "{mailbox}", mailbox, " {name}", "", "{name}", "")
	}
	return strings.TrimSpace(put.Replace(strings.Join(lines, "\n"))), nil
}
