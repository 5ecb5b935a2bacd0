package quote

import (
	"strings"
	"testing"
	"unicode"
)

func FuzzSplit(f *testing.F) {
	for _, mail := range mails {
		f.Add(mail.text)
	}
	f.Fuzz(func(t *testing.T, mail string) {
		checkParts(t, mail, Split(mail))
		before, embedded, ok := Forwarded(mail)
		if !ok && before+embedded != "" {
			t.Errorf("no forwarded mail, and yet %q and %q", before, embedded)
		}
	})
}

func FuzzSplitHTML(f *testing.F) {
	for _, page := range pages {
		f.Add(page.html)
	}
	f.Fuzz(func(t *testing.T, page string) {
		said, folded := SplitHTML(page)
		if folded == "" && said != page {
			t.Errorf("nothing is folded, and yet the page changed: %q", said)
		}
		if folded == "" {
			return
		}
		if tight(visible(t, said)) == "" {
			t.Errorf("nothing is said in %q", page)
		}
		// A browser may read a broken page once more after it was mended; so a picture too many is no fault here.
		kept := census(visible(t, said) + visible(t, folded))
		for r, n := range census(visible(t, page)) {
			if kept[r] < n {
				t.Errorf("%q is lost: %q\nsaid %q\nfolded %q", r, page, said, folded)
			}
		}
	})
}

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
