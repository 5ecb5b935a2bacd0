package drafts_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
	"github.com/hearthdesk/hearth/rooms/tickets/drafts"
)

// work lets everything happen that is due by the desk's clock.
func (d *desk) work(t *testing.T) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- d.queue.Run(ctx) }()
	look := time.NewTicker(time.Millisecond)
	defer look.Stop()
	give := time.After(20 * time.Second)
	for n := 1; n > 0; {
		select {
		case <-look.C:
		case <-give:
			t.Fatal("what is due is not done")
		}
		err := d.db.Read(t.Context(), func(tx *store.Tx) (err error) {
			n, err = store.One[int](tx, `SELECT count(*) FROM due WHERE wake_at <= $1 AND NOT parked`, tx.Now())
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	stop()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

// said are the words on a ticket, each after its kind.
func (d *desk) said(t *testing.T, ticket tickets.ID) (words []string) {
	t.Helper()
	for _, m := range into[web.Page[tickets.Message]](t, d.door()(all, "GET /tickets/"+ticket.String()+"/messages", "")).Items {
		words = append(words, string(m.Kind)+": "+m.Text)
	}
	return words
}

func (d *desk) look(t *testing.T, ticket tickets.ID) (tk tickets.Ticket) {
	t.Helper()
	if err := d.db.Read(t.Context(), func(tx *store.Tx) (err error) { tk, err = d.room.Look(tx, ticket); return err }); err != nil {
		t.Fatal(err)
	}
	return tk
}

// happened are the entries of the journal after one.
func (d *desk) happened(t *testing.T, after int64) []store.Entry {
	t.Helper()
	entries, err := d.db.Journal(t.Context(), after, 500)
	if err != nil {
		t.Fatal(err)
	}
	return entries
}

func kinds(entries []store.Entry) (all []string) {
	for _, e := range entries {
		all = append(all, e.Kind)
	}
	return all
}

// What somebody writes is kept for them alone, on every machine they come back on.
func TestADraftIsKeptForItsAuthor(t *testing.T) {
	d := open(t)
	ann, bob, ask := d.member(t, "ann", "agent"), d.member(t, "bob", "admin"), d.door()
	tk := d.receive(t, mail("ada", "1")).Ticket
	path := "/tickets/" + tk.ID.String() + "/draft"

	if got := into[drafts.Draft](t, ask(ann, "GET "+path, "")); got.State != drafts.Writing || got.Text != "" || got.Files == nil || got.Kind != "reply" {
		t.Errorf("nothing was written, and the draft is %+v", got)
	}
	upload := into[tickets.Upload](t, ask(ann, "POST /messages/files", "\x89PNG\r\n\x1a\n picture"))
	begun := into[drafts.Draft](t, ask(ann, "PUT "+path, `{"kind":"note","text":"For us","mentions":["`+staff.ID(bob.Staff).String()+`"],"seen":1}`))
	body := fmt.Sprintf(`{"kind":"reply","html":"<p>Dear <img src=cid:a>","text":"Dear","to":[{"email":"ada@example.com"}],"seen":1,
		"attachments":[{"sha256":%q,"name":"b.png","content_id":"a","size":1,"type":"text/html"}]}`, upload.SHA256)
	for range 2 { // saving is no more than that
		d.now = d.now.Add(time.Second)
		into[drafts.Draft](t, ask(ann, "PUT "+path, body))
	}
	want := drafts.Draft{
		ID: begun.ID, Ticket: tk.ID, Kind: "reply", HTML: "<p>Dear <img src=cid:a>", Text: "Dear", To: []tickets.Party{{Email: "ada@example.com"}}, Seen: 1,
		Files: []tickets.Attachment{{SHA256: upload.SHA256, Name: "b.png", ContentID: "a", Type: "image/png", Size: upload.Size}}, State: drafts.Writing, SavedAt: d.now,
	}
	if diff := cmp.Diff(want, into[drafts.Draft](t, ask(ann, "GET "+path, ""))); diff != "" {
		t.Errorf("the draft (- want, + got):\n%s", diff)
	}
	if w := ask(ann, "GET "+path+"/files/"+upload.SHA256, ""); w.Code != http.StatusOK || w.Header().Get("Content-Type") != "image/png" || int64(w.Body.Len()) != upload.Size {
		t.Errorf("the picture in the draft: %d %v", w.Code, w.Header())
	}
	list := into[web.Page[drafts.Begun]](t, ask(ann, "GET /drafts", ""))
	if diff := cmp.Diff([]drafts.Begun{{Ticket: tk.ID, Kind: "reply", State: drafts.Writing, SavedAt: d.now}}, list.Items); diff != "" {
		t.Error("the list: ", diff)
	}

	// Nobody else finds anything of it, whoever they are.
	if got := into[drafts.Draft](t, ask(bob, "GET "+path, "")); got.Text != "" || len(got.Files) > 0 {
		t.Errorf("another sees %+v", got)
	}
	if w := ask(bob, "GET "+path+"/files/"+upload.SHA256, ""); w.Code != http.StatusNotFound {
		t.Errorf("another sees the picture: %d", w.Code)
	}
	if list := into[web.Page[drafts.Begun]](t, ask(bob, "GET /drafts", "")); len(list.Items) > 0 {
		t.Errorf("another's list is %+v", list.Items)
	}
	named := func() (is bool) {
		err := d.db.Read(t.Context(), func(tx *store.Tx) (err error) { is, err = d.room.Names(tx, upload.SHA256); return err })
		if err != nil {
			t.Fatal(err)
		}
		return is
	}
	if !named() {
		t.Error("the picture would be swept away")
	}
	for range 2 {
		into[web.None](t, ask(bob, "DELETE "+path, ""))
		into[web.None](t, ask(ann, "DELETE "+path, ""))
	}
	if got := into[drafts.Draft](t, ask(ann, "GET "+path, "")); got.Text != "" || named() {
		t.Errorf("after it was thrown away there is %+v", got)
	}
}

func TestDraftsAreListedByThePage(t *testing.T) {
	d := open(t)
	ann, ask := d.member(t, "ann", "agent"), d.door()
	var want, got []tickets.ID
	for i := range 5 {
		tk := d.receive(t, mail("ada", fmt.Sprint(i))).Ticket
		into[drafts.Draft](t, ask(ann, "PUT /tickets/"+tk.ID.String()+"/draft", `{"kind":"note","text":"x","seen":1}`))
		want = append([]tickets.ID{tk.ID}, want...)
		d.now = d.now.Add(time.Duration(i%2) * time.Second)
	}
	for after := ""; ; {
		page := into[web.Page[drafts.Begun]](t, ask(ann, "GET /drafts?limit=2&after="+after, ""))
		for _, b := range page.Items {
			got = append(got, b.Ticket)
		}
		if after = page.Next; after == "" {
			break
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestADraftLeavesAtItsTime(t *testing.T) {
	d := open(t)
	ann, ask := d.member(t, "ann", "agent"), d.door()
	tk := d.receive(t, mail("ada", "1")).Ticket
	path := "/tickets/" + tk.ID.String() + "/draft"
	upload := into[tickets.Upload](t, ask(ann, "POST /messages/files", "a picture"))
	into[drafts.Draft](t, ask(ann, "PUT "+path, fmt.Sprintf(`{"kind":"reply","html":"<p>It is on its way.","cc":[{"email":"bob@example.com"}],
		"to":[{"email":"ada@example.com"}],"attachments":[{"sha256":%q,"name":"a.txt"}],"seen":1}`, upload.SHA256)))
	before := d.happened(t, 0)

	w := ask(ann, "POST "+path+"/send", `{"then":"on_hold"}`)
	sent := into[drafts.Draft](t, w)
	if w.Code != http.StatusAccepted || sent.State != drafts.Leaving || !sent.LeavesAt.Equal(d.now.Add(8*time.Second)) || sent.Then != tickets.OnHold {
		t.Errorf("%d, it is %+v", w.Code, sent)
	}
	if w := ask(ann, "PUT "+path, `{"kind":"reply","text":"Else.","seen":1}`); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "take it back") {
		t.Errorf("it was changed while it was leaving: %d %s", w.Code, w.Body)
	}
	d.now = d.now.Add(7 * time.Second)
	d.work(t)
	if said := d.said(t, tk.ID); len(said) != 1 {
		t.Fatalf("it left early: %v", said)
	}
	d.now = d.now.Add(time.Second)
	d.work(t)
	if diff := cmp.Diff([]string{"in: Words of ada", "out: It is on its way."}, d.said(t, tk.ID)); diff != "" {
		t.Error(diff)
	}
	m := into[web.Page[tickets.Message]](t, ask(ann, "GET /tickets/"+tk.ID.String()+"/messages", "")).Items[1]
	if m.Author != "staff:"+staff.ID(ann.Staff).String() || len(m.Files) != 1 || m.Files[0].Name != "a.txt" || len(m.Cc) != 1 || m.Cc[0].Email != "bob@example.com" || m.HTML == "" || !m.At.Equal(d.now) {
		t.Errorf("what left is %+v", m)
	}
	entries := d.happened(t, int64(len(before)))
	if diff := cmp.Diff([]string{"tickets.stood", "tickets.answered", "tickets.stood"}, kinds(entries)); diff != "" {
		t.Error(diff)
	}
	for _, e := range entries {
		if e.By != m.Author {
			t.Errorf("%s is by %s", e.Kind, e.By)
		}
	}
	if now := d.look(t, tk.ID); now.Status != tickets.OnHold || !now.WaitingSince.IsZero() {
		t.Errorf("the ticket is %+v", now)
	}
	if got := into[drafts.Draft](t, ask(ann, "GET "+path, "")); got.State != drafts.Writing || got.HTML != "" {
		t.Errorf("the draft is still there: %+v", got)
	}
	if w := ask(ann, "DELETE "+path+"/send", ""); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "It has left already") {
		t.Errorf("taken back after it left: %d %s", w.Code, w.Body)
	}
	if w := ask(ann, "POST "+path+"/send", `{"in":0}`); w.Code != http.StatusNotFound {
		t.Errorf("sent without a draft: %d %s", w.Code, w.Body)
	}
}

func TestADraftedNoteLeavesAtAMoment(t *testing.T) {
	d := open(t)
	ann, ask := d.member(t, "ann", "agent"), d.door()
	ben := d.member(t, "ben", "agent")
	tk := d.receive(t, mail("ada", "1")).Ticket
	path := "/tickets/" + tk.ID.String() + "/draft"
	upload := into[tickets.Upload](t, ask(ann, "POST /messages/files", "a picture"))
	into[drafts.Draft](t, ask(ann, "PUT "+path, fmt.Sprintf(`{"kind":"note","html":"<p>Look.<script>x()</script>","mentions":[%q],"attachments":[{"sha256":%q,"name":"a.txt"}],"seen":1}`,
		staff.ID(ben.Staff), upload.SHA256)))
	at := d.now.Add(30 * 24 * time.Hour)
	into[drafts.Draft](t, ask(ann, "POST "+path+"/send", `{"in":60}`))
	sent := into[drafts.Draft](t, ask(ann, "POST "+path+"/send", fmt.Sprintf(`{"at":%q,"then":"resolved"}`, at.Format(time.RFC3339)))) // another time is the one that counts
	if !sent.LeavesAt.Equal(at) {
		t.Errorf("it leaves at %s", sent.LeavesAt)
	}
	d.now = d.now.Add(time.Hour)
	d.work(t)
	if said := d.said(t, tk.ID); len(said) != 1 {
		t.Fatalf("it left early: %v", said)
	}
	d.now = at
	d.work(t)
	if diff := cmp.Diff([]string{"in: Words of ada", "note: Look."}, d.said(t, tk.ID)); diff != "" {
		t.Error(diff)
	}
	m := into[web.Page[tickets.Message]](t, ask(ann, "GET /tickets/"+tk.ID.String()+"/messages", "")).Items[1]
	if len(m.Files) != 1 || len(m.To) > 0 || m.State != tickets.Kept || !strings.HasPrefix(m.HTML, "<p>Look.") || strings.Contains(m.HTML, "script") {
		t.Errorf("the note is %+v", m)
	}
	entries := d.happened(t, 0)
	var noted tickets.Noted
	for _, e := range entries {
		if e.Kind == noted.Kind() {
			if err := json.Unmarshal(e.Body, &noted); err != nil {
				t.Fatal(err)
			}
		}
	}
	if !slices.Equal(noted.Mentions, []staff.ID{staff.ID(ben.Staff)}) || d.look(t, tk.ID).Status != tickets.Resolved {
		t.Errorf("%v told of %+v", kinds(entries), noted)
	}
}

func TestADraftIsTakenBack(t *testing.T) {
	d := open(t)
	ann, ask := d.member(t, "ann", "agent"), d.door()
	tk := d.receive(t, mail("ada", "1")).Ticket
	path := "/tickets/" + tk.ID.String() + "/draft"
	into[drafts.Draft](t, ask(ann, "PUT "+path, `{"kind":"reply","text":"Rash.","seen":1}`))
	into[drafts.Draft](t, ask(ann, "POST "+path+"/send", `{"in":8,"then":"resolved"}`))
	for range 2 { // once taken back it stays here
		if got := into[drafts.Draft](t, ask(ann, "DELETE "+path+"/send", "")); got.State != drafts.Writing || got.Text != "Rash." || !got.LeavesAt.IsZero() || got.Then != "" {
			t.Errorf("taken back it is %+v", got)
		}
	}
	d.now = d.now.Add(time.Minute)
	d.work(t)
	if err := d.drafts.Leave(t.Context(), tk.ID, staff.ID(ann.Staff)); err != nil { // a node that was slow to hear of it
		t.Error(err)
	}
	if said := d.said(t, tk.ID); len(said) != 1 {
		t.Errorf("it left: %v", said)
	}
	into[drafts.Draft](t, ask(ann, "PUT "+path, `{"kind":"reply","text":"Considered.","seen":1}`))
	into[drafts.Draft](t, ask(ann, "POST "+path+"/send", `{"in":0}`))
	d.work(t)
	if said := d.said(t, tk.ID); len(said) != 2 || said[1] != "out: Considered." {
		t.Errorf("then was said: %v", said)
	}
	into[drafts.Draft](t, ask(ann, "PUT "+path, `{"kind":"reply","text":"And more.","seen":9}`))
	into[drafts.Draft](t, ask(ann, "POST "+path+"/send", `{"in":8}`))
	into[web.None](t, ask(ann, "DELETE "+path, ""))
	d.now = d.now.Add(time.Minute)
	d.work(t)
	if said := d.said(t, tk.ID); len(said) != 2 {
		t.Errorf("what was thrown away left: %v", said)
	}
}

// What must not leave at its time stays, says why, and only its author hears of it.
func TestADraftThatMustNotLeaveIsHeld(t *testing.T) {
	for name, tc := range map[string]struct {
		kind, then string
		meanwhile  func(t *testing.T, d *desk, ann, bob web.Who, tk tickets.Ticket)
		code       string // empty: it leaves
		status     tickets.Status
		unread     bool
	}{
		"nothing happens": {"reply", "resolved", func(*testing.T, *desk, web.Who, web.Who, tickets.Ticket) {}, "", tickets.Resolved, false},
		"a colleague answers": {"reply", "", func(t *testing.T, d *desk, _, bob web.Who, tk tickets.Ticket) {
			t.Helper()
			must[tickets.Message](t)(d.room.Answer(t.Context(), bob, tk.ID, tickets.Reply{Text: "Me first."}))
		}, "answer.unseen", tickets.Pending, false},
		"a colleague answers before a note": {"note", "", func(t *testing.T, d *desk, _, bob web.Who, tk tickets.Ticket) {
			t.Helper()
			must[tickets.Message](t)(d.room.Answer(t.Context(), bob, tk.ID, tickets.Reply{Text: "Me first."}))
		}, "", tickets.Pending, false},
		"a colleague notes": {"reply", "resolved", func(t *testing.T, d *desk, _, bob web.Who, tk tickets.Ticket) {
			t.Helper()
			must[tickets.Message](t)(d.room.Note(t.Context(), bob, tk.ID, tickets.Memo{Text: "Careful."}))
		}, "", tickets.Resolved, false},
		"the customer goes on": {"reply", "resolved", func(t *testing.T, d *desk, _, _ web.Who, _ tickets.Ticket) {
			t.Helper()
			d.receive(t, mail("ada", "2", "1"))
		}, "", tickets.Open, true},
		"the customer goes on before a note": {"note", "resolved", func(t *testing.T, d *desk, _, _ web.Who, _ tickets.Ticket) {
			t.Helper()
			d.receive(t, mail("ada", "2", "1"))
		}, "", tickets.Fresh, true},
		"its author left the house": {"reply", "", func(t *testing.T, d *desk, ann, _ web.Who, _ tickets.Ticket) {
			t.Helper()
			must[staff.Member](t)(d.st.Disable(t.Context(), all, staff.ID(ann.Staff)))
		}, "draft.denied", tickets.Fresh, true},
		"the ticket went to another team": {"note", "", func(t *testing.T, d *desk, _, _ web.Who, tk tickets.Ticket) {
			t.Helper()
			north := must[staff.Team](t)(d.st.AddTeam(t.Context(), all, "North"))
			must[tickets.Ticket](t)(d.room.Assign(t.Context(), all, tk.ID, tickets.Assignment{Team: &north.ID}))
		}, "draft.denied", tickets.Fresh, true},
		"the customer puts a crowd in copy": {"reply", "", func(t *testing.T, d *desk, _, _ web.Who, _ tickets.Ticket) {
			t.Helper()
			d.receive(t, with(mail("ada", "2", "1"), func(in *tickets.Inbound) {
				for i := range 60 {
					in.Cc = append(in.Cc, tickets.Party{Email: fmt.Sprintf("c%d@example.net", i)})
				}
			}))
		}, "recipients.many", tickets.Fresh, true},
		"we fail too often": {"reply", "", func(t *testing.T, d *desk, ann, _ web.Who, tk tickets.Ticket) {
			t.Helper()
			d.now = d.now.Add(time.Minute)
			d.drafts.GiveUp(tk.ID, staff.ID(ann.Staff))
		}, "draft.accident", tickets.Fresh, true},
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t)
			ann, bob, ask := d.member(t, "ann", "agent"), d.member(t, "bob", "agent"), d.door()
			tk := d.receive(t, mail("ada", "1")).Ticket
			path := "/tickets/" + tk.ID.String() + "/draft"
			into[drafts.Draft](t, ask(ann, "PUT "+path, `{"kind":"`+tc.kind+`","text":"Mine.","seen":1}`))
			body := `{"in":8}`
			if tc.then != "" {
				body = `{"in":8,"then":"` + tc.then + `"}`
			}
			into[drafts.Draft](t, ask(ann, "POST "+path+"/send", body))
			tc.meanwhile(t, d, ann, bob, tk)
			d.now = d.now.Add(time.Minute)
			d.work(t)

			left := slices.ContainsFunc(d.said(t, tk.ID), func(s string) bool { return strings.HasSuffix(s, ": Mine.") })
			var got drafts.Draft
			err := d.db.Read(t.Context(), func(tx *store.Tx) error {
				page, err := d.drafts.List(tx, ann, "", 10)
				if err == nil && len(page.Items) > 0 {
					got.State, got.Trouble, got.Code = page.Items[0].State, page.Items[0].Trouble, page.Items[0].Code
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			if got.Code != tc.code || left != (tc.code == "") || (tc.code != "") != (got.State == drafts.Stopped && strings.HasSuffix(got.Trouble, ".")) {
				t.Errorf("left: %t, the draft: %+v", left, got)
			}
			now := d.look(t, tk.ID)
			if now.Status != tc.status {
				t.Errorf("the ticket is %s, want %s", now.Status, tc.status)
			}
			heard(t, d, ann, bob, tk, tc.code != "")
			if tc.code == "draft.denied" {
				return // they see it no longer
			}
			if one := into[tickets.Ticket](t, ask(ann, "GET /tickets/"+tk.ID.String(), "")); one.Unread != tc.unread && tc.code == "" {
				t.Errorf("unread: %t", one.Unread)
			}
			if tc.code == "" {
				return
			}
			// Whoever reads why and writes on has an ordinary draft again, and what they send then leaves.
			again := into[drafts.Draft](t, ask(ann, "PUT "+path, fmt.Sprintf(`{"kind":"%s","text":"Mine.","to":[{"email":"ada@example.com"}],"seen":%d}`, tc.kind, now.Version)))
			if again.State != drafts.Writing || again.Trouble != "" {
				t.Errorf("written on, it is %+v", again)
			}
			into[drafts.Draft](t, ask(ann, "POST "+path+"/send", `{"in":0}`))
			d.work(t)
			if said := d.said(t, tk.ID); !slices.Contains(said, "out: Mine.") {
				t.Errorf("sent once more, there is %v", said)
			}
		})
	}
}

// heard looks who hears that a draft is held.
func heard(t *testing.T, d *desk, ann, bob web.Who, tk tickets.Ticket, held bool) {
	t.Helper()
	n := 0
	for _, e := range d.happened(t, 0) {
		if e.Kind != (tickets.Held{}).Kind() {
			continue
		}
		n++
		err := d.db.Read(t.Context(), func(tx *store.Tx) error {
			to, err := d.room.Audience(tx, e)
			able := ann
			able.Can = web.View // also when they have been disabled meanwhile, this test asks whose it is
			if e.Subject != tk.ID.String() || !able.In(to) || bob.In(to) || all.In(to) {
				t.Errorf("%s is about %s and for %+v", e.Kind, e.Subject, to)
			}
			story, err2 := d.room.Timeline(tx, all, tk.ID, 0, 100)
			for _, m := range story.Items {
				if m.Kind == e.Kind {
					t.Error("the ticket's timeline tells of it")
				}
			}
			if err == nil {
				err = err2
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if held != (n == 1) || n > 1 {
		t.Errorf("the journal says %d times that it is held", n)
	}
}

// However often its moment comes, also when a node died right after it, what was written is said once.
func TestADraftLeavesOnce(t *testing.T) {
	d := open(t)
	ann, ask := d.member(t, "ann", "agent"), d.door()
	tk := d.receive(t, mail("ada", "1")).Ticket
	path := "/tickets/" + tk.ID.String() + "/draft"
	into[drafts.Draft](t, ask(ann, "PUT "+path, `{"kind":"reply","text":"Once.","seen":1}`))
	into[drafts.Draft](t, ask(ann, "POST "+path+"/send", `{"in":5}`))
	if err := d.drafts.Leave(t.Context(), tk.ID, staff.ID(ann.Staff)); err != nil { // before its time
		t.Fatal(err)
	}
	if said := d.said(t, tk.ID); len(said) != 1 {
		t.Fatalf("it left early: %v", said)
	}
	d.now = d.now.Add(5 * time.Second)
	for range 3 {
		if err := d.drafts.Leave(t.Context(), tk.ID, staff.ID(ann.Staff)); err != nil {
			t.Fatal(err)
		}
	}
	d.work(t) // the row is there still: the node that carried it out did not live to say so
	if said := d.said(t, tk.ID); len(said) != 2 {
		t.Errorf("it was said: %v", said)
	}
}

// Taking back and leaving at the same moment: one of the two, never both and never neither.
func TestTakingBackWhatLeaves(t *testing.T) {
	d := open(t)
	ann := d.member(t, "ann", "agent")
	for i := range 10 {
		tk := d.receive(t, mail("ada", fmt.Sprint("r", i))).Ticket
		must[drafts.Draft](t)(d.drafts.Keep(t.Context(), ann, tk.ID, drafts.Draft{Kind: "reply", Text: "Gone?", Seen: 1}))
		must[drafts.Draft](t)(d.drafts.Send(t.Context(), ann, tk.ID, drafts.Sending{In: new(0)}))
		var left, back error
		var wg sync.WaitGroup
		wg.Go(func() { left = d.drafts.Leave(t.Context(), tk.ID, staff.ID(ann.Staff)) })
		wg.Go(func() { _, back = d.drafts.TakeBack(t.Context(), ann, tk.ID) })
		wg.Wait()
		if left != nil {
			t.Fatal(left)
		}
		said := len(d.said(t, tk.ID)) == 2
		f := fault.Of(back)
		if back != nil && (f == nil || f.Code != "draft.left") {
			t.Fatal(back)
		}
		if said != (back != nil) {
			t.Errorf("%d: said %t, taken back: %v", i, said, back)
		}
	}
}

func TestWhatDraftsRefuse(t *testing.T) {
	d := open(t)
	north := must[staff.Team](t)(d.st.AddTeam(t.Context(), all, "North"))
	ann, light, ask := d.member(t, "ann", "agent"), d.member(t, "lea", "light"), d.door()
	tk, hidden := d.receive(t, mail("ada", "1")).Ticket, d.receive(t, with(mail("bob", "2"), func(in *tickets.Inbound) { in.Team = north.ID })).Ticket
	nobody := d.receive(t, with(mail("cleo", "3"), func(in *tickets.Inbound) { in.From, in.To = people.Sender{Name: "Cleo", Phone: "+49 30 123456"}, nil })).Ticket
	at := func(tk tickets.Ticket) string { return "/tickets/" + tk.ID.String() + "/draft" }
	into[drafts.Draft](t, ask(ann, "PUT "+at(nobody), `{"kind":"reply","text":" ","html":"<p>&nbsp;</p>","seen":1}`))
	keep := func(body string) { into[drafts.Draft](t, ask(ann, "PUT "+at(tk), body)) }
	keep(`{"kind":"reply","text":"x","seen":1}`)
	for _, row := range []struct {
		who  web.Who
		line string
		body string
		code int
		says string
	}{
		{light, "GET " + at(tk), ``, 403, "role"},
		{ann, "GET " + at(hidden), ``, 404, "isn't yours"},
		{ann, "PUT " + at(hidden), `{"kind":"reply","seen":1}`, 404, "isn't yours"},
		{ann, "DELETE " + at(hidden), ``, 404, "isn't yours"},
		{ann, "DELETE " + at(hidden) + "/send", ``, 404, "isn't yours"},
		{ann, "POST " + at(hidden) + "/send", `{}`, 404, "isn't yours"},
		{all, "PUT " + at(tk), `{"kind":"reply","seen":1}`, 403, "Only members of staff"},
		{all, "POST " + at(tk) + "/send", `{}`, 404, "no draft"},
		{ann, "PUT " + at(tk), `{"kind":"reply"}`, 422, "seen"},
		{ann, "PUT " + at(tk), `{"kind":"letter","seen":1}`, 422, "kind"},
		{ann, "PUT " + at(tk), `{"kind":"note","to":[{"email":"a@b.example"}],"seen":1}`, 422, "can't have recipients"},
		{ann, "PUT " + at(tk), `{"kind":"reply","mentions":["` + staff.ID(light.Staff).String() + `"],"seen":1}`, 422, "Only a note"},
		{ann, "PUT " + at(tk), `{"kind":"reply","attachments":[{"sha256":"` + strings.Repeat("0", 64) + `","name":"x"}],"seen":1}`, 404, "upload the file first"},
		{ann, "POST " + at(nobody) + "/send", `{}`, 422, "needs words"},
		{ann, "POST " + at(tk) + "/send", `{"then":"closed"}`, 422, "then"},
		{ann, "POST " + at(tk) + "/send", `{"in":61}`, 422, "in"},
		{ann, "POST " + at(tk) + "/send", `{"in":-1}`, 422, "in"},
		{ann, "POST " + at(tk) + "/send", `{"at":"2026-03-02T08:59:59Z"}`, 422, "has passed"},
		{ann, "POST " + at(tk) + "/send", `{"at":"2028-03-02T08:59:59Z"}`, 422, "a year ahead"},
		{ann, "POST " + at(tk) + "/send", `{"in":3,"at":"2026-03-03T08:59:59Z"}`, 422, "not both"},
		{ann, "GET /drafts?after=x", ``, 422, "page ended"},
	} {
		if w := ask(row.who, row.line, row.body); w.Code != row.code || !strings.Contains(w.Body.String(), row.says) {
			t.Errorf("%s %s: %d %s", row.line, row.body, w.Code, w.Body)
		}
	}
	for body, says := range map[string]string{
		`{"kind":"reply","text":"x","to":[{"email":"nowhere"}],"seen":1}`:         "nowhere",
		`{"kind":"reply","text":"x","cc":[{"email":"bob@example.com"}],"seen":1}`: "whom the answer goes to",
	} {
		keep(body)
		if w := ask(ann, "POST "+at(tk)+"/send", `{}`); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), says) {
			t.Errorf("%s: %d %s", body, w.Code, w.Body)
		}
	}
	must[tickets.Message](t)(d.room.Answer(t.Context(), all, tk.ID, tickets.Reply{Text: "Me first."}))
	keep(`{"kind":"reply","text":"x","seen":1}`)
	if w := ask(ann, "POST "+at(tk)+"/send", `{}`); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "A colleague has answered") {
		t.Errorf("past a colleague's answer: %d %s", w.Code, w.Body)
	}
}
