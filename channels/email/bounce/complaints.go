package bounce

import (
	"strings"
)

// readComplaint reads a feedback report: a reader pressed "this is spam", or a mail failed authentication (RFC 5965).
// Hotmail sends the bare mail with a subject of its own instead, and Apple Mail asks for itself to be written no more.
func readComplaint(l letter, r *Report) {
	if strings.EqualFold(l.Value("X-Apple-Unsubscribe"), "true") {
		r.Feedback = "opt-out"
		r.add(complaint(l.From.Email))
		return
	}
	for _, part := range l.feedback {
		for _, block := range records(part) {
			kind := block.first("feedback-type")
			if kind == "" {
				continue
			}
			r.Feedback = strings.ToLower(kind)
			for _, f := range block {
				if f.name == "original-rcpt-to" || f.name == "removal-recipient" {
					r.add(complaint(addressIn(f.value)))
				}
			}
		}
	}
	if len(l.feedback) == 0 && len(l.returned) > 0 && strings.HasPrefix(strings.ToLower(l.Subject), "complaint about message from ") {
		r.Feedback = "abuse"
	}
	if r.Feedback == "" || len(r.Recipients) > 0 {
		return
	}
	for _, header := range l.returned {
		r.add(complaint(addressIn(records(header)[0].first("x-hmxmroriginalrecipient", "to"))))
	}
	if len(r.Recipients) == 0 {
		r.add(complaint(""))
	}
}

// complaint is all a complaint tells; many hide the address (RFC 6590).
func complaint(address string) Failure { return evidence{action: Complained}.judge(address) }
