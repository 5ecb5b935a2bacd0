package text

import (
	"strings"
	"unicode"

	"github.com/rivo/uniseg"
)

// Snippet is the beginning of s on one line, cleaned as CleanName cleans, in at most n characters as people count them
// (grapheme clusters, UAX #29), the last of them "…" when something was left out.
func Snippet(s string, n int) string {
	return Cut(oneLine(s), n)
}

// quotes are what stands around a name and is none of it.
const quotes = ` "'`

// CleanName makes a stranger's name fit to stand among ours: one line, without quotes around it, without the invisible
// and direction-turning characters that let a name pass for another, at most 100 characters.
func CleanName(s string) string {
	return strings.Trim(Cut(strings.Trim(oneLine(s), quotes), 100), quotes)
}

// Cut shortens s to at most n grapheme clusters (UAX #29), never inside one, the last of them "…" when it was cut.
func Cut(s string, n int) string {
	if n <= 0 {
		return ""
	}
	if len(s) <= n {
		return s
	}
	beforeLast, rest, state := 0, s, -1
	for count := 1; rest != ""; count++ {
		if count > n {
			return strings.TrimRightFunc(s[:beforeLast], unicode.IsSpace) + "…"
		}
		if count == n {
			beforeLast = len(s) - len(rest)
		}
		_, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
	}
	return s
}

// oneLine leaves one space where there was any, and drops what cannot be seen.
func oneLine(s string) string {
	visible := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), unicode.Is(unicode.Cc, r):
			return ' '
		case r == '\u200c', r == '\u200d': // joiners: Persian, Indic scripts and emoji need them
			return r
		case unicode.Is(unicode.Cf, r), r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(visible), " ")
}
