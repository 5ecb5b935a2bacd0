package text

import "strings"

// WithoutRe is the subject of a mail without the marks of answers and forwards before it.
func WithoutRe(s string) string {
	for {
		low := strings.ToLower(s)
		cut := ""
		for _, re := range []string{"re:", "aw:", "antw:", "sv:", "vs:", "fwd:", "fw:", "wg:"} {
			if strings.HasPrefix(low, re) {
				cut = re
			}
		}
		if cut == "" {
			return s
		}
		s = strings.TrimSpace(s[len(cut):])
	}
}
