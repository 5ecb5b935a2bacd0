package text_test

import (
	"testing"

	"github.com/hearthdesk/hearth/base/text"
)

func TestTheSubjectOfAnAnswer(t *testing.T) {
	for in, want := range map[string]string{"Cup": "Cup", "Re: Cup": "Cup", "AW: RE: Cup": "Cup", "Recup": "Recup", "Re:": ""} {
		if got := text.WithoutRe(in); got != want {
			t.Errorf("%q became %q", in, got)
		}
	}
}
