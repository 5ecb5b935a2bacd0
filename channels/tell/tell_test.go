package tell

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/store/storetest"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/recovery"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

func TestWhatAFileIs(t *testing.T) {
	for name, tc := range map[string]struct {
		sniffed    string
		voice      bool
		want, code string
	}{
		"a photo":                       {"image/jpeg", false, "image/jpeg", ""},
		"a drawing that can run":        {"image/svg+xml", false, "", "tell.no_picture"},
		"a page":                        {"text/html", false, "", "tell.no_picture"},
		"a photo few can see":           {"image/heic", false, "", "tell.no_picture"},
		"a voice from Chromium":         {"video/webm", true, "audio/webm", ""},
		"a voice from Safari":           {"video/mp4", true, "audio/mp4", ""},
		"a voice from Firefox":          {"audio/ogg", true, "audio/ogg", ""},
		"a memo":                        {"audio/x-m4a", true, "audio/mp4", ""},
		"a film is no picture":          {"video/webm", false, "", "tell.no_picture"},
		"a page is no voice":            {"text/html", true, "", "tell.no_voice"},
		"a picture is no voice, either": {"image/png", true, "", "tell.no_voice"},
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := kindOf(tc.sniffed, tc.voice); got != tc.want || code(err) != tc.code {
				t.Errorf("%q, %v; want %q, %s", got, err, tc.want, tc.code)
			}
		})
	}
}

func TestWhatIsToldIsTidied(t *testing.T) {
	for name, tc := range map[string]struct {
		in       Told
		code     string
		complain bool
	}{
		"nothing":                         {Told{What: " \x00 "}, "tell.empty", false},
		"a name nobody can reach":         {Told{What: "It broke.", From: &From{Name: "Ida"}}, "tell.unreachable", false},
		"nobody":                          {Told{What: "It broke.", From: &From{Name: "  "}}, "", true},
		"a picture says it":               {Told{Files: []Attached{{SHA256: "x"}}}, "", true},
		"a letter is no complaint":        {Told{Came: Letter, What: "Dear all", From: &From{Email: "ida@customer.example"}}, "", false},
		"a letter that is one":            {Told{Came: Letter, What: "Dear all", Wrong: true, From: &From{Email: "ida@customer.example"}}, "", true},
		"a letter nobody can answer":      {Told{Came: Letter, What: "Dear all"}, "", true},
		"somebody who walked in":          {Told{Came: WalkIn, What: "Where is it?", From: &From{Phone: "+49 30 1234567"}}, "", false},
		"an idea":                         {Told{About: Idea, What: "A bench in the hall."}, "", true},
		"a customer's idea":               {Told{About: Idea, What: "A bench.", From: &From{Email: "ida@customer.example"}}, "tell.about", false},
		"a letter that does not work":     {Told{About: Process, Came: Letter, What: "Slow"}, "tell.about", false},
		"what is longer than anyone says": {Told{What: strings.Repeat("a", longest+1)}, "words.long", false},
	} {
		t.Run(name, func(t *testing.T) {
			in := tc.in
			if err := in.tidy(); code(err) != tc.code {
				t.Fatalf("%v; want %s", err, tc.code)
			}
			if tc.code == "" && in.complains() != tc.complain {
				t.Errorf("a complaint: %v", in.complains())
			}
		})
	}
}

func TestWhoIsProposed(t *testing.T) {
	all := []Helper{
		{Staff: 1, Name: "only captures"},
		{Staff: 2, Name: "away, of the team", Ours: true, answers: true},
		{Staff: 3, Name: "here", Here: true, answers: true},
		{Staff: 4, Name: "here, solved the like", Here: true, Alike: 2, Solved: 2, answers: true},
		{Staff: 5, Name: "here, of the team", Here: true, Ours: true, answers: true},
		{Staff: 6, Name: "away, decides", Decides: true},
		{Staff: 7, Name: "here, solved much", Here: true, Solved: 9, answers: true},
	}
	var got []string
	for _, h := range rank(all) {
		got = append(got, h.Name)
	}
	if want := []string{"here, of the team", "here, solved the like", "here, solved much", "here", "away, of the team", "away, decides"}; !slices.Equal(got, want) {
		t.Errorf("proposed %q; want %q", got, want)
	}
}

