package portal

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

const carrier = "carrier@else.example"

// talks has a ticket be talked on, every third time by a carrier whom it does not concern, and by ourselves.
func (d *hall) talks(tb testing.TB, tk tickets.Ticket, from, to int) {
	tb.Helper()
	d.mails(tb, tk, from, to, func(i int) string {
		if i%3 == 2 {
			return carrier
		}
		return "ida@customer.example"
	})
}

func (d *hall) mails(tb testing.TB, tk tickets.Ticket, from, to int, by func(i int) string) {
	tb.Helper()
	d.write(tb, func(tx *store.Tx) error {
		for i := from; i < to; i++ {
			who := by(i)
			in := tickets.Inbound{Channel: "email", Text: fmt.Sprintf("word-%d.", i), From: people.Sender{Email: who}, Ref: fmt.Sprintf("<%d@x.example>", i), Join: tk.ID}
			if i%10 == 0 {
				in.Files = []tickets.File{{Name: "cup.png", Type: "image/png", Size: 1, SHA256: strings.Repeat("a", 64)}}
			}
			if _, err := d.tickets.Receive(tx, in); err != nil {
				return err
			}
		}
		return nil
	})
}

var (
	earlier = regexp.MustCompile(`href="(/my/tickets/\d+\?before=[a-z0-9_]+)#talk"`)
	word    = regexp.MustCompile(`word-(\d+)\.`)
)

// A long conversation is read page by page: each thing once, and all of it.
func TestALongConversation(t *testing.T) {
	d := furnish(t)
	tk := d.ticket(t, "Ida", "It broke.")
	d.talks(t, tk, 0, 100)
	b := d.browser(t)
	h, _ := d.link(t, tk)
	page := b.come(h.URL)
	var seen []string
	pages := 1
	for {
		var here []string
		for _, m := range word.FindAllStringSubmatch(page.body, -1) {
			here = append(here, m[1])
		}
		seen = append(here, seen...)
		next := earlier.FindStringSubmatch(page.body)
		if next == nil {
			break
		}
		page = b.get(next[1])
		page.has(t, http.StatusOK, "To what was said last", "Write to us")
		if pages++; pages > 10 {
			t.Fatal("there is no end to it")
		}
	}
	var want []string
	for i := range 100 {
		if i%3 != 2 {
			want = append(want, fmt.Sprint(i))
		}
	}
	if got := strings.Join(seen, " "); got != strings.Join(want, " ") || pages != 3 || !strings.Contains(page.body, "It broke.") {
		t.Errorf("on %d pages: %s", pages, got)
	}
	b.get(ticketPath(tk.Number)+"?before=nonsense").has(t, http.StatusOK, "word-99.")
}

// Where others said so much since that a page holds nothing, it does not say that nothing was said.
func TestAPageOfWhatOthersSaid(t *testing.T) {
	d := furnish(t)
	tk := d.ticket(t, "Ida", "It broke.")
	d.mails(t, tk, 0, most, func(int) string { return carrier })
	h, _ := d.link(t, tk)
	b := d.browser(t)
	page := b.come(h.URL)
	page.has(t, http.StatusOK, "Nothing on this page.", "What was said before")
	if strings.Contains(page.body, "Nothing yet.") || strings.Contains(page.body, "word-") {
		t.Errorf("it says %s", page.body)
	}
	b.get(earlier.FindStringSubmatch(page.body)[1]).has(t, http.StatusOK, "It broke.", "To what was said last")
}

// A link that a customer writes back to us is no link any more.
func TestALinkInWordsIsBlotted(t *testing.T) {
	d := furnish(t)
	tk := d.ticket(t, "Ida", "It broke.")
	h, _ := d.link(t, tk)
	b, at := d.browser(t), ticketPath(tk.Number)
	page := b.come(h.URL)
	b.post(at, "key", page.key(), "do", "say", "text", "I am here: "+h.URL).has(t, http.StatusOK, "your words are with us")
	d.look(t, func(tx *store.Tx) error {
		all, err := d.latest(tx, tk.ID)
		if said := all[len(all)-1].Text; !strings.HasSuffix(said, "/my/my_…") {
			t.Errorf("we read %q", said)
		}
		return err
	})
}

// What a page costs does not grow with the conversation.
func TestALongConversationCostsNoMore(t *testing.T) {
	d := furnish(t)
	tk := d.ticket(t, "Ida", "It broke.")
	_, v := d.link(t, tk)
	d.talks(t, tk, 0, 200)
	cost := func() (view, say float64) {
		t.Helper()
		var file string
		d.look(t, func(tx *store.Tx) error {
			all, err := d.latest(tx, tk.ID)
			for _, m := range all {
				if len(m.Files) > 0 && !strings.HasPrefix(m.From.Email, "carrier") {
					file = m.Files[0].ID.String()
				}
			}
			return err
		})
		view = testing.AllocsPerRun(2, func() {
			if _, err := d.View(t.Context(), v, 0); err != nil {
				t.Fatal(err)
			}
			if _, err := d.file(t.Context(), v, file); err != nil {
				t.Fatal(err)
			}
		})
		say = testing.AllocsPerRun(1, func() {
			d.write(t, func(tx *store.Tx) error { return second(d.latest(tx, tk.ID)) })
		})
		return view, say
	}
	view, say := cost()
	d.talks(t, tk, 200, 1200)
	longView, longSay := cost()
	if longView > view*1.2 || longSay > say*1.2 {
		t.Errorf("with 200 things said a page takes %.0f allocations and an answer %.0f; with 1,200 %.0f and %.0f", view, say, longView, longSay)
	}
}
