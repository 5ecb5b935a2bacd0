package recovery

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/recovery/ledger"
	"github.com/hearthdesk/hearth/rooms/staff"
)

// TestRequests reads as a table: who asks for what, what comes back, and what the journal says happened.
func TestRequests(t *testing.T) {
	d := furnish(t)
	mine, theirs, bare := d.ticket(t, "Eve", d.team), d.ticket(t, "Ida", d.others), d.ticket(t, "Uma", d.team)
	c := d.complaint(t, "Kim")
	asked := must[Approval](t)(d.Refuse(t.Context(), d.ann, Case{Complaint: c.ID}, Refusing{What: "A new one", NearestYes: "A repair"}))
	offer := must[Offer](t)(d.Offer(t.Context(), d.ann, Case{Complaint: c.ID}, Proposal{Part: Extra, Choices: []Choice{{Kind: "gift", Amount: euros(100)}}}))
	reader := web.Who{Actor: d.ann.Actor, Staff: d.ann.Staff, Can: web.View, Teams: d.ann.Teams}
	guest := web.Who{Actor: d.ann.Actor, Staff: 99, Can: web.Reports}
	names := strings.NewReplacer("{mine}", mine.ID.String(), "{theirs}", theirs.ID.String(), "{bare}", bare.ID.String(), "{c}", c.ID.String(), "{apv}", asked.ID.String(),
		"{offer}", offer.ID.String(), "{choice}", offer.Choices[0].ID.String(), "{ben}", d.ben.Actor.ID, "{team}", d.team.String(), "{kim}", c.Customer.String())
	for _, tc := range []struct {
		who       web.Who
		ask, body string
		code      int
		want      string
		kinds     string
	}{
		{d.ann, "POST /tickets/{mine}/complaint", `{"what":"It broke.","severity":3,"wanted":"Another."}`, 201, `"severity":3,"what":"It broke.","wanted":"Another.","internal":false,"origin":"heard","stage":"capture"`, "complaints.raised complaints.wished"},
		{d.ann, "POST /tickets/{mine}/complaint", `{"what":"It broke."}`, 409, `complaint.there`, ""},
		{d.ann, "POST /tickets/{theirs}/complaint", `{"what":"It broke."}`, 404, `ticket.unknown`, ""},
		{d.ann, "POST /tickets/{bare}/complaint", `{"what":" "}`, 422, `in their words`, ""},
		{d.ann, "POST /tickets/{bare}/complaint", `{"what":"x","severity":4}`, 422, `severity`, ""},
		{d.ann, "POST /tickets/{bare}/complaint", `{"what":"x","kind":"moon"}`, 422, `There is no kind of complaint`, ""},
		{guest, "POST /tickets/{bare}/complaint", `{"what":"x"}`, 403, `capture`, ""},
		{d.ann, "GET /tickets/{bare}/complaint", "", 404, `complaint.none`, ""},
		{d.ann, "GET /tickets/{mine}/complaint", "", 200, `"extra_missing":false,"allowance":{"per_case":{"minor":10000,"currency":"EUR"}`, ""},
		{d.ann, "GET /complaints?state=open&limit=1", "", 200, `"next":"cmp_`, ""},
		{d.ann, "GET /complaints?owner=me&stage=capture&severity=2", "", 200, `"subject":"Matter 4","number":4,"customer_name":"Kim","owner_name":"Ann"}]}`, ""},
		{d.ann, "GET /complaints?owner=none", "", 200, `{"items":[]}`, ""},
		{d.ann, "GET /complaints?owner=nobody", "", 422, `form stf_`, ""},
		{d.cleo, "GET /complaints?team={team}", "", 200, `{"items":[]}`, ""},
		{d.cleo, "GET /complaints/{c}", "", 404, `complaint.unknown`, ""},
		{d.ann, "GET /complaints/{c}", "", 200, `"todo":[{"key":"in_their_words","text":"What happened is written down in their words"}`, ""},
		{d.ann, "GET /complaints/board", "", 200, `{"stage":"capture","severity":2,"n":1,"late":0}`, ""},
		{d.ann, "POST /complaints/{c}/tick", `{"check":"thanked"}`, 200, `"done":{"by":"` + d.ann.Actor.ID + `"`, "complaints.ticked"},
		{d.ann, "POST /complaints/{c}/tick", `{"check":"thanked"}`, 200, `"done":{"by"`, ""},
		{d.ann, "POST /complaints/{c}/advance", "", 409, `is not ticked`, ""},
		{d.ann, "POST /complaints/{c}/wish", `{"wanted":"x","would_not_say":true}`, 422, `not both`, ""},
		{d.ann, "POST /complaints/{c}/wish", `{"would_not_say":true}`, 200, `"would_not_say":true`, "complaints.wished"},
		{d.ann, "PATCH /complaints/{c}", `{"kind":"defect"}`, 200, `"kind":"defect"`, "complaints.sorted"},
		{d.ann, "PATCH /complaints/{c}", `{"cause":" The box was too thin. "}`, 200, `"cause":"The box was too thin."`, "complaints.explained"},
		{d.ben, "PATCH /complaints/{c}", `{"cause":"Ann."}`, 403, `complaint.not_yours`, ""},
		{d.ann, "POST /complaints/{c}/follow_up", `{"held":"yes","trusts":"yes"}`, 409, `last stage`, ""},
		{d.ann, "POST /complaints/{c}/handover", `{"to":"{ben}","summary":"Broken lamp."}`, 202, `"offered_to":"{ben}"`, "complaints.handed_over"},
		{d.ann, "DELETE /complaints/{c}/handover", "", 200, `"state":"taken_back"`, "complaints.declined"},
		{d.ann, "POST /complaints/{c}/take", "", 409, `complaint.owned`, ""},
		{d.ann, "POST /complaints", `{"what":"The door sticks.","internal":true}`, 201, `"internal":true`, "complaints.raised"},

		{d.ann, "POST /complaints/{c}/remedies", `{"part":"right","kind":"refund","amount":{"minor":2500,"currency":"EUR"},"note":"The yard again."}`, 201, `"amount":{"minor":2500,"currency":"EUR"},"note":"The yard again.","state":"given"`, "ledger.entered remedies.given"},
		{d.ann, "POST /complaints/{c}/remedies", `{"part":"right","kind":"refund","amount":{"minor":250000,"currency":"EUR"}}`, 202, `"state":"asked"`, "approvals.asked"},
		{d.ann, "POST /complaints/{c}/remedies", `{"part":"right","kind":"refund","amount":{"minor":10.5,"currency":"EUR"}}`, 422, `amount.minor: expected integer`, ""},
		{d.ann, "POST /complaints/{c}/remedies", `{"part":"right","kind":"refund","amount":{"minor":99999999999999999999,"currency":"EUR"}}`, 422, `amount`, ""},
		{d.ann, "POST /complaints/{c}/remedies", `{"part":"right","kind":"refund","amount":{"minor":5,"currency":"USD"}}`, 422, `This desk gives in EUR`, ""},
		{d.ann, "POST /complaints/{c}/remedies", `{"part":"right","kind":"refund","amount":{"minor":5,"currency":"XXX"}}`, 422, `used: There is no currency \"XXX\". Use its three letters, such as EUR.","fields"`, ""},
		{reader, "POST /complaints/{c}/remedies", `{"part":"right","kind":"refund"}`, 403, `money`, ""},
		{d.ann, "GET /complaints/{c}", "", 200, `"right_missing":false`, ""},
		{d.ann, "POST /remedies/offers/{offer}/choose", `{"remedy":"{choice}"}`, 200, `"state":"chosen"`, "remedies.chosen ledger.entered remedies.given"},
		{d.ann, "DELETE /remedies/offers/{offer}", "", 409, `chosen already`, ""},
		{d.ann, "POST /remedies/offers/{offer}/sent", "", 200, `"sent_at"`, "remedies.sent"},
		{d.ann, "POST /remedies/offers/{offer}/sent", "", 409, `on its way`, ""},
		{d.ann, "POST /tickets/{bare}/remedies/offers", `{"part":"extra","choices":[]}`, 422, `choices`, ""},
		{d.cleo, "POST /tickets/{bare}/remedies", `{"part":"extra","what":"A card","amount":{"minor":0,"currency":"EUR"}}`, 404, `ticket.unknown`, ""},
		{d.ann, "GET /remedies/kinds", "", 200, `{"key":"call_from_owner","label":"Call from the owner","part":"extra","cost":0,"free":true,"own":false}`, ""},
		{d.ann, "PUT /remedies/kinds", `{"key":"cake","label":"Cake","cost":500}`, 403, `settings`, ""},
		{d.boss, "PUT /remedies/kinds", `{"key":"cake","label":"Cake","cost":500}`, 200, `"own":true`, "remedies.configured"},
		{d.ann, "POST /complaints/{c}/remedies", `{"part":"extra","kind":"cake"}`, 201, `"minor":500`, "ledger.entered remedies.given"},
		{d.boss, "DELETE /remedies/kinds/cake", "", 200, `"ok":true`, "remedies.configured"},

		{d.ann, "POST /complaints/{c}/refusals", `{"what":"A new one"}`, 422, `nearest_yes`, ""},
		{d.ann, "POST /complaints/{c}/refusals", `{"what":"A free one","nearest_yes":"A repair"}`, 202, `"about":"refusal"`, "approvals.asked"},
		{d.ann, "POST /approvals/{apv}", `{"answer":"yes","reason":"x"}`, 403, `approve`, ""},
		{d.sue, "POST /approvals/{apv}", `{"answer":"no","reason":""}`, 422, `Give a reason`, ""},
		{d.sue, "POST /approvals/{apv}", `{"answer":"no","reason":"It was dropped."}`, 200, `"state":"no"`, "approvals.answered"},
		{d.sue, "GET /approvals?state=open", "", 200, `"what":"A free one"`, ""},
		{d.ann, "GET /approvals/{apv}", "", 200, `"state":"no"`, ""},
		{d.sid, "GET /approvals/{apv}", "", 200, `"answered_by":"` + d.sue.Actor.ID + `"`, ""},
		{d.ben, "GET /approvals/{apv}", "", 404, `approval.unknown`, ""},
		{d.sue, "GET /approvals/apv_0000000000001", "", 404, `approval.unknown`, ""},
		{d.ann, "DELETE /approvals/{apv}", "", 409, `answered already`, ""},
		{d.ann, "GET /approvals/guidance?q=new", "", 200, `"reason":"It was dropped."`, ""},

		{d.ann, "GET /authority", "", 200, `{"currency":"EUR","period_days":365,"roles":[{"role":"role_0000000000001","name":"owner"`, ""},
		{d.ann, "PUT /authority/agent", `{"per_case":{"minor":100000000,"currency":"EUR"}}`, 403, `settings`, ""},
		{d.boss, "PUT /authority/agent", `{"per_case":{"minor":20000,"currency":"EUR"},"per_customer":{"minor":40000,"currency":"EUR"},"team_month":{"minor":90000,"currency":"EUR"}}`, 200, `"team_month":{"minor":90000`, "authority.changed"},
		{d.boss, "PUT /authority/teams/{team}", `{"month":{"minor":70000,"currency":"EUR"}}`, 200, `"name":"Hall","month":{"minor":70000,"currency":"EUR"},"spent":{"minor":3100`, "authority.budgeted"},
		{d.boss, "PATCH /authority", `{"period_days":90}`, 200, `"period_days":90`, "authority.settled"},
		{d.ann, "GET /customers/{kim}/authority", "", 200, `"left_customer":{"minor":36900,"currency":"EUR"},"may":{"minor":20000,"currency":"EUR"},"period_days":90}`, ""},
		{d.ann, "GET /ledger?customer={kim}&limit=1", "", 200, `"lines":[{"account":"customer/{kim}","minor":2500,"currency":"EUR"},{"account":"kind/refund","minor":-2500,"currency":"EUR"}]}],"next":"led_`, ""},
		{d.cleo, "GET /ledger?customer={kim}", "", 200, `{"items":[]}`, ""},
		{reader, "GET /ledger", "", 403, `money`, ""},
		{d.boss, "GET /ledger/accounts?of=kind", "", 200, `{"account":"kind/cake","minor":-500,"currency":"EUR","entries":1}`, ""},
		{d.sue, "GET /ledger/accounts?of=kind", "", 403, `ledger.all`, ""},

		{d.ann, "GET /complaints/failures", "", 200, `{"items":[{"origin":"broken_promise","off":false,"severity":1}`, ""},
		{d.ann, "PUT /complaints/failures", `{"origin":"reopened","off":true,"severity":2}`, 403, `settings`, ""},
		{d.boss, "PUT /complaints/failures", `{"origin":"heard","off":true,"severity":2}`, 422, `origin`, ""},
		{d.boss, "PUT /complaints/failures", `{"origin":"reopened","off":true,"severity":2}`, 200, `"off":true,"severity":2`, "complaints.watched"},
		{d.ann, "GET /complaints/kinds", "", 200, `{"key":"by_when","text":"They were told by when"}`, ""},
		{d.hans(t), "GET /complaints/kinds", "", 200, `{"key":"by_when","text":"Sie wissen, bis wann"}`, ""},
		{d.hans(t), "GET /remedies/kinds", "", 200, `"label":"Erstattung"`, ""},
		{d.ann, "GET /remedies/kinds", "", 200, `"label":"Refund"`, ""},
		{d.ann, "GET /complaints/counts", "", 200, `{"asked":0,"questions":0}`, ""},
		{d.ann, "PUT /complaints/kinds", `{"key":"x","label":"X","stages":[]}`, 403, `settings`, ""},
		{d.boss, "PUT /complaints/kinds", `{"key":"noise","label":"Noise","stages":[]}`, 200, `"own":true`, "complaints.configured"},
		{d.boss, "DELETE /complaints/kinds/noise", "", 200, `"ok":true`, "complaints.configured"},
		{d.ann, "POST /complaints/{c}/close", `{"ended":"content"}`, 409, `whether it held`, ""},
		{d.ann, "POST /complaints/{c}/reopen", "", 409, `is open`, ""},
		{d.ann, "POST /complaints/{c}/accept", "", 409, `not asked`, ""},
		{d.ann, "POST /complaints/{c}/decline", `{"reason":"x"}`, 409, `not asked`, ""},
	} {
		t.Run(fmt.Sprintf("%.60s %.40s", tc.ask, tc.body), func(t *testing.T) {
			head := d.head(t)
			w := d.ask(tc.who, names.Replace(tc.ask), names.Replace(tc.body))
			if w.Code != tc.code || !strings.Contains(w.Body.String(), names.Replace(tc.want)) {
				t.Errorf("%d %s; want %d and %s", w.Code, w.Body, tc.code, names.Replace(tc.want))
			}
			if told := d.told(t, head); told != tc.kinds {
				t.Errorf("recorded %q; want %q", told, tc.kinds)
			}
		})
	}
	d.audit(t)

	// Whoever reads no ledger sees what was given and no amount.
	w := d.ask(web.Who{Actor: d.ben.Actor, Staff: d.ben.Staff, Can: web.View | web.Capture, Teams: d.ben.Teams}, names.Replace("GET /complaints/{c}"), "")
	if w.Code != 200 || strings.Contains(w.Body.String(), "minor") || !strings.Contains(w.Body.String(), `"kind":"refund"`) {
		t.Errorf("without money: %s", w.Body)
	}
	// What belongs to a team is told to no other; money only to those who read the ledger and reports.
	for _, tc := range []struct {
		e    store.Entry
		want web.Audience
	}{
		{store.Entry{Kind: "ledger.entered", Subject: "led_0000000000001", Body: []byte(`{}`)}, web.Audience{Needs: web.Money | web.Reports}},
		{store.Entry{Kind: "authority.overspent", Subject: d.team.String()}, web.Audience{Needs: web.Approve}},
		{store.Entry{Kind: "complaints.moved", Subject: c.Ticket.String(), Body: []byte(`{}`)}, web.Audience{Needs: web.View, Team: int64(d.team)}},
		{store.Entry{Kind: "complaints.moved", Subject: "cmp_0000000000001"}, web.Audience{Needs: web.Reports}},
	} {
		d.look(t, func(tx *store.Tx) error {
			got, err := d.Audience(tx, tc.e)
			if got != tc.want {
				t.Errorf("%s: %+v, want %+v", tc.e.Kind, got, tc.want)
			}
			return err
		})
	}
}

