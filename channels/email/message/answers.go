package message

import (
	"slices"
	"strings"
)

// Answers lists what a mail says it answers, nearest first.
func (m *Message) Answers() []string {
	all := append([]string{}, m.InReplyTo...)
	for _, ref := range slices.Backward(m.References) {
		all = append(all, ref)
	}
	for i := range all {
		all[i] = Reasonable(all[i])
	}
	// Some programs write "Message from Ada <ada@example.com> of Friday"; two mails that name the same person have nothing else
	// in common.
	people := slices.Concat([]Address{m.From, m.Sender}, m.ReplyTo, m.To, m.Cc)
	all = slices.DeleteFunc(Unique(all), func(ref string) bool {
		return slices.ContainsFunc(people, func(a Address) bool { return strings.EqualFold(a.Email, ref) })
	})
	if len(all) > maxAnswers {
		all = slices.Delete(all, maxAnswers-1, len(all)-1) // the oldest began the thread
	}
	return all
}

const maxAnswers = 50

// Reasonable is a reference of a length that can be sent on and looked up; RFC 5322 (2.1.1) allows lines of 998.
func Reasonable(ref string) string {
	if len(ref) > 900 {
		return ""
	}
	return ref
}

// Unique are those of some that are not empty, each once.
func Unique(all []string) []string {
	seen, some := map[string]bool{}, []string{}
	for _, s := range all {
		if s != "" && !seen[s] {
			seen[s] = true
			some = append(some, s)
		}
	}
	return some
}
