// Package odds says how sure one can be of what was counted: a share with its interval, and how long something takes when
// some of it was never seen to end.
//
// The methods are textbook ones, pure, and without a clock: they get numbers and give numbers.
package odds

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// Share is a part of a whole with the interval in which it truly lies in 95 of 100 such counts; all from 0 to 1.
type Share struct {
	Share float64 `json:"share"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

// z is the 97.5th percentile of the normal distribution, which leaves 2.5 % on either side.
const z = 1.959963984540054

// Wilson is the share of hits among n with its score interval, which also holds for few cases and for shares near 0 and 1
// (E. B. Wilson, Probable Inference, the Law of Succession, and Statistical Inference, J. Am. Stat. Assoc. 22, 1927,
// 209–212). Of nothing nothing is known: n = 0 gives 0 to 1.
func Wilson(hits, n int64) Share {
	if n <= 0 {
		return Share{Low: 0, High: 1}
	}
	p, m := float64(hits)/float64(n), float64(n)
	middle := (p + z*z/(2*m)) / (1 + z*z/m)
	half := z / (1 + z*z/m) * math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	return Share{p, max(0, middle-half), min(1, middle+half)}
}

// Case is how long something took, or how long it is known not to have happened.
type Case struct {
	Took     time.Duration
	Happened bool // after Took; else it was watched for that long and had not
}

// Curve is the share that has not happened yet, by time: it falls at each step.
type Curve []Step

// Step is a time at which something happened, and the share for which it had not after that.
type Step struct {
	At   time.Duration
	Left float64
}

// KaplanMeier estimates from complete and incomplete cases which share has not happened after how long: at each time d of
// those n that were still watched happened, so 1 - d/n of the share before is left (E. L. Kaplan, P. Meier, Nonparametric
// Estimation from Incomplete Observations, J. Am. Stat. Assoc. 53, 1958, 457–481). A case that stops being watched at the
// same time as others happen is counted as watched then, as there.
func KaplanMeier(cases []Case) (c Curve) {
	sorted := slices.SortedFunc(slices.Values(cases), func(a, b Case) int { return cmp.Compare(a.Took, b.Took) })
	left := 1.0
	for i := 0; i < len(sorted); {
		at, watched, happened := sorted[i].Took, len(sorted)-i, 0
		for ; i < len(sorted) && sorted[i].Took == at; i++ {
			if sorted[i].Happened {
				happened++
			}
		}
		if happened > 0 {
			left *= float64(watched-happened) / float64(watched)
			c = append(c, Step{at, left})
		}
	}
	return c
}

// Left is the share that has not happened after that time.
func (c Curve) Left(after time.Duration) float64 {
	left := 1.0
	for _, s := range c {
		if s.At > after {
			break
		}
		left = s.Left
	}
	return left
}

// rounding is what a product of hundreds of shares may be off by.
const rounding = 1e-9

// Until is the first time after which at most that share has not happened; false when that was never seen.
func (c Curve) Until(left float64) (time.Duration, bool) {
	for _, s := range c {
		if s.Left <= left+rounding {
			return s.At, true
		}
	}
	return 0, false
}