// No event says a word or an amount: whoever reads the journal reads no more than that something happened.
func TestEventsHoldNoWordsAndNoAmounts(t *testing.T) {
	d := furnish(t)
	from := d.head(t)
	c := must[Complaint](t)(d.Capture(t.Context(), d.ann, d.ticket(t, "Eve", d.team).ID, Story{What: "SECRET", Wish: "SECRET"}))
	in := Case{Complaint: c.ID}
	must[Settlement](t)(d.Give(t.Context(), d.ann, in, Gift{Part: Right, Note: "SECRET", Choice: Choice{What: "SECRET", Amount: euros(7_777)}}))
	a := must[Approval](t)(d.Refuse(t.Context(), d.ann, in, Refusing{What: "SECRET", Why: "SECRET", NearestYes: "SECRET"}))
	must[Approval](t)(d.Answer(t.Context(), d.sue, a.ID, Verdict{Answer: No, Reason: "SECRET"}))
	must[Complaint](t)(d.HandOver(t.Context(), d.ann, c.ID, staff.ID(d.ben.Staff), "SECRET"))
	for _, e := range must[[]store.Entry](t)(d.db.Journal(t.Context(), from, 100)) {
		if body := string(e.Body); slices.ContainsFunc([]string{"SECRET", "7777", "EUR"}, func(s string) bool { return strings.Contains(body, s) }) {
			t.Errorf("%s says %s", e.Kind, body)
		}
	}
}

