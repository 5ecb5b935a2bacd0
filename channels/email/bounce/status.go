package bounce

import (
	"strings"
)

// record is one block of a delivery status or feedback part: fields with lower-case names, unfolded, in order.
type record []struct{ name, value string }

// first returns the first value of the field that has one of these names.
func (r record) first(names ...string) string {
	for _, name := range names {
		for _, f := range r {
			if f.name == name && f.value != "" {
				return f.value
			}
		}
	}
	return ""
}

// records splits a part into its blocks (RFC 3464, 2.1). Blank lines part them; since some servers forget these, a
// second final recipient begins a new one as well. A line that cannot be a field ends what can be read.
func records(part string) []record {
	var all []record
	var block record
	for line := range strings.Lines(part) {
		line = strings.TrimRight(line, "\r\n")
		name, value, ok := strings.Cut(line, ":")
		switch {
		case strings.TrimSpace(line) == "":
			all, block = append(all, block), nil
		case (line[0] == ' ' || line[0] == '\t') && len(block) > 0:
			last := &block[len(block)-1]
			if len(last.value) < maxDiagnostic {
				last.value = strings.TrimSpace(last.value + " " + strings.TrimSpace(line))
			}
		case strings.HasPrefix(line, "--"):
			return append(all, block)
		case ok && !strings.ContainsAny(strings.TrimSpace(name), " \t"):
			name = strings.ToLower(strings.TrimSpace(name))
			if name == "final-recipient" && block.first(name) != "" {
				all, block = append(all, block), nil
			}
			block = append(block, struct{ name, value string }{name, strings.TrimSpace(value)})
		}
	}
	return append(all, block)
}

// isStatusPart tells whether a part of any type begins like a delivery status (RFC 3464, 2.2).
func isStatusPart(data []byte) bool {
	first := strings.ToLower(strings.TrimLeft(clip(data, 200), "\r\n "))
	return strings.HasPrefix(first, "reporting-mta:")
}

// readStatus reads the delivery status (RFC 3464): from its own part, or from the text when a server or a gateway
// flattened the report.
func readStatus(l letter, r *Report) {
	if !l.sender.any() && !l.isTitled() {
		return
	}
	parts := l.status
	if len(parts) == 0 {
		text := clip(l.Text, maxNotice)
		at := indexFold(text, "final-recipient:")
		if at < 0 || !l.sender.daemon && !l.sender.steward {
			return
		}
		parts = []string{text[strings.LastIndex(text[:at], "\n\n")+1:]}
	}
	var groups []record
	known := map[string]bool{}
	for _, part := range parts {
		for _, group := range records(part) {
			who := group.first("final-recipient") + " " + group.first("original-recipient") + " " + group.first("x-actual-recipient")
			if who != "  " && !known[who] && len(groups) < maxRecipients {
				known[who] = true
				groups = append(groups, group)
			}
		}
	}
	words := l.blocks()
	for _, group := range groups {
		r.add(l.judgeRecord(group, words, len(groups) == 1))
	}
}

func (l letter) judgeRecord(group record, words blocks, alone bool) Failure {
	final := addressIn(group.first("final-recipient"))
	address := addressIn(group.first("original-recipient"))
	if address == "" {
		address = final
	}
	if address == "" {
		address = addressIn(group.first("x-actual-recipient"))
	}
	context := words.about(final, address)
	if alone {
		if address == "" && len(words) > 0 {
			address = words[0].address
		}
		if context == "" {
			context = l.notice
		}
	}
	kind, says, ok := strings.Cut(group.first("diagnostic-code"), ";")
	if !ok || strings.ContainsAny(strings.TrimSpace(kind), " \t") {
		kind, says = "", group.first("diagnostic-code")
	}
	action := strings.ToLower(group.first("action"))
	if action == "expired" && says == "" {
		says = action
	}
	e := evidence{
		kind:    strings.ToLower(strings.TrimSpace(kind)),
		says:    says,
		context: context,
		status:  group.first("status"),
		host:    group.first("remote-mta"),
		action:  actionOf(action),
	}
	return e.judge(address)
}

// actionOf reads the Action field; what is unknown or missing counts as a failure, for nobody reports success by chance.
func actionOf(s string) Action {
	word, _, _ := strings.Cut(strings.TrimSpace(s), " ")
	switch strings.ToLower(word) {
	case "delayed":
		return Delayed
	case "delivered", "relayed", "expanded", "deliverable":
		return Delivered
	}
	return Failed
}

// add keeps what became of one recipient. An address may come twice: when it was an alias, or when its name is hidden.
func (r *Report) add(f Failure) {
	if len(r.Recipients) < maxRecipients {
		r.Recipients = append(r.Recipients, f)
	}
}
