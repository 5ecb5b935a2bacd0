package form

import (
	"strings"
	"testing"
)

func TestClasses(t *testing.T) {
	for class, row := range map[string][2]string{
		"participle": {"counted delivered sent lost put misunderstood", "need bed indeed the not sending"},
		"partizip":   {"bestellt abgelehnt storniert gelesen zurückgesetzt weitervermittelt unterschrieben getan eingetragen", "gut gern heute angebot bericht ersten gehen unterschrift nicht morgen"},
	} {
		for i, want := range []bool{true, false} {
			for word := range strings.FieldsSeq(row[i]) {
				if got := Classes[class](word); got != want {
					t.Errorf("%s is a %s: %v, want %v", word, class, got, want)
				}
			}
		}
	}
}

func TestWhole(t *testing.T) {
	for word, want := range map[string]string{"dont": "don't", "nix": "nichts", "im": "im", "wont": "wont"} {
		if got := Whole(word); got != want {
			t.Errorf("%s means %s, want %s", word, got, want)
		}
	}
}
