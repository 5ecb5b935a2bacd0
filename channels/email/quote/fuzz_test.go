package quote

import (
	"strings"
	"testing"
	"unicode"
)

// checkParts holds what must be true of any mail: something is said when there is anything to say, and every visible
// character is in exactly one part.
func checkParts(t *testing.T, mail string, p Parts) {
	t.Helper()
	if strings.ContainsFunc(mail, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) && tight(p.Said) == "" {
		t.Errorf("nothing is said in %.200q", mail)
	}
	if had, kept := census(mail), census(p.Said+p.Signature+p.Quoted); !equal(had, kept) {
		t.Errorf("characters are lost or made in %.200q: %+v", mail, p)
	}
}

// census counts the visible characters.
func census(s string) map[rune]int {
	n := map[rune]int{}
	for _, r := range s {
		if !unicode.IsSpace(r) {
			n[r]++
		}
	}
	return n
}

func equal(a, b map[rune]int) bool {
	if len(a) != len(b) {
		return false
	}
	for r, n := range a {
		if b[r] != n {
			return false
		}
	}
	return true
}
