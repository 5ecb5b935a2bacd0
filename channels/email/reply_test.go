package email_test

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/test/house"
)

// What a mail's From and Reply-To make of it: whose ticket it is, and to whom the answer goes over the wire.
func TestAnAnswerGoesWhereTheMailWantsIt(t *testing.T) {
	h, out := house.Start(t), startRelay(t, nil, false)
	connect(h, "", out.Addr, "", map[string]any{"acknowledge": true})
	var want, got []string
	for i, tc := range []struct {
		name, head, customer string
		to                   string // of the answer
		told                 string // of the acknowledgement; "" for none
	}{
		{"a form of a web site", "Form <noreply@form.example>\r\nReply-To: Ada <ada@example.com>", "ada@example.com", "ada@example.com", "ada@example.com"},
		{"the form of our own web site", "Shop <support@shop.example>\r\nReply-To: Bea <bea@example.com>", "bea@example.com", "bea@example.com", "bea@example.com"},
		{"somebody who wants it elsewhere", "Cleo <cleo@work.example>\r\nReply-To: cleo@home.example", "cleo@work.example", "cleo@home.example", "cleo@work.example"},
		{"a member of a list that wants answers for itself", "Dan <dan@example.com>\r\nReply-To: all@list.example\r\nList-Id: <all.list.example>", "dan@example.com", "all@list.example", ""},
		{"a list nobody reads the mailbox of", "News <noreply@news.example>\r\nReply-To: contact@news.example\r\nList-Id: <news.news.example>", "noreply@news.example", "contact@news.example", ""},
	} {
		tk := opened(t, h, letter(tc.head, tc.name, string(rune('a'+i))+"@example.com", "", "About "+tc.name+"."))
		var c people.Customer
		h.Ask(http.MethodGet, "/api/v1/customers/"+tk.Customer.String(), nil, &c)
		if c.Reach[0].Value != tc.customer {
			t.Errorf("%s: the customer is %+v", tc.name, c)
		}
		reply(h, tk, map[string]any{"text": "Thank you."})
		want = append(want, "answer to "+tc.to)
		if tc.told != "" {
			want = append(want, "auto-replied to "+tc.told)
		}
	}
	for _, s := range out.wait(t, len(want)) {
		got = append(got, cmp.Or(field(s.raw, "Auto-Submitted"), "answer")+" to "+strings.Join(s.to, ","))
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("what left: %q\nwant %q", got, want)
	}
}
