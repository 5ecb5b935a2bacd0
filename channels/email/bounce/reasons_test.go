package bounce

import (
	"strings"
	"testing"
)

func TestReason(t *testing.T) {
	for name, c := range map[string]struct {
		e    evidence
		want Reason
		hard bool
	}{
		"a mailbox that is not there":                             {evidence{says: "550 5.1.1 <anna@kunde.example>: Recipient address rejected: User unknown in virtual mailbox table"}, UserUnknown, true},
		"Gmail knows no such account":                             {evidence{says: "550-5.1.1 The email account that you tried to reach does not exist. Please try 550-5.1.1 double-checking"}, UserUnknown, true},
		"Exchange finds no recipient":                             {evidence{says: "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup"}, UserUnknown, true},
		"Exchange denies access to a recipient that is not there": {evidence{says: "550 5.4.1 Recipient address rejected: Access denied. AS(201806281)", context: "(in reply to RCPT TO command)"}, UserUnknown, true},
		"an older Exchange does not recognize the name":           {evidence{says: "The recipient name is not recognized"}, UserUnknown, true},
		"mail.ru finds no user":                                   {evidence{says: "550 Message was not accepted -- invalid mailbox. Local mailbox info@mail.example is unavailable: user not found"}, UserUnknown, true},
		"a French server":                                         {evidence{says: "550 5.1.1 Adresse d au moins un destinataire invalide. Invalid recipient. OFR_416"}, UserUnknown, true},
		"a German server":                                         {evidence{says: "550 Empfänger unbekannt"}, UserUnknown, true},
		"only the code is understood":                             {evidence{says: "550 5.1.1 sorry"}, UserUnknown, true},
		"a carrier that refuses after the mail was sent":          {evidence{says: "550 Unknown user anna@carrier.example", context: ">>> DATA\n<<< 550 Unknown user anna@carrier.example"}, Filtered, false},
		"the word stands only in the address":                     {evidence{says: "554 <spam@virus.example> sorry"}, OnHold, false},
		"the word is part of another":                             {evidence{says: "450 recipient host rejected for repairs"}, Blocked, false},
		"no such domain":                                          {evidence{says: "Host or domain name not found. Name service error for name=nowhere.example type=AAAA: Host not found"}, HostUnknown, true},
		"Exim has no route":                                       {evidence{says: "Unrouteable address"}, HostUnknown, true},
		"qmail finds no host":                                     {evidence{says: "Sorry, I couldn't find any host named nowhere.example. (#5.1.2)"}, HostUnknown, true},
		"Exim finds only dead exchangers":                         {evidence{says: "all relevant MX records point to non-existent hosts"}, HostUnknown, true},
		"a domain that takes no mail":                             {evidence{says: "556 5.1.10 Recipient address has null MX"}, NotAccept, true},
		"a domain that takes no mail just now":                    {evidence{says: "the domain doesn't receive email: Null MX", status: "4.0.0"}, NotAccept, false},
		"moved away":                                              {evidence{says: "550 5.1.6 recipient no longer on server: anna@kunde.example"}, HasMoved, true},
		"a full mailbox":                                          {evidence{says: "552 5.2.2 <anna@kunde.example>: Mailbox full"}, MailboxFull, false},
		"a full Gmail":                                            {evidence{says: "452-4.2.2 The recipient's inbox is out of storage space. Please direct the recipient to 452 4.2.2 https://support.google.com/mail/?p=OverQuotaTemp"}, MailboxFull, false},
		"a full Exchange":                                         {evidence{says: "554 5.2.0 STOREDRV.Deliver.Exception:QuotaExceededException.MapiExceptionShutoffQuotaExceeded"}, MailboxFull, false},
		"a full maildir of a local program":                       {evidence{kind: "x-unix", says: "/var/mail/anna/tmp/1.2: Disk quota exceeded", status: "4.3.0"}, MailboxFull, false},
		"a program that failed":                                   {evidence{kind: "x-unix", says: "procmail: Couldn't create lock", status: "5.3.0"}, MailerError, false},
		"a disabled account":                                      {evidence{says: "550 5.2.1 The email account that you tried to reach is disabled."}, Suspend, false},
		"a disabled Yahoo account":                                {evidence{says: "554 30 Sorry, your message to anna@yahoo.example cannot be delivered. This mailbox is disabled (554.30)."}, Suspend, false},
		"too large":                                               {evidence{says: "552 5.3.4 Message size exceeds fixed limit"}, MesgTooBig, false},
		"too large for this recipient":                            {evidence{says: "550 5.2.3 RESOLVER.RST.RecipSizeLimit; message too large for this recipient"}, ExceedLimit, false},
		"no relaying":                                             {evidence{says: "554 5.7.1 <anna@kunde.example>: Relay access denied"}, NoRelaying, false},
		"qmail is not in charge":                                  {evidence{says: "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)"}, NoRelaying, false},
		"no reverse name":                                         {evidence{says: "450 4.7.1 Client host rejected: cannot find your reverse hostname, [192.0.2.1]"}, RequirePTR, false},
		"no reverse name, says Gmail":                             {evidence{says: "550-5.7.25 The IP address sending this message does not have a PTR record setup"}, RequirePTR, false},
		"DMARC":                                                   {evidence{says: "550 5.7.509 Access denied, sending domain desk.example does not pass DMARC verification and has a DMARC policy of reject."}, AuthFailure, false},
		"SPF":                                                     {evidence{says: "550 5.7.23 The message was rejected because of Sender Policy Framework violation"}, AuthFailure, false},
		"not authenticated, says Gmail":                           {evidence{says: "550-5.7.26 This mail has been blocked because the sender is unauthenticated."}, AuthFailure, false},
		"a block list":                                            {evidence{says: "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org"}, Blocked, false},
		"a block list of Microsoft":                               {evidence{says: "550 5.7.1 Unfortunately, messages from [192.0.2.1] weren't sent. Please contact your Internet service provider since part of their network is on our block list (S3140)."}, Blocked, false},
		"a banned address of ours":                                {evidence{says: "550 5.7.606 Access denied, banned sending IP [192.0.2.1]. To request removal from this list please visit https://sender.office.com/"}, Blocked, false},
		"refused before a word":                                   {evidence{says: "554 nein", context: "host mx.kunde.example[192.0.2.2] refused to talk to me: 554 nein"}, Blocked, false},
		"a bad name":                                              {evidence{says: "550-5.7.1 [192.0.2.1] Our system has detected that this message is suspicious due to the very low reputation of the sending domain."}, BadReputation, false},
		"our sender is refused":                                   {evidence{says: "550 5.1.0 <desk@desk.example>: Sender address rejected: Domain not found"}, Rejected, false},
		"our sender is refused when it is named":                  {evidence{says: "553 desk.example does not exist", context: "553 desk.example does not exist (in reply to MAIL FROM command)"}, Rejected, false},
		"spam":                                                    {evidence{says: "550-5.7.1 Our system has detected that this message is likely unsolicited mail."}, SpamDetected, false},
		"spam, says Yandex":                                       {evidence{says: "554 5.7.1 [2] Message rejected under suspicion of SPAM; https://ya.cc/1IrBc"}, SpamDetected, false},
		"a virus":                                                 {evidence{says: "554 5.7.1 Virus (Eicar-Test-Signature) detected"}, VirusDetected, false},
		"a policy":                                                {evidence{says: "554 5.7.9 Message not accepted for policy reasons. See https://senders.yahooinc.com/error-codes"}, PolicyViolation, false},
		"a policy of the receiver":                                {evidence{says: "550 5.7.1 The user or domain that you are sending to (or from) has a policy that prohibited the mail that you sent."}, PolicyViolation, false},
		"no proper mail":                                          {evidence{says: "550-5.7.1 This message is not RFC 5322 compliant. There are multiple Subject headers."}, NotCompliantRFC, false},
		"sign in first":                                           {evidence{says: "550 5.7.1 RESOLVER.RST.AuthRequired; authentication required"}, SecurityError, false},
		"sign in first, says a relay":                             {evidence{says: "530 5.7.57 Client not authenticated to send mail."}, SecurityError, false},
		"no TLS":                                                  {evidence{says: "TLS is required, but was not offered by host mx.kunde.example[192.0.2.2]"}, FailedSTARTTLS, false},
		"TLS first":                                               {evidence{says: "530 5.7.0 Must issue a STARTTLS command first"}, FailedSTARTTLS, false},
		"too many connections":                                    {evidence{says: "421 4.7.0 mx.kunde.example Error: too many connections from 192.0.2.1"}, TooManyConn, false},
		"too much at once":                                        {evidence{says: "450-4.2.1 The user you are trying to contact is receiving mail too quickly."}, Speeding, false},
		"too long in the queue":                                   {evidence{says: "Deferred: Connection timed out with mx.kunde.example. Message could not be delivered for 5 days", status: "4.4.7"}, Expired, false},
		"Exim gave up":                                            {evidence{says: "retry timeout exceeded"}, Expired, false},
		"Exim gave up on many hosts":                              {evidence{says: "retry time not reached for any host after a long failure period"}, Expired, false},
		"Postfix cannot connect":                                  {evidence{says: "connect to mx.kunde.example[192.0.2.2]:25: Connection timed out", status: "4.4.1"}, Expired, false},
		"no way there":                                            {evidence{says: "connect to mx.kunde.example[192.0.2.2]:25: No route to host", status: "4.4.1"}, NetworkError, false},
		"a loop":                                                  {evidence{says: "554 5.4.6 Too many hops 26 (25 max)"}, NetworkError, false},
		"a full disk":                                             {evidence{says: "452 4.3.1 Insufficient system storage"}, SystemFull, false},
		"an accident there":                                       {evidence{says: "451 4.3.0 Error: queue file write error"}, SystemError, false},
		"an accident there, in general":                           {evidence{says: "451 4.3.0 Temporary lookup failure"}, SystemError, false},
		"a malformed address":                                     {evidence{says: "501 5.1.3 Bad recipient address syntax"}, UserUnknown, true},
		"a command that is not known":                             {evidence{says: "500 5.5.2 Syntax error, command unrecognized"}, SyntaxError, false},
		"a part that cannot be carried":                           {evidence{says: "554 5.6.1 Body type not supported by Remote Host"}, ContentError, false},
		"a delay is no verdict":                                   {evidence{says: "550 5.1.1 User unknown", action: Delayed}, UserUnknown, false},
		"a delay without words":                                   {evidence{action: Delayed}, Expired, false},
		"nothing was said":                                        {evidence{}, Undefined, false},
		"something was said":                                      {evidence{says: "550 5.0.0 nope"}, OnHold, false},
		"it arrived":                                              {evidence{says: "250 2.1.5 Ok", action: Delivered}, DeliveredReason, false},
		"the farthest server is right":                            {evidence{says: "554 5.4.7 delivery expired -> 550 5.1.1 no such user here", context: "(in reply to RCPT TO command)"}, UserUnknown, true},
		"the code of the answer is better than the code of the reporter": {evidence{says: "552 5.2.2 over", status: "5.1.1"}, MailboxFull, false},
	} {
		t.Run(name, func(t *testing.T) {
			f := c.e.judge("anna@kunde.example")
			if f.Reason != c.want || f.Hard != c.hard {
				t.Errorf("%s, hard %t; want %s, %t (%+v)", f.Reason, f.Hard, c.want, c.hard, f)
			}
		})
	}
}