// A request that is sent again and again under one Idempotency-Key, at once and later, gives once and answers the same.
func TestARequestSentAgainGivesOnce(t *testing.T) {
	d := furnish(t)
	c := d.complaint(t, "Eve")
	send := func(key string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodPost, web.Prefix+"/complaints/"+c.ID.String()+"/remedies", strings.NewReader(`{"part":"right","kind":"refund","amount":{"minor":700,"currency":"EUR"}}`))
		r.Header.Set("Idempotency-Key", key)
		w := httptest.NewRecorder()
		web.Trusted(d.api, d.ann).ServeHTTP(w, r.WithContext(web.Asking(r.Context(), d.ann)))
		return w
	}
	var wg sync.WaitGroup
	answers := make([]string, 12)
	for i := range answers {
		wg.Go(func() { answers[i] = send("press").Body.String() })
	}
	wg.Wait()
	for _, a := range answers {
		if a != answers[0] || !strings.Contains(a, `"state":"given"`) {
			t.Errorf("answers %s and %s", a, answers[0])
		}
	}
	send("another")
	page := into[web.Page[ledger.Entry]](t, d.ask(d.ann, "GET /ledger?ticket="+c.Ticket.String(), ""))
	if len(page.Items) != 2 {
		t.Errorf("given %d times by two keys", len(page.Items))
	}
}

// hans is somebody who reads German.
func (d *hall) hans(tb testing.TB) web.Who {
	tb.Helper()
	var who web.Who
	d.write(tb, func(tx *store.Tx) error {
		m, there, err := d.staff.ByEmail(tx, "hans@shop.example")
		if err == nil && there {
			who, err = d.staff.Who(tx, m.ID)
		}
		return err
	})
	if who.Staff != 0 {
		return who
	}
	m, _, err := d.staff.Add(tb.Context(), admin, staff.Newcomer{Email: "hans@shop.example", Name: "Hans", Role: "agent", Teams: []staff.TeamID{d.team}, Language: staff.German})
	if err != nil {
		tb.Fatal(err)
	}
	d.look(tb, func(tx *store.Tx) (err error) { who, err = d.staff.Who(tx, m.ID); return err })
	return who
}
