package ledger

import "testing"

// No text is a formula to a spreadsheet.
func TestACellIsNoFormula(t *testing.T) {
	for text, want := range map[string]string{"=1": "'=1", "+1": "'+1", "-1": "'-1", "@x": "'@x", "\tx": "'\tx", "\rx": "'\rx", "kind/x": "kind/x", "": ""} {
		if got := cell(text); got != want {
			t.Errorf("%q is written %q, want %q", text, got, want)
		}
	}
}
