package bounce

import (
	"slices"
	"strings"
)

// Reason says why a mail did not arrive, in the words the field uses.
type Reason string

// The reasons. Those of the first group mean that the address is dead.
const (
	UserUnknown Reason = "userunknown" // no such mailbox
	HostUnknown Reason = "hostunknown" // no such domain
	HasMoved    Reason = "hasmoved"    // the mailbox is elsewhere now

	NotAccept Reason = "notaccept" // the domain takes no mail at all (RFC 7504, RFC 7505)

	MailboxFull Reason = "mailboxfull"
	Suspend     Reason = "suspend"     // the mailbox is switched off for now
	Filtered    Reason = "filtered"    // refused by the recipient's own rules
	ExceedLimit Reason = "exceedlimit" // too large for this recipient
	MesgTooBig  Reason = "mesgtoobig"  // too large for this server

	Rejected         Reason = "rejected"        // our sender address was refused
	AuthFailure      Reason = "authfailure"     // SPF, DKIM or DMARC failed
	RequirePTR       Reason = "requireptr"      // our server has no proper reverse name
	Blocked          Reason = "blocked"         // our server was refused
	BadReputation    Reason = "badreputation"   // our server has a bad name
	Speeding         Reason = "speeding"        // we sent too much in a short time
	TooManyConn      Reason = "toomanyconn"     // we connected too often at once
	NoRelaying       Reason = "norelaying"      // the server is not in charge of this domain
	SpamDetected     Reason = "spamdetected"    // taken for spam
	VirusDetected    Reason = "virusdetected"   // taken for a virus
	PolicyViolation  Reason = "policyviolation" // against the rules of the server
	NotCompliantRFC  Reason = "notcompliantrfc" // not built as a mail must be (RFC 5322)
	ContentError     Reason = "contenterror"    // a part cannot be carried or read
	SecurityError    Reason = "securityerror"   // not allowed, or not signed in
	FailedSTARTTLS   Reason = "failedstarttls"  // no encrypted connection
	SyntaxError      Reason = "syntaxerror"     // the servers did not understand each other
	Expired          Reason = "expired"         // tried too long
	NetworkError     Reason = "networkerror"    // no way to the server
	SystemError      Reason = "systemerror"     // an accident of the server
	SystemFull       Reason = "systemfull"      // the disk of the server is full
	MailerError      Reason = "mailererror"     // a program that should deliver failed
	OnHold           Reason = "onhold"          // something was said, but nothing we understand
	Undefined        Reason = "undefined"       // nothing was said
	DeliveredReason  Reason = "delivered"       // it arrived
	FeedbackReported Reason = "feedback"        // the recipient called it spam (RFC 5965)
)

// step is how far a delivery came before it was refused.
type step string

const (
	connecting step = "connect"
	naming     step = "mail" // our sender address was named
	addressing step = "rcpt" // the recipient was named
	sending    step = "data" // the mail was sent
)

// steps are the phrases by which servers tell the step. Gmail numbers its steps as "state".
var steps = []struct {
	step step
	says []string
}{
	{sending, []string{
		"in reply to end of data", "in reply to data", "after end of data", "after data", "after sending data", "did not like our final data",
		"did not like our data", "failed after i sent the message", "smtp command data", "step: data", "[data]", "(state 15)", "(state 17)", "(state 18)",
	}},
	{addressing, []string{
		"in reply to rcpt to", "after rcpt to", "after rcpt command", "did not like our rcpt to", "does not like recipient", "smtp:rcpt",
		"smtp command rcpt", "step: rcpt", "[rcpt_to]", "(state 12)", "(state 14)",
	}},
	{naming, []string{
		"in reply to mail from", "after mail from", "after mail command", "did not like our mail from", "sender was rejected", "smtp:mail",
		"smtp command mail", "step: mail", "[mail_from]",
	}},
	{connecting, []string{
		"after initial connection", "refused to talk to me", "in reply to ehlo", "in reply to helo", "after ehlo", "after helo",
		"did not like our ehlo", "did not like our helo", "greeting failed", "smtp:connect", "(state 13)",
	}},
}

