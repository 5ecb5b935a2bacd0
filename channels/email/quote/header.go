package quote

import (
	"slices"
	"strings"
)

// isOriginal says whether the mail that is answered begins at line i without any mark: by HTML, a title between dashes, or
// a header block.
func (p *page) isOriginal(i int) bool {
	if p.lines[i].hint == asOriginal {
		return true
	}
	if t, dashes := title(p.lines[i].bare); isTitle(t, dashes, originals) || dashes && endsWithVerb(t) != "" {
		return true
	}
	return p.isHeader(i, func(l *line) string { return l.bare })
}

// isForward says whether a forwarded mail begins at line i.
func (p *page) isForward(i int) bool {
	return !p.isQuoted(i) && isForwardTitle(p.lines[i].bare)
}

// opensForward says whether the quoted lines from i on are a forwarded mail: some programs quote what they forward.
func (p *page) opensForward(i int) bool { return isForwardTitle(unquoted(p.lines[i].bare)) }

func isForwardTitle(l string) bool {
	t, dashes := title(l)
	return isTitle(t, dashes, forwards)
}

// title is what stands between two or more dashes on both sides, or before a colon, in small letters.
func title(l string) (t string, dashes bool) {
	if len(l) > 200 || !strings.ContainsAny(l, ":：-_=*") {
		return "", false
	}
	core := strings.Trim(l, "-_=*> ")
	left := len(l) - len(strings.TrimLeft(l, "-_=*> "))
	t, colon := cutColon(lower(core))
	switch {
	case t != "" && left >= 2 && len(l)-left-len(core) >= 2:
		return t, true
	case colon && left == 0:
		return t, false
	}
	return "", false
}

// isTitle says whether the title is one of these; between dashes a name may follow: "Forwarded by Anna Berg".
func isTitle(t string, dashes bool, these []string) bool {
	return t != "" && slices.ContainsFunc(these, func(known string) bool {
		rest, ok := strings.CutPrefix(t, known)
		return ok && (rest == "" || dashes && rest[0] == ' ' && len(rest) < 80)
	})
}

// isHeader says whether a header block begins at line i: who, to whom, when and about what, in any known language. Three
// of these are needed and an address or a subject, for "From: Berlin, To: Hamburg" is a journey.
func (p *page) isHeader(i int, read func(*line) string) bool {
	var seen headers
	at, other := false, 0
	for j := i; j < len(p.lines) && j < i+16 && other <= 2; j++ {
		l := read(&p.lines[j])
		if l == "" {
			continue
		}
		f := fieldsIn(l)
		switch {
		case f == 0 && j == i:
			return false
		case f == 0: // a folded line
			other++
			continue
		}
		other = 0
		seen |= f
		at = at || strings.Contains(l, "@")
		if isComplete(seen, at) {
			return true
		}
	}
	return false
}

func isComplete(seen headers, at bool) bool {
	count := 0
	for _, f := range []headers{fieldFrom, fieldSent, fieldTo, fieldSubject} {
		if seen&f != 0 {
			count++
		}
	}
	return seen&fieldFrom != 0 && count >= 3 && (at || seen&fieldSubject != 0)
}

// fieldsIn says which fields a header line holds. It begins with one; more follow when line ends were lost.
func fieldsIn(l string) headers {
	if len(l) > 4*longest {
		return 0
	}
	var found headers
	start := 0
	for range 12 {
		at := strings.IndexAny(l[start:], ":：")
		if at < 0 {
			break
		}
		f := labelBefore(l[start : start+at])
		if start == 0 && (f == 0 || !startsWithLabel(l[:at])) {
			return 0
		}
		found |= f
		start += at + 1
	}
	return found
}

func startsWithLabel(before string) bool { return fields[label(before)] != 0 }

// labelBefore is the field whose label stands right before a colon: the last one, two or three words.
func labelBefore(before string) headers {
	if f := fields[label(before)]; f != 0 {
		return f
	}
	words := strings.Fields(label(before))
	for n := 1; n <= 3 && n <= len(words); n++ {
		if f := fields[strings.Join(words[len(words)-n:], " ")]; f != 0 {
			return f
		}
	}
	return 0
}

func label(s string) string { return lower(strings.Trim(bare(s), "*_| \u00a0")) }

// unquoted takes one quotation mark away.
func unquoted(l string) string { return bare(strings.TrimPrefix(bare(l), ">")) }

// Forwarded finds a mail inside a mail, by a title such as "Forwarded message" or by a header block: what the sender wrote
// before it, and the mail itself from its header on, without quotation marks. Outlook draws a reply as it draws a forward, so
// ask only when the subject or the person says that the mail was passed on.
func Forwarded(plain string) (before, embedded string, ok bool) {
	p := newPage(lines(plain))
	p.findCode()
	for i := p.next[0]; i < len(p.lines); i = p.next[i+1] {
		if p.lines[i].code {
			continue
		}
		titled := isForwardTitle(unquoted(p.lines[i].bare))
		if !titled && !p.isHeader(i, func(l *line) string { return unquoted(l.bare) }) {
			continue
		}
		end := i
		for above := p.above(end); above >= 0 && isRule(p.lines[above].bare); above = p.above(end) {
			end = above
		}
		if titled {
			i = p.next[i+1]
		}
		p.set(0, end, said)
		p.set(end, len(p.lines), signature)
		p.set(i, len(p.lines), quoted)
		p.unquoteFrom(i)
		return p.text(said), p.text(quoted), true
	}
	return "", "", false
}

// unquoteFrom takes the quotation marks from the lines from i on when the first of them has one.
func (p *page) unquoteFrom(i int) {
	if i >= len(p.lines) || !strings.HasPrefix(p.lines[i].bare, ">") {
		return
	}
	for ; i < len(p.lines); i++ {
		if text, marked := strings.CutPrefix(p.lines[i].bare, ">"); marked {
			p.lines[i].text = strings.TrimPrefix(text, " ")
		}
	}
}
