package message_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/channels/email/message"
)

func mustParse(t *testing.T, raw string) *message.Message {
	t.Helper()
	m, err := message.Parse([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestNoMailAtAll(t *testing.T) {
	for _, raw := range []string{"", "\r\n\r\n", " \t\n", "\ufeff", "\x00\x00"} {
		if m, err := message.Parse([]byte(raw)); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q: %v, %v", raw, m, err)
		}
	}
}

func TestFromIsFound(t *testing.T) {
	cases := map[string]struct {
		header string
		want   message.Address
	}{
		"a name in quotes with a comma":     {`From: "Smith, Karo" <karo@X.Example>`, message.Address{Name: "Smith, Karo", Email: "karo@x.example"}},
		"a name with bare commas":           {"From: Müller, Karo, Berlin <karo@x.example>", message.Address{Name: "Müller, Karo, Berlin", Email: "karo@x.example"}},
		"only an address":                   {"From: karo@x.example", message.Address{Email: "karo@x.example"}},
		"a name in a comment":               {"From: karo@x.example (Karo Smith)", message.Address{Name: "Karo Smith", Email: "karo@x.example"}},
		"an address in a comment":           {"From: Karo (karo@x.example)", message.Address{Name: "Karo", Email: "karo@x.example"}},
		"a comment inside the address":      {"From: Karo <karo(home)@x.example(work)>", message.Address{Name: "Karo", Email: "karo@x.example"}},
		"a raw comma in an encoded word":    {"From: =?iso-8859-1?Q?M=FCller,=20Karo?= <a@x.example>", message.Address{Name: "Müller, Karo", Email: "a@x.example"}},
		"words in two charsets":             {"From: =?Windows-1252?Q?Karo_GR=D6?= =?iso-8859-15?q?=DFlin?= <a@x.example>", message.Address{Name: "Karo GRÖßlin", Email: "a@x.example"}},
		"all of it encoded":                 {"From: =?utf-8?q?K=C3=A4the_<kaethe@x.example>?=", message.Address{Name: "Käthe", Email: "kaethe@x.example"}},
		"a quote that never closes":         {`From: "Karo <karo@x.example>`, message.Address{Name: "Karo", Email: "karo@x.example"}},
		"a bracket that never closes":       {"From: Karo <karo@x.example", message.Address{Name: "Karo", Email: "karo@x.example"}},
		"two brackets":                      {"From: Karo <<karo@x.example>>", message.Address{Name: "Karo", Email: "karo@x.example"}},
		"the first author of two":           {"From: A <a@x.example>, B <b@x.example>", message.Address{Name: "A", Email: "a@x.example"}},
		"semicolons for commas":             {"From: A <a@x.example>; B <b@x.example>", message.Address{Name: "A", Email: "a@x.example"}},
		"an empty first author":             {`From: "Shop " <>, "LTD" <ly@x.example>`, message.Address{Name: "LTD", Email: "ly@x.example"}},
		"a first From that says nothing":    {"From: ...?\nFrom: Karo <karo@x.example>", message.Address{Name: "Karo", Email: "karo@x.example"}},
		"a group":                           {"From: Desk: Karo <karo@x.example>, b@x.example;", message.Address{Name: "Karo", Email: "karo@x.example"}},
		"mailto and single quotes":          {"From: 'Karo' <mailto:karo@x.example>", message.Address{Name: "Karo", Email: "karo@x.example"}},
		"raw UTF-8":                         {"From: Käthe <k@x.example>", message.Address{Name: "Käthe", Email: "k@x.example"}},
		"raw Latin-1":                       {"From: K\xe4the Gr\xf6\xdfe <k@x.example>", message.Address{Name: "Käthe Größe", Email: "k@x.example"}},
		"raw Latin-1 by the mail's charset": {"Content-Type: text/plain; charset=koi8-r\nFrom: \xf7\xcf\xd0\xd2\xcf\xd3 <k@x.example>", message.Address{Name: "Вопрос", Email: "k@x.example"}},
		"a local name of the server":        {"From: MAILER-DAEMON (Mail Delivery System)", message.Address{Name: "Mail Delivery System", Email: "MAILER-DAEMON"}},
		"no From but someone to answer":     {"Reply-To: Karo <karo@x.example>", message.Address{Email: "karo@x.example"}},
		"no From but a sender":              {"Sender: karo@x.example", message.Address{Email: "karo@x.example"}},
		"no From but a way back":            {"Return-Path: <karo@x.example>", message.Address{Email: "karo@x.example"}},
		"a name that cannot be answered":    {"From: \"Karo\" <>\nReply-To: karo@x.example", message.Address{Name: "Karo", Email: "karo@x.example"}},
		"nobody":                            {"Subject: x", message.Address{}},
		"an address in the name":            {`From: "boss@bank.example" <karo@x.example>`, message.Address{Name: "boss@bank.example", Email: "karo@x.example"}},
		"raw Latin-1 in the address":        {"From: Gr\xf6\xdfe-\xfc@x.example", message.Address{Email: "Größe-ü@x.example"}},
		"NULs":                              {"From: Ka\x00ro <karo\x00@x.example>", message.Address{Name: "Karo", Email: "karo@x.example"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			m := mustParse(t, c.header+"\nX-End: 1\n\nwords\n")
			if diff := cmp.Diff(c.want, m.From); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestEmptyPathIsKept(t *testing.T) {
	if m := mustParse(t, "Return-Path: <>\nFrom: a@x.example\n\n"); m.ReturnPath != "<>" {
		t.Error(m.ReturnPath)
	}
}

func TestSubjectIsDecoded(t *testing.T) {
	cases := map[string]struct{ header, want string }{
		"a character cut in two":        {"Subject: =?utf-8?B?R3LDtsM=?=\r\n =?utf-8?B?n2U=?=", "Größe"},
		"in quoted-printable too":       {"Subject: =?utf-8?Q?Gr=C3?= =?utf-8?Q?=B6=C3=9Fe?=", "Größe"},
		"GBK that says it is GB2312":    {"Subject: =?gb2312?B?1uzpRrv5?=", "朱镕基"},
		"ISO-2022-JP":                   {"Subject: =?iso-2022-jp?B?GyRCJUYlOSVIGyhC?=", "テスト"},
		"raw ISO-2022-JP":               {"Subject: \x1b$B%F%9%H\x1b(B", "テスト"},
		"Korean by an old name":         {"Subject: =?ks_c_5601-1987?B?wda5riDIrsDOx9W0z7TZ?=", "주문 확인합니다"},
		"Shift-JIS":                     {"Subject: =?Shift_JIS?B?g2WDWINn?=", "テスト"},
		"UTF-7":                         {"Subject: =?utf-7?Q?Gr+APYA3w-e?=", "Größe"},
		"Windows-1252 said to be Latin": {"Subject: =?iso-8859-1?Q?=93Preis=94_20_=80?=", "“Preis” 20 €"},
		"UTF-8 said to be Latin":        {"Subject: =?iso-8859-1?Q?Gr=C3=B6=C3=9Fe?=", "Größe"},
		"spaces inside a word":          {"Subject: =?utf-8?Q?Wo ist es?=", "Wo ist es"},
		"words among text":              {"Subject: Re: =?utf-8?Q?Gr=C3=B6=C3=9Fe?= 42", "Re: Größe 42"},
		"a word with a language":        {"Subject: =?utf-8*de?Q?Gr=C3=B6=C3=9Fe?=", "Größe"},
		"a word cut off at the end":     {"Subject: =?utf-8?Q?Gr=C3=B6=C3=9Fe", "Größe"},
		"no word at all":                {"Subject: 2 =? 3", "2 =? 3"},
		"an unknown charset":            {"Subject: =?x-nobody?Q?Gr=F6=DFe?=", "Größe"},
		"a line break inside a word":    {"Subject: =?utf-8?B?DQpCY2M6IHg=?=", "Bcc: x"},
		"control characters":            {"Subject: a\x00b\x07c\x7f", "abc"},
		"folded with tabs":              {"Subject: one\r\n\ttwo", "one two"},
		"a line that lost its indent":   {"Subject: one\ntwo three\nFrom: a@x.example", "one two three"},
		"spaces before the colon":       {"Subject : one", "one"},
		"an mbox line first":            {"From a@x.example Mon Jan  5 10:00:00 2026\nSubject: one", "one"},
		"a byte order mark first":       {"\ufeffSubject: one", "one"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if m := mustParse(t, c.header+"\n\nwords"); m.Subject != c.want {
				t.Errorf("%q, want %q", m.Subject, c.want)
			}
		})
	}
}

func TestCarriageReturnsAloneEndLines(t *testing.T) {
	m := mustParse(t, "From: a@x.example\rSubject: one\r\rtwo\rthree")
	if m.Subject != "one" || m.Text != "two\nthree" {
		t.Errorf("%q %q", m.Subject, m.Text)
	}
}