// The cleaner: a guest complains, with a picture and a voice.
func TestAComplaintIsToldWithAPictureAndAVoice(t *testing.T) {
	d := furnish(t)
	picture, voice := d.hand(t, dot(t), false), d.hand(t, note(), true)
	since := must[int64](t)(d.db.Head(t.Context()))
	b := must[Became](t)(d.Tell(t.Context(), d.theo, Told{
		What: "The lift stopped twice.", Wish: "A lift that runs", Where: "  Lobby  (east) ", From: &From{Name: "Ida", Email: "ida@customer.example"}, Files: []Attached{picture, voice},
	}))
	if b.Whole == nil || b.Whole.Owner != staff.ID(d.theo.Staff) || b.Whole.Wish != "A lift that runs" || b.Ticket == 0 || b.Where != "Lobby (east)" {
		t.Fatalf("it became %+v", b)
	}
	if b.Whole.What != "The lift stopped twice.\n\nWhere: Lobby (east)" {
		t.Errorf("it says %q", b.Whole.What)
	}
	var kinds []string
	for _, e := range must[[]store.Entry](t)(d.db.Journal(t.Context(), since, 100)) {
		kinds = append(kinds, e.Kind)
		if strings.Contains(string(e.Body), "Lobby") || strings.Contains(string(e.Body), "lift") {
			t.Errorf("the journal holds words: %s", e.Body)
		}
	}
	if want := []string{"customers.met", "tickets.opened", "tickets.received", "complaints.raised", "complaints.wished", "tell.captured"}; !cmp.Equal(kinds, want) {
		t.Errorf("recorded %q", kinds)
	}
	// Colleagues find both where they answer; a voice can be heard there.
	d.look(t, func(tx *store.Tx) error {
		said, err := d.tickets.Talk(tx, d.ann, b.Ticket, 0, 10)
		if err != nil || len(said) != 1 || len(said[0].Files) != 2 {
			t.Fatalf("said %+v: %v", said, err)
		}
		f := said[0].Files
		if f[0].Type != "image/png" || f[1].Type != "audio/webm" {
			t.Errorf("the files are %+v", f)
		}
		r := httptest.NewRequest(http.MethodGet, "/api/v1/messages/files/"+f[1].ID.String(), nil)
		r.Header.Set("Range", "bytes=0-3")
		w := httptest.NewRecorder()
		d.door(t).ServeHTTP(w, r.WithContext(web.Asking(r.Context(), d.ann)))
		if w.Code != http.StatusPartialContent || w.Header().Get("Content-Type") != "audio/webm" || !strings.HasPrefix(w.Header().Get("Content-Disposition"), "inline") || w.Body.Len() != 4 {
			t.Errorf("heard %d %v", w.Code, w.Header())
		}
		ticket, err := d.tickets.Look(tx, b.Ticket)
		if ticket.Channel != "tell" {
			t.Errorf("the ticket is %+v", ticket)
		}
		named, err2 := d.Names(tx, picture.SHA256)
		if !named || err2 != nil {
			t.Errorf("the picture would be swept away: %v", err2)
		}
		return err
	})
}

// Who hears that a colleague's tap drips keeps the picture with the complaint: there is no ticket.
func TestWhatIsAmongColleaguesKeepsItsPicture(t *testing.T) {
	d := furnish(t)
	b := must[Became](t)(d.Tell(t.Context(), d.theo, Told{Files: []Attached{d.hand(t, dot(t), false)}}))
	if b.Ticket != 0 || !b.Whole.Internal || b.Whole.What != "Without words; see the picture." || len(b.Files) != 1 {
		t.Fatalf("it became %+v", b)
	}
	door := d.door(t)
	for name, tc := range map[string]struct {
		who  web.Who
		want int
	}{"who told it": {d.theo, 200}, "who may see the complaint": {d.sue, 200}, "a colleague who cleans elsewhere": {d.another(t), 404}} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodGet, "/api/v1/tell/files/"+b.Files[0].ID.String(), nil)
			w := httptest.NewRecorder()
			door.ServeHTTP(w, r.WithContext(web.Asking(r.Context(), tc.who)))
			if w.Code != tc.want || w.Code == 200 && (w.Header().Get("Content-Type") != "image/png" || w.Body.Len() != len(dot(t))) {
				t.Errorf("answered %d %v", w.Code, w.Header())
			}
		})
	}
}

func (d *hall) door(t *testing.T) http.Handler {
	t.Helper()
	api := web.New(web.Config{DB: d.db, Version: "test", Log: slog.New(slog.DiscardHandler)})
	d.Routes(api)
	d.tickets.Routes(api)
	return api.Handler()
}

// another is somebody who captures too.
func (d *hall) another(t *testing.T) (w web.Who) {
	t.Helper()
	m, _, err := d.staff.Add(t.Context(), admin, staff.Newcomer{Email: "tina@shop.example", Name: "Tina", Role: "light"})
	if err != nil {
		t.Fatal(err)
	}
	d.look(t, func(tx *store.Tx) (err error) { w, err = d.staff.Who(tx, m.ID); return err })
	return w
}

