package odds

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

func near(a, b, by float64) bool { return math.Abs(a-b) <= by }

// The intervals of Newcombe 1998 (Statistics in Medicine 17, 857–872), table I, method 3, and the ends of the scale.
func TestWilson(t *testing.T) {
	for _, tc := range []struct {
		hits, n   int64
		low, high float64
	}{
		{81, 263, 0.2553, 0.3662},
		{15, 148, 0.0624, 0.1605},
		{0, 20, 0, 0.1611},
		{1, 29, 0.0061, 0.1718},
		{20, 20, 0.8389, 1},
		{0, 0, 0, 1},
	} {
		s := Wilson(tc.hits, tc.n)
		if !near(s.Low, tc.low, 5e-5) || !near(s.High, tc.high, 5e-5) {
			t.Errorf("%d of %d: %.4f to %.4f; want %.4f to %.4f", tc.hits, tc.n, s.Low, s.High, tc.low, tc.high)
		}
		if tc.n > 0 && !near(s.Share, float64(tc.hits)/float64(tc.n), 1e-12) {
			t.Errorf("%d of %d is %f", tc.hits, tc.n, s.Share)
		}
	}
}

// The 6-MP arm of the leukemia trial (Freireich and others, Blood 21, 1963), as every textbook prints its estimate.
func TestKaplanMeier(t *testing.T) {
	const week = time.Hour
	var cases []Case
	for _, w := range []int{6, 6, 6, 7, 10, 13, 16, 22, 23} {
		cases = append(cases, Case{time.Duration(w) * week, true})
	}
	for _, w := range []int{6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35} {
		cases = append(cases, Case{time.Duration(w) * week, false})
	}
	rand.Shuffle(len(cases), func(i, j int) { cases[i], cases[j] = cases[j], cases[i] })
	c := KaplanMeier(cases)
	for _, want := range []Step{{5 * week, 1}, {6 * week, .857}, {7 * week, .807}, {9 * week, .807}, {10 * week, .753}, {13 * week, .690}, {16 * week, .627}, {22 * week, .538}, {23 * week, .448}, {99 * week, .448}} {
		if got := c.Left(want.At); !near(got, want.Left, 5e-4) {
			t.Errorf("after %d weeks %.3f are left; want %.3f", want.At/week, got, want.Left)
		}
	}
	if at, ok := c.Until(.7); !ok || at != 13*week {
		t.Errorf("at most .7 are left after %s, %v", at, ok)
	}
	if at, ok := c.Until(.4); ok {
		t.Errorf("at most .4 were left after %s, which nobody saw", at)
	}
}

// Where everything was seen to end, the estimate is the plain share.
func TestKaplanMeierOfCompleteCases(t *testing.T) {
	var cases []Case
	for i := range 20 {
		cases = append(cases, Case{time.Duration(i+1) * time.Hour, true})
	}
	c := KaplanMeier(cases)
	for i := range 20 {
		if got, want := c.Left(time.Duration(i+1)*time.Hour), float64(19-i)/20; !near(got, want, 1e-12) {
			t.Errorf("after %d: %f, want %f", i+1, got, want)
		}
	}
	if at, ok := c.Until(.05); !ok || at != 19*time.Hour {
		t.Errorf("one in twenty is left after %s, %v; whatever the products round to it is 19h", at, ok)
	}
	if at, ok := KaplanMeier(nil).Until(.05); ok {
		t.Errorf("of nothing nothing is known, not %s", at)
	}
}