func stepIn(text string) step {
	for _, s := range steps {
		if says(text, s.says...) {
			return s.step
		}
	}
	return ""
}

// stepInTranscript reads the step off a copy of the talk between two servers: the last thing said before the refusal.
func stepInTranscript(words string) step {
	var last step
	for line := range strings.Lines(words) {
		line = strings.ToLower(strings.TrimSpace(line))
		said, ok := strings.CutPrefix(line, ">>> ")
		if !ok {
			said, ok = strings.CutPrefix(line, "in: ")
		}
		switch {
		case ok && strings.HasPrefix(said, "mail"):
			last = naming
		case ok && strings.HasPrefix(said, "rcpt"):
			last = addressing
		case ok && (strings.HasPrefix(said, "data") || strings.HasPrefix(said, "bdat")):
			last = sending
		case ok && (strings.HasPrefix(said, "ehlo") || strings.HasPrefix(said, "helo")):
			last = connecting
		case isRefusal(line) && last != "":
			return last
		}
	}
	return ""
}

func isRefusal(line string) bool {
	for _, mark := range []string{"<<< 4", "<<< 5", "out: 4", "out: 5"} {
		if strings.HasPrefix(line, mark) {
			return true
		}
	}
	return false
}

// evidence is all that is known about one recipient.
type evidence struct {
	kind    string // of diagnostic: "smtp", "x-unix" … (RFC 3464, 2.3.6)
	says    string // the diagnostic
	context string // what else the letter says about this recipient
	status  string // from the Status field
	host    string // the server that refused, as far as it is known
	action  Action

	step step
}

// judge weighs the evidence.
func (e evidence) judge(address string) Failure {
	e.host = strings.ToLower(e.host)
	e.says, e.context = clip(e.says, 4*maxDiagnostic), clip(e.context, 8*maxDiagnostic)
	said, context := plain(masked(e.says)), plain(masked(e.context))
	e.step = stepIn(said)
	if e.step == "" {
		e.step = stepIn(context)
	}
	for _, words := range []string{e.says, e.context} {
		if e.step == "" {
			e.step = stepInTranscript(words)
		}
	}
	code, status := codes(said)
	contextCode, contextStatus := codes(context)
	if said == "" {
		code, status = contextCode, contextStatus
	}
	e.status = best(status, statusIn(e.status))
	f := Failure{Address: address, Status: e.status, SMTPCode: code, Action: e.action, Diagnostic: diagnostic(e.says)}
	if f.Diagnostic == "" {
		f.Diagnostic = diagnostic(e.context)
	}
	switch e.action {
	case Delivered:
		f.Reason = DeliveredReason
	case Complained:
		f.Reason = FeedbackReported
	default:
		f.Reason = e.reason(said, context, code)
		f.Hard = e.isHard(f.Reason)
	}
	return f
}

// reason looks for the cause: in the words that name one, then in the codes, then in words that mean little.
func (e evidence) reason(said, context, code string) Reason {
	if r := e.find(particular, said, context); r != "" {
		return r
	}
	class := strings.TrimLeft(e.status, "245")
	general := strings.HasSuffix(class, ".0") && class != ".1.0"
	if r, ok := e.byStatus(); ok && !general {
		return r
	}
	if said == "" {
		said = context
	}
	if r := e.find(vague, said); r != "" {
		return r
	}
	if r, ok := e.byStatus(); ok {
		return r
	}
	if r, ok := byCode[code]; ok {
		return r
	}
	if r, ok := byStep[e.step]; ok && code != "" {
		return r
	}
	switch {
	case e.action == Delayed:
		return Expired
	case said == "" && code == "":
		return Undefined
	}
	return OnHold
}