func TestLettersAndWhoWalksInAreAnsweredLikeAnyMail(t *testing.T) {
	d := furnish(t)
	german := staff.German
	if _, err := d.staff.ChangeMe(t.Context(), d.theo, nil, &german); err != nil {
		t.Fatal(err)
	}
	letter := must[Became](t)(d.Tell(t.Context(), d.theo, Told{Came: Letter, From: &From{Name: "Ida", Email: "ida@customer.example"}, Files: []Attached{d.hand(t, dot(t), false)}}))
	walkin := must[Became](t)(d.Tell(t.Context(), d.theo, Told{Came: WalkIn, What: "Where is my saucer?", Where: "Counter 2", Wrong: true, From: &From{Name: "Max", Phone: "+49 30 1234567"}}))
	if letter.Complaint != 0 || letter.Whole != nil || walkin.Complaint == 0 {
		t.Fatalf("they became %+v and %+v", letter, walkin)
	}
	d.look(t, func(tx *store.Tx) error {
		all, err := d.tickets.Some(tx, []tickets.ID{letter.Ticket, walkin.Ticket})
		for _, tk := range all {
			want := map[string]string{"letter": "Brief von Ida", "walk_in": "Max war bei uns"}[tk.Channel]
			if want == "" || tk.Subject != want {
				t.Errorf("%s is called %q", tk.Channel, tk.Subject)
			}
		}
		mine, err2 := d.Mine(tx, d.theo, 10)
		if len(mine) != 2 || err2 != nil || mine[1].Number == 0 || mine[1].Status != tickets.Fresh || mine[1].What != "Ein Brief; siehe Bild." {
			t.Errorf("and whoever told sees %+v: %v", mine, err2)
		}
		return err
	})
	// The letter is answered to the address it was given with.
	if _, err := d.tickets.Answer(t.Context(), d.ann, letter.Ticket, tickets.Reply{Text: "Thank you for your letter."}); err != nil {
		t.Errorf("it can't be answered: %v", err)
	}
}

func TestWhoToldHearsHowItEndedAndWhoSolvedItIsProposed(t *testing.T) {
	d := furnish(t)
	b := must[Became](t)(d.Tell(t.Context(), d.theo, Told{What: "The tap drips."}))
	d.come(t, d.ann)
	d.now.Add((10 * time.Minute).Microseconds())
	d.come(t, d.sue)
	d.look(t, func(tx *store.Tx) error { // Sue is there now, Ann was; Tina never came
		h, err := d.Helpers(tx, d.theo, b.Complaint)
		if err != nil || len(h.Items) != 2 || h.Items[0].Name != "Sue" || !h.Items[0].Here || h.Items[1].Here || h.Items[1].Solved != 0 {
			t.Errorf("proposed at first %+v: %v", h, err)
		}
		return nil
	})
	if _, err := d.recovery.HandOver(t.Context(), d.theo, b.Complaint, staff.ID(d.ann.Staff), "Room seven."); err != nil {
		t.Fatal(err)
	}
	if _, err := d.recovery.Accept(t.Context(), d.ann, b.Complaint); err != nil {
		t.Fatal(err)
	}
	d.mend(t, b.Complaint)
	if err := d.db.CatchUp(t.Context(), d.Followers()...); err != nil {
		t.Fatal(err)
	}
	d.now.Add(time.Hour.Microseconds()) // and all are gone
	next := must[Became](t)(d.Tell(t.Context(), d.theo, Told{What: "Another tap drips."}))
	d.look(t, func(tx *store.Tx) error {
		mine, err := d.Mine(tx, d.theo, 10)
		if err != nil || len(mine) != 2 || mine[1].Ended != string(recovery.Content) || mine[1].Owner != staff.ID(d.ann.Staff) {
			t.Errorf("whoever told sees %+v: %v", mine, err)
		}
		h, err := d.Helpers(tx, d.theo, next.Complaint)
		if err != nil || len(h.Items) != 2 || h.Items[0].Name != "Ann" || h.Items[0].Solved != 1 || h.Items[0].Alike != 1 || !slices.Equal(h.Items[0].Teams, []string{"Hall"}) || !h.Open {
			t.Errorf("proposed then %+v: %v", h, err)
		}
		return nil
	})
	if _, err := d.recovery.Reopen(t.Context(), d.ann, b.Complaint); err != nil {
		t.Fatal(err)
	}
	if err := d.db.CatchUp(t.Context(), d.Followers()...); err != nil {
		t.Fatal(err)
	}
	d.look(t, func(tx *store.Tx) error {
		by, err := solved(tx, b.Whole.Kind, monday.Add(-time.Hour))
		if len(by) != 0 {
			t.Errorf("what was not over counts: %v", by)
		}
		return err
	})
}

