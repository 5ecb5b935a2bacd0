package search

import (
	"bytes"
	"slices"
	"strings"
)

const (
	minNumber  = 7  // digits that make a telephone or account number
	maxNumber  = 15 // ITU-T E.164 §6.1
	maxNumbers = 500
	maxMarks   = 3   // between two groups, as in "(0) - "
	backwards  = "‹" // begins a number written backwards; no letter, so nobody can type it
)

// digits follows a number across the marks people group it with. It is indexed backwards, so that any ending finds it:
// +49 (0)30 9018-20 is found by 030/901820 and by 901820, however either is grouped.
type digits struct {
	value   []byte
	from    []int // where each digit stands
	end     int
	marks   int  // since the last digit
	open    bool // the last group has not ended
	bracket int  // digits before the last opening bracket
	found   []part
}

func (d *digits) take(k kind, c rune, start, end int) {
	switch {
	case k == silent, k != digit && len(d.value) == 0:
	case k == digit:
		d.value, d.from = foldInto(d.value, c), append(d.from, start)
		d.end, d.marks, d.open = end, 0, true
	case !groups(c) || d.marks == maxMarks:
		d.stop()
	default:
		d.endGroup()
		d.marks++
		d.dropTrunk(c)
	}
}

func groups(c rune) bool {
	switch c {
	case ' ', '-', '‐', '‑', '–', '/', '(', ')', '.':
		return true
	}
	return false
}

// dropTrunk forgets the 0 of +49 (0)30, which is dialled only where there is no +49 before it.
func (d *digits) dropTrunk(c rune) {
	switch n := d.bracket; {
	case c == '(':
		d.bracket = len(d.value)
	case c == ')' && n > 0 && string(d.value[n:]) == "0":
		d.value, d.from = d.value[:n], d.from[:n]
	}
}

func (d *digits) endGroup() {
	n := len(d.value)
	if d.open && n >= minNumber && len(d.found) < maxNumbers {
		first := max(0, n-maxNumber)
		d.found = append(d.found, part{term: reversed(d.value[first:]), start: d.from[first], end: d.end})
	}
	d.open = false
}

func (d *digits) stop() {
	if len(d.value) == 0 {
		return
	}
	d.endGroup()
	d.value, d.from, d.marks, d.bracket = d.value[:0], d.from[:0], 0, 0
}

// reversed writes digits backwards without leading zeros, because 030 at home is 30 from abroad.
func reversed(value []byte) string {
	r := slices.Clone(significant(value))
	slices.Reverse(r)
	return backwards + string(r)
}

func significant(value []byte) []byte { return bytes.TrimLeft(value, "0") }

// countryCode is how many digits of an international number name the country (ITU-T E.164, list of country codes).
func countryCode(value []byte) int {
	switch s := string(value); {
	case len(s) < 3:
		return 0
	case s[0] == '1' || s[0] == '7':
		return 1
	case strings.Contains(" 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98 ", " "+s[:2]+" "):
		return 2
	}
	return 3
}
