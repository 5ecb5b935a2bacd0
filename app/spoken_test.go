package app_test

import (
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/hearthdesk/hearth/app"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/rooms/lexicon"
)

// TestWhatTheProgramItselfSaysIsSaidWell (L6): every word it says to customers, in each way it can be read, is held against the
// lexicon as a company's own machine texts are when they are saved, and has no finding. What stands on a button or beside a field
// says what to do there: on a page that is no order.
func TestWhatTheProgramItselfSaysIsSaidWell(t *testing.T) {
	h, err := app.Build(t.Context(), app.Settings{Data: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close() })
	const letter = "acknowledge.text" // the others go into one, above a link and a name
	for _, lang := range lexicon.Languages {
		readings, err := h.Words.Readings(lang)
		if err != nil {
			t.Fatal(err)
		}
		if len(readings) < 60 {
			t.Errorf("%s: only %d messages were read", lang, len(readings))
		}
		if err := h.DB.Read(t.Context(), func(tx *store.Tx) error {
			for key, all := range readings {
				page := strings.HasPrefix(key, "my.")
				if !page && !strings.HasPrefix(key, "acknowledge.") { // said to colleagues
					continue
				}
				for _, text := range all {
					found, err := h.Lexicon.ApproveText(tx, lexicon.MachineText{Field: key, Text: text, Locale: lang, Letter: key == letter})
					if err != nil && len(found) == 0 {
						return err
					}
					for _, f := range found {
						if page && f.Family == "command" {
							continue
						}
						t.Errorf("%s %s: %s %q %s %v\n%s", lang, key, f.Rule, string(utf16.Decode(utf16.Encode([]rune(text))[f.Start:f.End])), f.Why, f.Better, strings.TrimSpace(text))
					}
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
}