// come has somebody be there.
func (d *hall) come(t *testing.T, who web.Who) {
	t.Helper()
	w := must[staff.Way](t)(d.staff.NewPhone(t.Context(), who, staff.ID(who.Staff)))
	must[staff.Opened](t)(d.staff.TakePhone(t.Context(), "", w.Code, web.Peer{}))
}

// mend brings a complaint of Ann's to a good end.
func (d *hall) mend(t *testing.T, which recovery.ID) {
	t.Helper()
	if _, err := d.recovery.Wish(t.Context(), d.ann, which, "", true); err != nil {
		t.Fatal(err)
	}
	for {
		var w recovery.Whole
		d.look(t, func(tx *store.Tx) (err error) { w, err = d.recovery.Look(tx, d.ann, which); return err })
		if w.Stage == "follow_up" {
			for _, todo := range w.Todo {
				if _, err := d.recovery.Tick(t.Context(), d.ann, which, todo.Key, false); err != nil {
					t.Fatal(err)
				}
			}
			break
		}
		for _, todo := range w.Todo {
			if todo.Done == nil {
				if _, err := d.recovery.Tick(t.Context(), d.ann, which, todo.Key, false); err != nil {
					t.Fatal(err)
				}
			}
		}
		if _, err := d.recovery.Advance(t.Context(), d.ann, which); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := d.recovery.Follow(t.Context(), d.ann, which, recovery.Reply{Held: recovery.Yes, Trusts: recovery.Yes}); err != nil {
		t.Fatal(err)
	}
}

func TestAPosterLeadsHereAndKnowsWhereItHangs(t *testing.T) {
	d := furnish(t)
	p := must[Poster](t)(d.Poster(" Lobby & Bar "))
	if p.URL != "https://help.example.com/tell?where=Lobby+%26+Bar" || !p.Public || !strings.HasPrefix(p.QR, "<svg") {
		t.Errorf("the poster is %+v", p)
	}
	d.LinkTo("http://127.0.0.1:8080")
	if p := must[Poster](t)(d.Poster("")); p.Public || p.URL != "http://127.0.0.1:8080/tell" {
		t.Errorf("this machine is %+v", p)
	}
}

func TestWhatIsHandedInByHTTP(t *testing.T) {
	d := furnish(t)
	door := d.door(t)
	for name, tc := range map[string]struct {
		query, body string
		want        int
		part        string
	}{
		"a picture":       {"", string(dot(t)), 201, `"type":"image/png"`},
		"a voice":         {"?voice=true", string(note()), 201, `"type":"audio/webm"`},
		"a page":          {"", "<!doctype html><script>alert(1)</script>", 422, "tell.no_picture"},
		"more than fits":  {"", string(dot(t)) + strings.Repeat("x", mostSize), 413, "body.too_large"},
		"nothing at all":  {"", "", 422, "tell.no_picture"},
		"a page, as said": {"?voice=true", "<!doctype html><p>hello</p>", 422, "tell.no_voice"},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodPost, "/api/v1/tell/files"+tc.query, strings.NewReader(tc.body))
			w := httptest.NewRecorder()
			door.ServeHTTP(w, r.WithContext(web.Asking(r.Context(), d.theo)))
			if b, _ := io.ReadAll(w.Body); w.Code != tc.want || !strings.Contains(string(b), tc.part) {
				t.Errorf("answered %d %s", w.Code, b)
			}
		})
	}
}

func TestTwiceAtOnce(t *testing.T) {
	for name, in := range map[string]Told{
		"a complaint":   {What: "It broke.", Where: "Lobby", From: &From{Name: "Ida", Email: "ida@customer.example"}},
		"a colleague's": {What: "The tap drips."},
		"an idea":       {About: Idea, What: "A bench in the hall."},
		"a letter":      {Came: Letter, What: "Dear all", From: &From{Email: "ida@customer.example"}},
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Twice(t, func(t *testing.T) (*store.DB, func() error) {
				t.Helper()
				d := furnish(t)
				in := in
				in.Files = []Attached{d.hand(t, dot(t), false)}
				return d.db, func() error { return second(d.Tell(t.Context(), d.theo, in)) }
			})
		})
	}
}

func TestEventsStayAsTheyWere(t *testing.T) {
	const told, who = ID(0x123456789abcd), staff.ID(0x223456789abcd)
	storetest.Events(t, Captured{told, who, Letter, recovery.ID(0x323456789abcd), tickets.ID(0x423456789abcd), 2, true, ""}, Taken{told, who}, Overdue{told, who}, Answered{told, who, Dropped})
}