func TestCodes(t *testing.T) {
	for name, c := range map[string]struct{ text, code, status string }{
		"both":                       {"550 5.1.1 unknown", "550", "5.1.1"},
		"joined":                     {"550-5.7.26 no", "550", "5.7.26"},
		"in brackets":                {"no connection (#4.4.1)", "", "4.4.1"},
		"the last one counts":        {"554 4.4.7 expired <421 4.4.2 timed out>", "421", "4.4.2"},
		"unless it is a general one": {"550 5.1.1 no 554 5.0.0 service unavailable", "554", "5.1.1"},
		"an address of the network":  {"[192.0.2.1] 203.0.113.225 5.6.7.8", "", ""},
		"a port":                     {"connect to mx:587: no, [::1]:465", "", ""},
		"a version":                  {"exim 4.96.2.1 and v5.1.1", "", ""},
		"a date":                     {"2024-05-04 23:34:45 400th", "", ""},
		"nothing":                    {"", "", ""},
		"a number at the end":        {"see 550", "550", ""},
		"a full stop after it":       {"code 5.1.1.", "", "5.1.1"},
	} {
		t.Run(name, func(t *testing.T) {
			if code, status := codes(strings.ToLower(c.text)); code != c.code || status != c.status {
				t.Errorf("%q, %q; want %q, %q", code, status, c.code, c.status)
			}
		})
	}
}

func TestAddressIn(t *testing.T) {
	for in, want := range map[string]string{
		"rfc822; anna@kunde.example":            "anna@kunde.example",
		"RFC822; <anna@kunde.example> (Anna)":   "anna@kunde.example",
		"utf-8;jürgen@bücher.example":           "jürgen@bücher.example",
		"anna+neu@kunde.example.":               "anna+neu@kunde.example",
		"@relay.example":                        "",
		"unknown;":                              "",
		"<mailto:anna@kunde.example>":           "anna@kunde.example",
		"a@b@c.example":                         "a@b",
		strings.Repeat("a", 100_000) + "@b.com": strings.Repeat("a", 255) + "@b.com",
	} {
		if got := addressIn(in); got != want {
			t.Errorf("%.60q: %.60q, want %.60q", in, got, want)
		}
	}
}
