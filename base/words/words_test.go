package words_test

import (
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hearthdesk/hearth/base/words"
)

func room(files map[string]string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for name, content := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(content)}
	}
	return fsys
}

func book(t *testing.T, files map[string]string) *words.Book {
	t.Helper()
	b, err := words.New(room(files))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestAMessageIsSaid(t *testing.T) {
	at := time.Date(2006, 1, 2, 9, 4, 5, 0, time.UTC)
	afternoon := time.Date(2026, 11, 21, 15, 4, 5, 0, time.FixedZone("CET", 3600))
	tests := map[string]struct {
		lang, message string
		args          map[string]any
		want          string
	}{
		"plain words":                         {"en", "Thank you.", nil, "Thank you."},
		"nothing":                             {"en", "", nil, ""},
		"a name":                              {"en", "Dear {name},", map[string]any{"name": "Ana"}, "Dear Ana,"},
		"spaces around a name":                {"en", "Dear { name },", map[string]any{"name": "Ana"}, "Dear Ana,"},
		"braces in a name are words":          {"en", "Dear {name},", map[string]any{"name": "{x} '#"}, "Dear {x} '#,"},
		"something that says itself":          {"en", "{lasts}", map[string]any{"lasts": 90 * time.Second}, "1m30s"},
		"a bare number is not grouped":        {"de", "Ticket {n}", map[string]any{"n": 12345}, "Ticket 12345"},
		"a number in English":                 {"en", "{n, number}", map[string]any{"n": 12345.6789}, "12,345.679"},
		"a number in German":                  {"de", "{n, number}", map[string]any{"n": 12345.6789}, "12.345,679"},
		"a whole number":                      {"de", "{n, number, integer}", map[string]any{"n": -1234567.5}, "-1.234.568"},
		"a share in English":                  {"en", "{n, number, percent}", map[string]any{"n": 0.5}, "50%"},
		"a share in German":                   {"de", "{n, number, percent}", map[string]any{"n": 0.5}, "50\u00a0%"},
		"one":                                 {"en", "{n, plural, one {# ticket} other {# tickets}}", map[string]any{"n": 1}, "1 ticket"},
		"many":                                {"en", "{n, plural, one {# ticket} other {# tickets}}", map[string]any{"n": int64(1200)}, "1,200 tickets"},
		"one and a half":                      {"en", "{n, plural, one {# hour} other {# hours}}", map[string]any{"n": 1.5}, "1.5 hours"},
		"exactly none":                        {"en", "{n, plural, =0 {nothing} one {#} other {#}}", map[string]any{"n": 0}, "nothing"},
		"few in Polish":                       {"pl", "{n, plural, one {# plik} few {# pliki} many {# plików} other {# pliku}}", map[string]any{"n": 22}, "22 pliki"},
		"many in Polish":                      {"pl", "{n, plural, one {# plik} few {# pliki} many {# plików} other {# pliku}}", map[string]any{"n": 12}, "12 plików"},
		"an order":                            {"en", "{n, selectordinal, one {#st} two {#nd} few {#rd} other {#th}}", map[string]any{"n": 23}, "23rd"},
		"a choice":                            {"en", "{who, select, staff {we} other {they}}", map[string]any{"who": "staff"}, "we"},
		"any other choice":                    {"en", "{who, select, staff {we} other {they}}", map[string]any{"who": "x"}, "they"},
		"yes or no":                           {"en", "{known, select, true {by {by}} other {soon}}", map[string]any{"known": true, "by": "noon"}, "by noon"},
		"a plural within a choice":            {"en", "{who, select, other {{n, plural, one {#!} other {# of {who}}}}}", map[string]any{"who": "us", "n": 3}, "3 of us"},
		"a choice within a plural keeps #":    {"en", "{n, plural, one {x} other {{who, select, other {#}}}}", map[string]any{"who": "us", "n": 3}, "3"},
		"# is a sign outside a plural":        {"en", "Ticket #{n}", map[string]any{"n": 7}, "Ticket #7"},
		"a quoted #":                          {"en", "{n, plural, one {x} other {'#'#}}", map[string]any{"n": 7}, "#7"},
		"a quoted brace":                      {"en", "'{name}' is {name}", map[string]any{"name": "Ana"}, "{name} is Ana"},
		"an apostrophe":                       {"en", "It's here, isn''t it", nil, "It's here, isn't it"},
		"an apostrophe in a quote":            {"en", "'{it''s}'", nil, "{it's}"},
		"an apostrophe at the end":            {"en", "the agents'", nil, "the agents'"},
		"a quote that never ends":             {"en", "'{name", nil, "{name"},
		"a quoted tag":                        {"en", "'<b>'", nil, "<b>"},
		"less than":                           {"en", "1 < 2", nil, "1 < 2"},
		"a short date in English":             {"en", "{d, date, short}", map[string]any{"d": at}, "1/2/06"},
		"a date in English":                   {"en", "{d, date}", map[string]any{"d": at}, "Jan 2, 2006"},
		"a long date in English":              {"en", "{d, date, long}", map[string]any{"d": at}, "January 2, 2006"},
		"a full date in English":              {"en", "{d, date, full}", map[string]any{"d": at}, "Monday, January 2, 2006"},
		"a short time in English":             {"en", "{d, time, short}", map[string]any{"d": afternoon}, "3:04 PM"},
		"a time in English":                   {"en", "{d, time}", map[string]any{"d": at}, "9:04:05 AM"},
		"a short date in German":              {"de", "{d, date, short}", map[string]any{"d": afternoon}, "21.11.26"},
		"a date in German":                    {"de", "{d, date, medium}", map[string]any{"d": afternoon}, "21. Nov. 2026"},
		"a long date in German":               {"de", "{d, date, long}", map[string]any{"d": at}, "2. Januar 2006"},
		"a full date in German":               {"de", "{d, date, full}", map[string]any{"d": afternoon}, "Samstag, 21. November 2026"},
		"a short time in German":              {"de", "{d, time, short}", map[string]any{"d": at}, "09:04"},
		"a time in German":                    {"de", "{d, time, medium}", map[string]any{"d": afternoon}, "15:04:05"},
		"a date where names are not known":    {"fi", "{d, date, full}", map[string]any{"d": at}, "2006-01-02"},
		"a region of a language":              {"de-AT", "{d, date, long}", map[string]any{"d": at}, "2. Januar 2006"},
		"line ends between the cases":         {"en", "{n, plural,\n\tone {a}\n\tother {b}\n}", map[string]any{"n": 2}, "b"},
		"the largest number there is, nearly": {"en", "{n, plural, one {a} other {b}}", map[string]any{"n": 1e300}, "b"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			b := book(t, map[string]string{"words." + test.lang + ".json": `{"key": ` + quote(test.message) + `}`})
			got, err := b.Say(test.lang, "key", test.args)
			if err != nil || got != test.want {
				t.Errorf("said %q, %v; want %q", got, err, test.want)
			}
		})
	}
}

