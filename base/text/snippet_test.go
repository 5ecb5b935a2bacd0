package text_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
	"pgregory.net/rapid"

	"github.com/hearthdesk/hearth/base/text"
)

func TestASnippetIsOneShortLine(t *testing.T) {
	tests := map[string]struct {
		s    string
		n    int
		want string
	}{
		"short enough":                    {"Hello", 10, "Hello"},
		"exactly enough":                  {"Hello", 5, "Hello"},
		"one too long":                    {"Hello!", 5, "Hell…"},
		"line ends and tabs":              {" Dear\r\n\tHearth,\n\n thanks ", 50, "Dear Hearth, thanks"},
		"no space before the dots":        {"one two", 5, "one…"},
		"umlauts are one each":            {"Grüße", 4, "Grü…"},
		"an accent stays on its letter":   {"e\u0301e\u0301e\u0301", 2, "e\u0301…"},
		"a family is one":                 {"👩‍👩‍👧‍👦👩‍👩‍👧‍👦", 2, "👩‍👩‍👧‍👦👩‍👩‍👧‍👦"},
		"a family is not torn apart":      {"👩‍👩‍👧‍👦👩‍👩‍👧‍👦x", 2, "👩‍👩‍👧‍👦…"},
		"flags":                           {"🇩🇪🇫🇷🇮🇹", 2, "🇩🇪…"},
		"one":                             {"Hello", 1, "…"},
		"none":                            {"Hello", 0, ""},
		"less than none":                  {"Hello", -1, ""},
		"nothing":                         {"", 5, ""},
		"what turns the direction is out": {"abc\u202egnp.exe\u200b\ufeff", 50, "abcgnp.exe"},
		"control characters are spaces":   {"a\x00\x1bb", 50, "a b"},
		"joiners of Persian stay":         {"می\u200cخواهم", 50, "می\u200cخواهم"},
		"broken bytes are out":            {"a\xffb", 50, "ab"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := text.Snippet(test.s, test.n); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestANameIsClean(t *testing.T) {
	tests := map[string]struct{ name, want string }{
		"a name":                       {"Ana María Ortiz", "Ana María Ortiz"},
		"quoted by the mail program":   {` "Ortiz, Ana" `, "Ortiz, Ana"},
		"quoted twice":                 {`"'Ana'"`, "Ana"},
		"an apostrophe within":         {"Sinéad O'Connor", "Sinéad O'Connor"},
		"over two lines":               {"Ana\r\n Ortiz", "Ana Ortiz"},
		"turned around":                {"\u202eanA", "anA"},
		"only what cannot be seen":     {"\u200b\u00ad ", ""},
		"longer than a name can be":    {strings.Repeat("x", 200), strings.Repeat("x", 99) + "…"},
		"tags are letters like others": {"<b>Ana</b>", "<b>Ana</b>"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := text.CleanName(test.name); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestACutNeverTearsACharacter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, n := rapid.String().Draw(t, "s"), rapid.IntRange(0, 20).Draw(t, "n")
		got := text.Cut(s, n)
		if count := uniseg.GraphemeClusterCount(got); count > n || !utf8.ValidString(got) {
			t.Fatalf("%q has %d characters", got, count)
		}
		if kept, cut := strings.CutSuffix(got, "…"); n > 0 && got != s && (!cut || !strings.HasPrefix(s, kept)) {
			t.Fatalf("%q is not the beginning of %q", got, s)
		}
		if uniseg.GraphemeClusterCount(s) <= n && got != s {
			t.Fatalf("%q became %q", s, got)
		}
	})
}

// A stranger's name is one line that can be seen, and cleaning it again changes nothing.
func FuzzCleanName(f *testing.F) {
	for _, s := range []string{"Ada", " \"Ada\" ", "\" 'Ada", "A\u202edA", "Ada\r\nBcc", "''", "\xffAda", "👩\u200d👩\u200d👧", strings.Repeat("é", 300), "a\u200d", "\" \" x", strings.Repeat("a", 99) + " \" b", "\U000e0041x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		name := text.CleanName(s)
		if again := text.CleanName(name); again != name {
			t.Errorf("%q is %q, and that is %q", s, name, again)
		}
		if !utf8.ValidString(name) || uniseg.GraphemeClusterCount(name) > 100 {
			t.Errorf("%q is too long or no text", name)
		}
		for _, r := range name {
			if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) && r != '\u200c' && r != '\u200d' || unicode.IsSpace(r) && r != ' ' {
				t.Errorf("%q holds %U", name, r)
			}
		}
		if strings.Trim(name, ` "'`) != name || strings.Contains(name, "  ") {
			t.Errorf("%q is not trimmed", name)
		}
	})
}
