package search

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// kind is what a character does to the word it stands in.
type kind uint8

const (
	gap    kind = iota // ends the word
	silent             // as if it were not there
	letter
	digit
	dense  // a letter of a script that puts no spaces between words
	sign   // a vowel sign that belongs to the letter before it
	joiner // a mark inside order numbers, addresses and compounds
)

// spaceless are the scripts whose words are found by pairs of neighbouring letters, because nothing shows where one ends.
// Korean has spaces, but hangs its particles on to the noun.
var spaceless = []*unicode.RangeTable{
	unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Bopomofo,
	unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar,
}

// accents are marks that people leave out when they type; other marks are vowels, and change the word.
var accents = []*unicode.RangeTable{
	unicode.Inherited, unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Arabic, unicode.Hebrew, unicode.Syriac,
}

func kindOf(r rune) kind {
	if r < utf8.RuneSelf {
		return asciiKind(r)
	}
	switch r {
	case '‐', '‑', '–', '’', '‘', 'ʼ', 'ʻ', '·', '״', '׳':
		return joiner
	case 'ー': // of no script by itself, but always inside Japanese words
		return dense
	case 'ـ', '़', '়', '਼', '઼', '଼', '಼': // the Arabic stretching stroke; the Indian dots that people leave out
		return silent
	case '\u200b':
		return gap
	}
	switch {
	case unicode.Is(unicode.Nd, r):
		return digit
	case unicode.IsLetter(r) || unicode.Is(unicode.Nl, r):
		if unicode.In(r, spaceless...) {
			return dense
		}
		return letter
	case unicode.IsMark(r):
		if unicode.In(r, accents...) {
			return silent
		}
		return sign
	case unicode.Is(unicode.Cf, r):
		return silent
	case unicode.IsNumber(r):
		return letter
	}
	return gap
}

func asciiKind(c rune) kind {
	switch {
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z':
		return letter
	case '0' <= c && c <= '9':
		return digit
	}
	switch c {
	case '-', '_', '.', '/', '\'', '&', '+', '@', '#', ',', ':', '=':
		return joiner
	}
	return gap
}

// alike are letters that people, keyboards or machines write in more than one way and Unicode does not relate.
var alike = map[rune]string{
	'ß': "ss", 'æ': "ae", 'œ': "oe", 'ø': "o", 'ł': "l", 'đ': "d", 'ð': "d", 'þ': "th", 'ħ': "h", 'ŧ': "t", 'ŋ': "n",
	'ı': "i", 'ĸ': "k", 'ə': "e", 'ς': "σ", 'ё': "е", 'ѐ': "е", 'ѝ': "и",
	'ٱ': "ا", 'ى': "ي", 'ی': "ي", 'ة': "ه", 'ہ': "ه", 'ھ': "ه", 'ک': "ك",
	'ך': "כ", 'ם': "מ", 'ן': "נ", 'ף': "פ", 'ץ': "צ", 'ँ': "ं", 'ঁ': "ং", 'ઁ': "ં",
}

// wideOf is how a letter with a mark is written where the keyboard has none: Mueller, Soerensen, Aarhus.
func wideOf(r rune) string {
	switch r {
	case 'ä', 'Ä':
		return "ae"
	case 'ö', 'Ö', 'ø', 'Ø':
		return "oe"
	case 'ü', 'Ü':
		return "ue"
	case 'å', 'Å':
		return "aa"
	}
	return ""
}

// foldInto appends the letter or digit r as it is indexed: in lower case, without accents, digits as 0 to 9.
func foldInto(dst []byte, r rune) []byte {
	if r < utf8.RuneSelf {
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		return utf8.AppendRune(dst, r)
	}
	if unicode.Is(unicode.Nd, r) {
		return utf8.AppendRune(dst, '0'+zeroBased(r))
	}
	r = unicode.ToLower(r)
	if s, ok := alike[r]; ok {
		return append(dst, s...)
	}
	// й and ї are letters of their own; kana and Hangul fall apart into other letters.
	if unicode.In(r, unicode.Cyrillic, unicode.Hangul, unicode.Hiragana, unicode.Katakana) {
		return utf8.AppendRune(dst, r)
	}
	var b [utf8.UTFMax]byte
	parts := norm.NFD.Properties(b[:utf8.EncodeRune(b[:], r)]).Decomposition()
	if parts == nil {
		return utf8.AppendRune(dst, r)
	}
	for len(parts) > 0 {
		p, n := utf8.DecodeRune(parts)
		if kindOf(p) != silent {
			dst = utf8.AppendRune(dst, p)
		}
		parts = parts[n:]
	}
	return dst
}

// zeroBased is the value of a decimal digit: every script has its ten digits in order, from a code that ends in 0 or 6.
func zeroBased(r rune) rune {
	if first := r &^ 15; unicode.Is(unicode.Nd, first) {
		return r - first
	}
	return r&15 - 6
}
