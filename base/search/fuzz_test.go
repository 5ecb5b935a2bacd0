package search

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/hearthdesk/hearth/base/store/storetest"
)

// What is written is found by every piece of it that stands between spaces, whatever it is written in.
func FuzzRead(f *testing.F) {
	docs, _ := golden(f)
	for _, d := range docs {
		f.Add(d.Text[0])
	}
	for _, text := range []string{"\xff\xfe a\x80b", "a\u0301\u0301\u0301", "\u0301 \u0902x", "́́" + strings.Repeat("̈", 99), "1-2-(0)-+3 (0) 00000000", "ÅÄö-Ü_x@y", "ㄱㅏ각ｶﾞ゙", strings.Repeat("a1", 300), "ﷺ ™x ㍿ ½", "-- '' ._. '"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r := read(text)
		for _, w := range r.words {
			sound(t, text, w.parts)
			sound(t, text, w.whole)
			sound(t, text, w.also)
		}
		for _, n := range r.numbers {
			n.term = strings.TrimPrefix(n.term, backwards)
			sound(t, text, []part{n})
		}
		if len(text) > 10_000 { // so long that the end may be left out
			return
		}
		have := termsOf(text)
		for word := range strings.FieldsSeq(text) {
			if strings.HasPrefix(word, "-") || strings.ContainsFunc(word, quote) {
				continue
			}
			for _, typed := range []string{word, word + " "} {
				if q := parse(typed); q != nil && !q.matches(have) {
					t.Errorf("%+q is not found in %+q: %+v in %+q", typed, text, q, have)
				}
			}
		}
	})
}

// sound checks that terms hold nothing an engine could take for anything but a term.
func sound(t *testing.T, text string, parts []part) {
	t.Helper()
	for _, p := range parts {
		if p.start < 0 || p.end > len(text) || p.start >= p.end {
			t.Errorf("%+q stands at %d to %d of %d", p.term, p.start, p.end, len(text))
		}
		if len(p.term) > maxTerm || !utf8.ValidString(p.term) {
			t.Errorf("no term: %+q", p.term)
		}
		for _, c := range p.term {
			if k := kindOf(c); k != letter && k != digit && k != dense && k != sign || 'A' <= c && c <= 'Z' {
				t.Errorf("%+q holds %+q", p.term, c)
			}
		}
	}
}

// Whatever is typed is answered, and by the engine as by the plain reading of it.
func FuzzFind(f *testing.F) {
	db := storetest.Open(f, Tables)
	docs, _ := golden(f)
	put(f, db, docs...)
	var all []terms
	for _, d := range docs {
		all = append(all, termsOf(d.Text[0]))
	}
	for _, q := range lines(f, "queries.txt", " =>") {
		f.Add(strings.ReplaceAll(q[0], "␣", " "))
	}
	for _, text := range []string{"\x00", "a\x00b", `"" -"" "`, `"a`, "-", "--a", `-"a b" c`, "§1", "'", `\`, "a:*", "‹1", strings.Repeat("x ", 500), strings.Repeat("\"", 99), strings.Repeat("東", 400), "が -が", "+ 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		ids, next := find(t, db, Query{Text: text, See: Everything(), Limit: 100})
		var want []int64
		q := parse(text)
		for i, have := range slices.Backward(all) {
			if q.matches(have) {
				want = append(want, docs[i].ID)
			}
		}
		if !slices.Equal(ids, want) || next != 0 {
			t.Errorf("%+q found %v, want %v", text, ids, want)
		}
	})
}

// Marks stand in order inside the text, and there are some wherever something was found.
func FuzzMark(f *testing.F) {
	for _, tc := range [][2]string{
		{"A kettle, my Kettle", "kett"},
		{"Tel. +49 (0)30 9018-2012", "030 90182012"},
		{"我的充电器坏了", "充电器 电"},
		{"Müller-Lüdenscheidt, Cafe\u0301", "mueller cafe"},
		{"น้ำดื่มรั่ว ｻｰﾊﾞｰ", "น้ำ サーバー"},
		{"A-10293 x", `a10293 "x"`},
	} {
		f.Add(tc[0], tc[1])
	}
	f.Fuzz(func(t *testing.T, text, typed string) {
		spans := Mark(text, typed)
		if len(spans) == 0 && len(text) < 10_000 && parse(typed).matches(termsOf(text)) {
			t.Errorf("%+q is found in %+q and not marked", typed, text)
		}
		at := 0
		for _, s := range spans {
			if s.Start < at || s.End <= s.Start || s.End > len(utf16.Encode([]rune(text))) {
				t.Errorf("%+q marks %v in %+q", typed, s, text)
			}
			at = s.End
		}
		piece, spans := Snippet(text, typed, 40)
		if utf8.RuneCountInString(piece) > 40 {
			t.Errorf("%d characters: %+q", utf8.RuneCountInString(piece), piece)
		}
		bracketed(piece, spans)
	})
}
