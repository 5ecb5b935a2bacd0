package search

import (
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// bracketed writes the marks into the text, as JavaScript would.
func bracketed(text string, spans []Span) string {
	units := utf16.Encode([]rune(text))
	var b strings.Builder
	at := 0
	for _, s := range spans {
		b.WriteString(string(utf16.Decode(units[at:s.Start])) + "[" + string(utf16.Decode(units[s.Start:s.End])) + "]")
		at = s.End
	}
	return b.String() + string(utf16.Decode(units[at:]))
}

func TestMark(t *testing.T) {
	for name, tc := range map[string]struct{ query, text, want string }{
		"every place":                         {"kettle ", "A kettle, my Kettle. Kettles!", "A [kettle], my [Kettle]. Kettles!"},
		"the beginning of a word marks it":    {"ket", "Kettle", "[Kettle]"},
		"accents and case":                    {"strasse cafe ", "STRAẞE, Straße und Cafe\u0301", "[STRAẞE], [Straße] und [Cafe\u0301]"},
		"another spelling":                    {"mueller ", "Herr Müller", "Herr [Müller]"},
		"an order number with other dashes":   {"a10293 ", "No. A-10293.", "No. [A-10293]."},
		"a part of an order number":           {"10293 ", "No. A-10293.", "No. A-[10293]."},
		"a telephone number":                  {"030 90182012 ", "Tel. +49 (0)30 9018-2012, now", "Tel. +[49 (0)30 9018-2012], now"},
		"a phrase, not its words":             {`"the cup"`, "the tea, the cup", "the tea, [the cup]"},
		"nothing that is excluded":            {"tea -cup ", "tea and cup", "[tea] and cup"},
		"Chinese words inside a sentence":     {"充电器 ", "我的充电器坏了", "我的[充电器]坏了"},
		"one letter of a pair":                {"东 ", "北京大学到东京都", "北京大学到[东]京都"},
		"half-width letters of the same word": {"サーバー ", "ｻｰﾊﾞｰが", "[ｻｰﾊﾞｰ]が"},
		"letters of two units":                {"müller ", "😀 Müller 𝒳 Müller", "😀 [Müller] 𝒳 [Müller]"},
		"nothing":                             {"", "text", "text"},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, bracketed(tc.text, Mark(tc.text, tc.query))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWhatIsFoundIsMarked(t *testing.T) {
	docs, names := golden(t)
	for _, q := range lines(t, "queries.txt", " =>") {
		text := strings.ReplaceAll(q[0], "␣", " ")
		for i, d := range docs {
			found, marks := parse(text).matches(termsOf(d.Text[0])), Mark(d.Text[0], text)
			if found && len(marks) == 0 {
				t.Errorf("%q is found in %s, but nothing is marked", text, names[i])
			}
		}
	}
}

func TestSnippet(t *testing.T) {
	long := strings.Repeat("some words before it ", 20) + "the blue kettle and the red kettle leak " + strings.Repeat("and some after it ", 20)
	for name, tc := range map[string]struct {
		text, query string
		length      int
		want        string
	}{
		"a short text is whole":                {"a  blue\n kettle", "kettle ", 40, "a blue [kettle]"},
		"a long one is cut around the answers": {long, "kettle ", 50, "…the blue [kettle] and the red [kettle] leak and…"},
		"the beginning when nothing is marked": {long, "teapot", 30, "some words before it some…"},
		"no spaces to cut at":                  {strings.Repeat("一二三四五六七八九十", 9) + "充电器" + strings.Repeat("十", 50), "充电器", 15, "…八九十[充电器]十十十十十十十…"},
	} {
		t.Run(name, func(t *testing.T) {
			piece, spans := Snippet(tc.text, tc.query, tc.length)
			if diff := cmp.Diff(tc.want, bracketed(piece, spans)); diff != "" || utf8.RuneCountInString(piece) > tc.length {
				t.Error(diff, piece)
			}
		})
	}
}