func TestAMistakeInAMessageIsFoundWhenItIsRead(t *testing.T) {
	tests := map[string]struct{ message, want string }{
		"a brace too many":             {"a}", `"key": at character 2: a } that closes nothing`},
		"a brace too few":              {"{name", `"key": at character 6: {name is not closed`},
		"no name":                      {"{}", `"key": at character 2: an argument without a name`},
		"an unknown kind":              {"{n, money}", `"key": at character 10: no kind of argument is called "money"`},
		"an unknown style":             {"{d, date, tiny}", `"key": at character 15: date has no style "tiny"`},
		"no cases":                     {"{n, plural}", `"key": at character 11: {n, plural} has no cases`},
		"no case other":                {"{n, plural, one {x}}", `"key": at character 20: {n, plural} has no case "other"`},
		"a case twice":                 {"{n, select, a {x} a {y} other {}}", `"key": at character 21: case "a" is there twice`},
		"a case without a message":     {"{n, select, a other {}}", `"key": at character 15: case "a" has no {message}`},
		"a case that is not closed":    {"{n, select, other {x", `"key": at character 21: case "other" is not closed`},
		"a form no language has":       {"{n, plural, lots {x} other {}}", `"key": at character 18: plural has no case "lots"`},
		"a tag":                        {"<b>x</b>", `"key": at character 1: a tag; quote it as '<'`},
		"messages without an end":      {"{a,select,other{{a,select,other{{a,select,other{{a,select,other{{a,select,other{{a,select,other{{a,select,other{{a,select,other{{a,select,other{", `"key": at character 145: more than 8 messages in one another`},
		"an offset, which is left out": {"{n, plural, offset:1 other {}}", `"key": at character 19: case "offset" has no {message}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := words.New(room(map[string]string{"words.en.json": `{"key": ` + quote(test.message) + `}`}))
			if err == nil || err.Error() != "words: words.en.json: "+test.want {
				t.Errorf("got  %v\nwant words: words.en.json: %s", err, test.want)
			}
		})
	}
}

func TestAFileThatIsNoneIsRefused(t *testing.T) {
	tests := map[string]map[string]string{
		"a list":             {"words.en.json": `[]`},
		"a message in parts": {"words.en.json": `{"a": {"b": "c"}}`},
		"a number":           {"words.en.json": `{"a": 1}`},
		"cut short":          {"words.en.json": `{"a": "b"`},
		"more behind it":     {"words.en.json": `{"a": "b"} {}`},
		"nothing":            {"words.en.json": ``},
		"no language":        {"words.x!.json": `{}`},
		"a key twice":        {"words.en.json": `{"a": "b", "a": "c"}`},
	}
	for name, files := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := words.New(room(files)); err == nil {
				t.Error("it was read")
			}
		})
	}
	one := room(map[string]string{"words.en.json": `{"a": "b"}`})
	if _, err := words.New(one, one); err == nil {
		t.Error("two rooms have the same key")
	}
}

func TestWhatALanguageLacksIsSaidInEnglish(t *testing.T) {
	b := book(t, map[string]string{
		"words.en.json":    `{"a": "colour", "b": "hello", "c": "bye"}`,
		"words.de.json":    `{"a": "Farbe", "b": "hallo"}`,
		"words.de-AT.json": `{"b": "servus"}`,
	})
	tests := map[string]struct{ lang, key, want string }{
		"a region's own word":        {"de-AT", "b", "servus"},
		"a region, by its language":  {"de-AT", "a", "Farbe"},
		"a region nobody wrote for":  {"de-CH", "b", "hallo"},
		"a language that lacks it":   {"de-AT", "c", "bye"},
		"a language nobody wrote in": {"fr", "a", "colour"},
		"no language":                {"", "a", "colour"},
		"nonsense":                   {"!", "a", "colour"},
		"in other letters":           {"DE_at", "b", "servus"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got, err := b.Say(test.lang, test.key, nil); err != nil || got != test.want {
				t.Errorf("said %q, %v", got, err)
			}
		})
	}
	if diff := cmp.Diff([]string{"de", "de-AT", "en"}, b.Languages()); diff != "" {
		t.Error(diff)
	}
}

func TestAMistakeInSayingIsAnError(t *testing.T) {
	b := book(t, map[string]string{"words.en.json": `{"name": "{name}", "n": "{n, plural, other {#}}", "d": "{d, date}", "s": "{n, number}"}`})
	tests := map[string]struct {
		key  string
		args map[string]any
		want string
	}{
		"a key nobody has":       {"nobody", nil, `words: there is no message "nobody"`},
		"an argument missing":    {"name", nil, `words: "name" in en: {name} is missing`},
		"an argument that's nil": {"name", map[string]any{"name": nil}, `words: "name" in en: {name} is missing`},
		"a list for a name":      {"name", map[string]any{"name": []int{}}, `words: "name" in en: {name, plain} cannot be said of a []int`},
		"words for a number":     {"n", map[string]any{"n": "three"}, `words: "n" in en: {n, plural} cannot be said of a string`},
		"words for a moment":     {"d", map[string]any{"d": "today"}, `words: "d" in en: {d, date} cannot be said of a string`},
		"no number at all":       {"s", map[string]any{"n": nan()}, `words: "s" in en: {n, number} cannot be said of a float64`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got, err := b.Say("en", test.key, test.args); err == nil || err.Error() != test.want {
				t.Errorf("said %q, %v", got, err)
			}
		})
	}
}

func TestGapsBetweenLanguagesAreFound(t *testing.T) {
	b := book(t, map[string]string{
		"words.en.json": `{"a": "{name}", "b": "x", "c": "{n, plural, one {#} other {#}}", "d": "{n, number} {n, plural, one {#} other {#}}", "e": "{d, date}"}`,
		"words.de.json": `{"a": "{nom}", "c": "{n, plural, other {#}}", "d": "{n, plural, one {a} other {#}}", "e": "{d}", "f": "y"}`,
		"words.ru.json": `{"a": "{name}", "b": "x", "c": "{n, plural, one {#} few {#} many {#} other {#}}", "d": "x", "e": "x"}`,
	})
	want := []string{
		`de has "f", which English lacks.`,
		`de has {d, plain} in "e", which English lacks.`,
		`de has {nom, plain} in "a", which English lacks.`,
		`de lacks "b".`,
		`de lacks the plural form "one" in "c".`,
	}
	if diff := cmp.Diff(want, b.Gaps()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"There are no words in English."}, book(t, map[string]string{"words.de.json": `{}`}).Gaps()); diff != "" {
		t.Error(diff)
	}
}