func (e evidence) byStatus() (Reason, bool) {
	if r, ok := byStatus[e.status]; ok {
		return r, true
	}
	r, ok := byStatus[strings.TrimLeft(e.status, "245")]
	return r, ok
}

// find returns the reason of the first rule that fits one of the texts, the nearer text first.
func (e evidence) find(rules []rule, texts ...string) Reason {
	for _, text := range texts {
		if text == "" {
			continue
		}
		for _, r := range rules {
			if r.fits(e, text) {
				return r.reason
			}
		}
	}
	return ""
}

// isHard tells whether the address is dead. A delay is no verdict, and a domain without mail may have it tomorrow when
// the server itself calls the refusal a passing one.
func (e evidence) isHard(r Reason) bool {
	switch r {
	case UserUnknown, HostUnknown, HasMoved:
		return e.action != Delayed
	case NotAccept:
		return e.action != Delayed && !strings.HasPrefix(e.status, "4")
	default:
		return false
	}
}

// rule gives a reason when all of its conditions hold.
type rule struct {
	reason Reason
	status []string // one of these codes, without the class: ".2.1"
	step   []step   // one of these steps
	kind   string   // this kind of diagnostic
	host   []string // this host said it, or a host of this domain
	says   []string // one of these phrases is in the text: lower case, "…" stands for anything between two pieces
}

func (r rule) fits(e evidence, text string) bool {
	if r.kind != "" && r.kind != e.kind {
		return false
	}
	if len(r.status) > 0 && !slices.Contains(r.status, strings.TrimLeft(e.status, "245")) {
		return false
	}
	if len(r.step) > 0 && !slices.Contains(r.step, e.step) {
		return false
	}
	if len(r.host) > 0 && !says(e.host+" "+text, r.host...) {
		return false
	}
	return len(r.says) == 0 || says(text, r.says...)
}

// says tells whether one of the phrases is in text.
func says(text string, phrases ...string) bool {
	for _, p := range phrases {
		if isSaid(text, p) {
			return true
		}
	}
	return false
}

// isSaid looks for the pieces of phrase, one after the other and not far apart. A piece begins where a word begins, so
// that "ip" is not found in "recipient", and may end inside one, so that "undeliver" is found in "undeliverable".
func isSaid(text, phrase string) bool {
	const gap = 200
	piece, more, _ := strings.Cut(phrase, "…")
	piece = strings.TrimSpace(piece)
	for {
		at := wordAt(text, piece)
		if at < 0 {
			return false
		}
		if more == "" {
			return true
		}
		text = text[at+len(piece):]
		text = text[:min(len(text), gap)]
		piece, more, _ = strings.Cut(more, "…")
		piece = strings.TrimSpace(piece)
	}
}

func wordAt(text, piece string) int {
	for from := 0; ; {
		at := strings.Index(text[from:], piece)
		if at < 0 {
			return -1
		}
		at += from
		if at == 0 || !isLetter(piece[0]) || !isLetter(text[at-1]) {
			return at
		}
		from = at + 1
	}
}

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' }

// plain makes words comparable: lower case, single spaces, straight quotes.
func plain(s string) string {
	s = strings.NewReplacer("’", "'", "‘", "'", "`", "'").Replace(s)
	return strings.Join(strings.Fields(strings.ToLower(s)), " ")
}

// masked leaves of an address only the @, for its name may be any word, such as spam@ or filtered@.
func masked(s string) string {
	var b strings.Builder
	for {
		at := strings.IndexByte(s, '@')
		if at < 0 {
			b.WriteString(s)
			return b.String()
		}
		start, end := at, at+1
		for start > 0 && isLocal(s[start-1]) {
			start--
		}
		for end < len(s) && isDomain(s[end]) {
			end++
		}
		b.WriteString(s[:start])
		b.WriteByte('@')
		s = s[end:]
	}
}

// diagnostic puts the words of a server on one line for a person.
func diagnostic(s string) string { return clip(strings.Join(strings.Fields(s), " "), maxDiagnostic) }
