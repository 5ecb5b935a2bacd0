package lexicon

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/hearthdesk/hearth/rooms/lexicon/form"
)

// token is a word of a text, folded, and where it stands, in bytes.
type token struct {
	word       string
	start, end int
	comma      bool   // one stands before it
	id         int32  // its number in a book that was asked for it
	is         manner // noted where it matters
}

// sentence is a run of tokens, from first up to end.
type sentence struct {
	first, end int
	question   bool
}

// shorts end with a dot and no sentence does there.
var shorts = strings.Fields("mr mrs ms dr prof st no nr inc ltd vs etc e.g i.e z.b d.h u.a bzw ca evtl ggf inkl zzgl usw tel abs art str hr fr approx dept")

// fold writes a word as rules spell it: what was meant, plainly.
func fold(s string) string { return form.Whole(plain(s)) }

// plain is small letters, one kind of apostrophe.
func plain(s string) string {
	if strings.ContainsAny(s, "’‘ʼ‑") {
		s = plainMarks.Replace(s)
	}
	return strings.ToLower(s)
}

var plainMarks = strings.NewReplacer("’", "'", "‘", "'", "ʼ", "'", "‑", "-")

func wordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) }

// joint is what holds a word together when letters stand on both of its sides: don't, e-mail, z.B, 3.5.
func joint(r rune) bool { return strings.ContainsRune("'’‘ʼ-‑.", r) }

// wordEnd is where the word ends that begins at from.
func wordEnd(text string, from int) int {
	for at := from; at < len(text); {
		r, n := utf8.DecodeRuneInString(text[at:])
		if wordRune(r) {
			at += n
			continue
		}
		if after, _ := utf8.DecodeRuneInString(text[at+n:]); !joint(r) || !wordRune(after) {
			return at
		}
		at += n
	}
	return len(text)
}

// read takes a text apart. What is quoted with > in front is somebody else's and left out.
func read(text string) (tokens []token, sentences []sentence) {
	tokens = make([]token, 0, len(text)/5+1)
	first := 0
	end := func(question bool) {
		if len(tokens) > first {
			sentences = append(sentences, sentence{first, len(tokens), question})
			first = len(tokens)
		}
	}
	line := 0 // where this line begins
	gap := 0  // where the last word ended
	for at := 0; at < len(text); {
		r, n := utf8.DecodeRuneInString(text[at:])
		switch {
		case at == line && r == '>':
			end(false)
			at = lineEnd(text, at)
			continue
		case wordRune(r):
			to := wordEnd(text, at)
			tokens = append(tokens, token{word: fold(text[at:to]), start: at, end: to, comma: strings.ContainsAny(text[gap:at], ",;:–")})
			at, gap = to, to
			continue
		case r == '\n':
			if endsLine(text[line:at], text[at+n:]) {
				end(false)
			}
			line = at + n
		case r == '?' || r == '!':
			end(r == '?')
		case r == '.' || r == '…':
			if !short(tokens[first:], text[at+n:]) {
				end(false)
			}
		}
		at += n
	}
	end(false)
	return tokens, sentences
}

func lineEnd(text string, from int) int {
	if n := strings.IndexByte(text[from:], '\n'); n >= 0 {
		return from + n
	}
	return len(text)
}

// endsLine says whether a sentence ends with its line, or a mail program only broke it there.
func endsLine(line, after string) bool {
	line = strings.TrimSpace(line)
	return len(line) < 50 || strings.ContainsAny(line[len(line)-1:], ",:;") || strings.HasPrefix(strings.TrimLeft(after, " \t\r"), "\n") || strings.HasPrefix(after, "- ")
}

// short says whether a dot belongs to the word before it: an abbreviation, an initial, the day of a German date.
func short(before []token, after string) bool {
	if len(before) == 0 {
		return false
	}
	r, _ := utf8.DecodeRuneInString(after)
	if wordRune(r) {
		return true
	}
	w := before[len(before)-1].word
	if slices.Contains(shorts, w) {
		return true
	}
	next, _ := utf8.DecodeRuneInString(strings.TrimLeft(after, " "))
	number := len(w) <= 2 && strings.Trim(w, "0123456789") == ""
	return number && unicode.IsLetter(next) && strings.HasPrefix(after, " ")
}
