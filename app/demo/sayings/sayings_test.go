package sayings

import "testing"

func TestBrokenWordsAreRefused(t *testing.T) {
	for name, text := range map[string]string{
		"an extra without a price":   "=== extra\nvoucher | A voucher",
		"an extra without a name":    "=== extra\nvoucher 20",
		"half a refusal":             "=== no\ndelay\nWages\nNever",
		"a gift without its price":   "=== no\ndelay\na\nb\nc\nd\ne\nMoney",
		"a refusal that is too long": "=== no\ndelay\na\nb\nc\nd\ne\n5 | f\ng",
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := parse(text); err == nil {
				t.Error("taken")
			}
		})
	}
}
