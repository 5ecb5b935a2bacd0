package bounce

import (
	"strings"
)

// codes finds the last reply code and the last enhanced status code in a text: the last is what the farthest server
// said. A general status (x.0.0) gives way to any other.
func codes(text string) (code, status string) {
	for i := 0; i < len(text); {
		j := numberEnd(text, i)
		number := strings.TrimRight(text[i:j], ".")
		switch {
		case j < len(text) && isWord(text[j]):
		case isStatus(number):
			status = best(number, status)
		case isCode(number):
			code = number
		}
		i = max(j, i+1)
	}
	return code, status
}

// numberEnd is where the number that begins at i ends: i itself when none begins there.
func numberEnd(text string, i int) int {
	if text[i] < '2' || text[i] > '5' || i > 0 && !opensNumber(text[i-1]) {
		return i
	}
	j := i
	for j < len(text) && j-i < 16 && (text[j] == '.' || '0' <= text[j] && text[j] <= '9') {
		j++
	}
	return j
}

func opensNumber(c byte) bool {
	switch c {
	case ' ', '-', '>', '<', ':', ';', ',', '"', '\'', '(', '[', '#', '=':
		return true
	}
	return false
}

func isWord(c byte) bool {
	return 'a' <= c && c <= 'z' || c >= 0x80 || strings.IndexByte("_@%/", c) >= 0
}

// isCode tells whether s is the reply code of a refusal (RFC 5321, 4.2.1), not a port or a year.
func isCode(s string) bool {
	return len(s) == 3 && s[0] >= '4' && s[1] <= '5' && !strings.Contains(s, ".")
}

// isStatus tells whether s is an enhanced status code (RFC 3463, 2), not an IP address or a version.
func isStatus(s string) bool {
	if len(s) < 5 || strings.IndexByte("245", s[0]) < 0 || s[1] != '.' || strings.Count(s, ".") != 2 {
		return false
	}
	subject, detail, _ := strings.Cut(s[2:], ".")
	return len(subject) == 1 && subject[0] <= '7' && 1 <= len(detail) && len(detail) <= 3
}

// statusIn reads a Status field; servers add comments to it.
func statusIn(field string) string {
	word, _, _ := strings.Cut(strings.TrimSpace(field), " ")
	if isStatus(word) {
		return word
	}
	return ""
}

// best is the first code that says something particular, or else the first there is.
func best(statuses ...string) string {
	first := ""
	for _, s := range statuses {
		if s != "" && !strings.HasSuffix(s, ".0.0") {
			return s
		}
		if first == "" {
			first = s
		}
	}
	return first
}

// byStatus is the meaning of enhanced status codes (RFC 3463 and the IANA registry), without the class. Those that every
// server uses for everything, such as .7.1, are missing on purpose.
var byStatus = map[string]Reason{
	".1.0": UserUnknown, ".1.1": UserUnknown, ".1.2": HostUnknown, ".1.3": UserUnknown, ".1.4": UserUnknown, ".1.6": HasMoved,
	".1.7": Rejected, ".1.8": Rejected, ".1.9": SystemError, ".1.10": NotAccept,
	".2.0": Filtered, ".2.1": Suspend, ".2.2": MailboxFull, ".2.3": ExceedLimit, ".2.4": Filtered,
	".3.0": SystemError, ".3.1": SystemFull, ".3.2": NotAccept, ".3.3": SystemError, ".3.4": MesgTooBig, ".3.5": SystemError,
	".4.0": NetworkError, ".4.1": Expired, ".4.2": Expired, ".4.3": SystemError, ".4.4": HostUnknown, ".4.5": SystemFull,
	".4.6": NetworkError, ".4.7": Expired, ".4.14": NetworkError, "5.4.1": Rejected, // Exchange
	".5.1": SyntaxError, ".5.2": SyntaxError, ".5.3": Speeding, ".5.4": SyntaxError, ".5.6": MesgTooBig,
	".6.0": ContentError, ".6.1": ContentError, ".6.2": ContentError, ".6.3": ContentError, ".6.5": ContentError, ".6.6": ContentError,
	".7.2": SecurityError, ".7.3": SecurityError, ".7.4": SecurityError, ".7.5": SecurityError, ".7.6": SecurityError,
	".7.7": PolicyViolation, ".7.8": SecurityError, ".7.9": PolicyViolation, ".7.13": Suspend, ".7.17": HasMoved,
	".7.20": AuthFailure, ".7.21": AuthFailure, ".7.22": AuthFailure, ".7.23": AuthFailure, ".7.24": AuthFailure, ".7.25": RequirePTR,
	".7.26": AuthFailure, ".7.27": NotAccept, ".7.28": Speeding, ".7.29": AuthFailure, ".7.30": FailedSTARTTLS,
	".7.509": AuthFailure, ".7.515": AuthFailure,
}

// byCode is the meaning of reply codes that have only one (RFC 5321, 4.2; RFC 7504).
var byCode = map[string]Reason{
	"500": SyntaxError, "501": SyntaxError, "502": SyntaxError, "503": SyntaxError, "504": SyntaxError,
	"521": NotAccept, "523": MesgTooBig, "530": SecurityError, "535": SecurityError, "551": HasMoved, "552": MailboxFull, "556": NotAccept,
}

// byStep is what a refusal without any understandable word means: who was refused at that step. That a recipient was
// named says too little to call the address dead.
var byStep = map[step]Reason{connecting: Blocked, naming: Rejected, sending: Filtered}
