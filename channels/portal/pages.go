package portal

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"html/template"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/recovery"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

//go:embed pages
var sources embed.FS

// policy lets a page load its own style and pictures, and nothing else from nowhere.
const policy = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

const cookie = "hearth_my"

// pages are what a browser asks for.
func (room *Room) pages(api *web.API) {
	style, err := sources.ReadFile("pages/style.css")
	set, err2 := template.ParseFS(sources, "pages/*.html")
	if err := errors.Join(err, err2); err != nil {
		panic(err) //nolint:forbidigo // a slip of ours, found by the first test that builds the routes
	}
	sum := sha256.Sum256(style)
	p := &desk{Room: room, sheets: set, style: "/my/style-" + hex.EncodeToString(sum[:6]) + ".css"}
	mux := api.Mux
	mux.HandleFunc("GET "+p.style, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable") // its name is made of its content
		_, _ = w.Write(style)                                                  // a peer that is gone can't be told
	})
	mux.HandleFunc("GET /my", p.home)
	mux.HandleFunc("GET /my/{$}", p.home)
	mux.HandleFunc("POST /my", p.ask)
	mux.HandleFunc("POST /my/leave", p.leave)
	mux.HandleFunc("GET /my/{token}", p.come)
	mux.HandleFunc("GET /my/tickets/{number}", p.ticket)
	mux.HandleFunc("POST /my/tickets/{number}", p.act)
	mux.HandleFunc("POST /my/tickets/{number}/leave", p.leave)
	mux.HandleFunc("GET /my/tickets/{number}/files/{file}", p.download)
	web.Raw(api, web.Route{
		Method: http.MethodGet, Path: "/my/page", Tail: true, Needs: web.View, Say: "See a ticket's page as its customer sees it; nothing can be done there", Gives: "text/html",
		Asks: []web.Ask{{Name: "ticket", Say: "which; the newest you may see when absent"}},
	}, p.peek)
}

// desk serves the pages.
type desk struct {
	*Room
	sheets *template.Template
	style  string
}

// sheet is what every page is filled with.
type sheet struct {
	tongue
	Style   string
	Desk    string // what the desk calls itself
	Title   string
	Welcome string // words of theirs above everything
	Problem string // what was wrong with what they sent, above all
	Notice  string // what was done
	Key     string // of the forms on it
	Kept    form   // what they had written, where it could not be taken
	Public  bool
	Leave   string // where to forget this browser's link; none where it has none
	List    *Listing
	Page    *Page
}

func (p *desk) sheet(r *http.Request, own string, zone *time.Location) sheet {
	return sheet{tongue: tongue{p.words, p.language(own, r.Header.Get("Accept-Language")), zone}, Style: p.style, Public: p.public != ""}
}

// send writes a page.
func (p *desk) send(w http.ResponseWriter, r *http.Request, status int, name string, s sheet) {
	s.Desk = cmp.Or(s.Desk, s.T("my.desk"))
	var b bytes.Buffer
	if err := p.sheets.ExecuteTemplate(&b, name, s); err != nil {
		p.log.ErrorContext(r.Context(), "a page of a customer can't be written", "page", name, "err", err)
		http.Error(w, "This page can't be shown right now.", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", policy)
	h.Set("Cache-Control", "no-store")
	h.Set("X-Frame-Options", "DENY")
	h.Set("X-Robots-Tag", "noindex, nofollow")
	// Nothing of the address goes elsewhere. With "no-referrer" browsers would hide our own origin from us in POSTs.
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Vary", "Cookie, Accept-Language")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // a peer that is gone can't be told
}

// statusOf is that of a fault; its words are for say.
func statusOf(err error) int {
	f := fault.Of(err)
	if f == nil {
		return http.StatusInternalServerError
	}
	switch {
	case f.Code == "slow_down":
		return http.StatusTooManyRequests
	case f.Code == "my.large":
		return http.StatusRequestEntityTooLarge
	case f.Kind == fault.NotFound:
		return http.StatusNotFound
	case f.Kind == fault.Denied:
		return http.StatusForbidden
	case f.Kind == fault.Conflict:
		return http.StatusConflict
	case f.Kind == fault.Invalid:
		return http.StatusUnprocessableEntity
	}
	return http.StatusInternalServerError
}

// trouble says a fault in the language of the page; those of other rooms in general words, for their own name what is none
// of the customer's business.
func (p *desk) trouble(r *http.Request, s sheet, err error) string {
	code := "other"
	if f := fault.Of(err); f != nil {
		switch {
		case strings.HasPrefix(f.Code, "my."):
			code = strings.TrimPrefix(f.Code, "my.")
		case f.Code == "slow_down":
			code = f.Code
		case f.Code == "offer.pick" || f.Code == "offer.not_offered":
			code = "pick"
		case strings.HasPrefix(f.Code, "offer."):
			code = "offer_gone"
		}
	}
	if code == "other" {
		p.log.WarnContext(r.Context(), "a customer's page could not do what it was asked", "page", r.Pattern, "err", err)
	}
	return s.T("my.fault." + code)
}

// tokens are the links that a browser holds, the one for this page first.
func tokens(r *http.Request) (all []string) {
	for _, c := range r.CookiesNamed(cookie) {
		if len(all) < 10 && len(c.Value) < 100 {
			all = append(all, c.Value)
		}
	}
	return all
}

func (p *desk) setCookie(w http.ResponseWriter, r *http.Request, value, at string, age int) {
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // secure wherever the page is
		Name: cookie, Value: value, Path: at, MaxAge: age, HttpOnly: true, SameSite: http.SameSiteLaxMode,
		Secure: r.TLS != nil || strings.HasPrefix(p.public, "https://"),
	})
}

func ticketPath(number int64) string { return "/my/tickets/" + strconv.FormatInt(number, 10) }

// come takes the secret out of the address: it goes into a cookie that is sent to the page it opens alone.
func (p *desk) come(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Referrer-Policy", "no-referrer")
	w.Header().Set("Cache-Control", "no-store")
	token := r.PathValue("token")
	v, err := p.Come(r.Context(), token)
	if err != nil {
		p.stranger(w, r, err)
		return
	}
	to := "/my"
	if v.Number != 0 {
		to = ticketPath(v.Number)
	}
	const year = 365 * 24 * 60 * 60 // the link itself may end sooner
	p.setCookie(w, r, token, to, year)
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// stranger shows the form that asks for a link, to whoever has none that opens what they asked for.
func (p *desk) stranger(w http.ResponseWriter, r *http.Request, err error) {
	s := p.sheet(r, "", nil)
	if fault.KindOf(err) != fault.NotFound {
		s.Problem = p.trouble(r, s, err)
	} else {
		s.Problem = s.T("my.fault.unknown")
	}
	p.door(w, r, statusOf(err), s)
}

// door is the form that asks for a link.
func (p *desk) door(w http.ResponseWriter, r *http.Request, status int, s sheet) {
	set, err := p.set(r)
	if err != nil {
		s.Problem = p.trouble(r, s, err)
	}
	s.Desk, s.Title, s.Key, s.Public, s.Welcome = set.Name, s.T("my.door.title"), p.formKey("", "ask", p.db.Now()), s.Public && set.Asks, set.Welcome.In(s.lang)
	p.send(w, r, status, "door.html", s)
}

// set is how the pages are set up.
func (p *desk) set(r *http.Request) (s Settings, err error) {
	return s, p.db.Read(r.Context(), func(tx *store.Tx) error { s, err = readSettings(tx); return err })
}

func (p *desk) home(w http.ResponseWriter, r *http.Request) {
	s := p.sheet(r, "", nil)
	if r.URL.Query().Get("done") == "asked" {
		s.Notice = s.T("my.done.asked")
		p.door(w, r, http.StatusOK, s)
		return
	}
	v, err := p.Visit(r.Context(), tokens(r), 0)
	if err == nil {
		var l Listing
		if l, err = p.List(r.Context(), v, r.URL.Query().Get("after")); err == nil {
			s = p.sheet(r, l.Customer.Language, l.Zone)
			s.Welcome = l.Settings.Welcome.In(s.lang)
			s.List, s.Desk, s.Title, s.Leave, s.Key = &l, l.Settings.Name, s.T("my.list.title"), "/my/leave", p.formKey(v.hash, "leave", p.db.Now())
			p.send(w, r, http.StatusOK, "list.html", s)
			return
		}
	}
	if fault.KindOf(err) == fault.NotFound {
		p.door(w, r, http.StatusOK, s) // nobody has to have a link to ask for one
		return
	}
	p.stranger(w, r, err)
}

func (p *desk) ask(w http.ResponseWriter, r *http.Request) {
	s := p.sheet(r, "", nil)
	f, err := readForm(w, r, mostAsk, false)
	if err == nil {
		err = p.genuine(f.Key, "", "ask", p.db.Now())
	}
	if err == nil {
		err = p.Ask(r.Context(), f.Email, s.lang, web.From(r.Context()).IP)
	}
	if err != nil {
		s.Problem, s.Kept = p.trouble(r, s, err), f
		p.door(w, r, statusOf(err), s)
		return
	}
	http.Redirect(w, r, "/my?done=asked", http.StatusSeeOther)
}

// leave has the browser forget its links to the page, and to all tickets, by which the page of one opens as well. It needs
// no key: who makes others leave takes nothing from them.
func (p *desk) leave(w http.ResponseWriter, r *http.Request) {
	p.setCookie(w, r, "", "/my", -1)
	if at := path.Dir(r.URL.Path); at != "/my" {
		p.setCookie(w, r, "", at, -1)
	}
	http.Redirect(w, r, "/my", http.StatusSeeOther)
}

// visit finds who is at the page of a ticket; ok is false when they were shown why they are not.
func (p *desk) visit(w http.ResponseWriter, r *http.Request) (v Visit, ok bool) {
	number, err := strconv.ParseInt(r.PathValue("number"), 10, 64)
	if err != nil || number < 1 {
		err = unknown()
	} else {
		v, err = p.Visit(r.Context(), tokens(r), number)
	}
	if err != nil {
		p.stranger(w, r, err)
		return v, false
	}
	return v, true
}

func (p *desk) ticket(w http.ResponseWriter, r *http.Request) {
	if v, ok := p.visit(w, r); ok {
		p.show(w, r, v, form{}, nil)
	}
}

// show writes the page of a ticket, with what was wrong with what they sent and what they had written.
func (p *desk) show(w http.ResponseWriter, r *http.Request, v Visit, kept form, wrong error) {
	var before tickets.MessageID
	_ = before.UnmarshalText([]byte(r.URL.Query().Get("before"))) // what names nothing shows the newest
	page, err := p.View(r.Context(), v, before)
	if err != nil {
		p.stranger(w, r, err)
		return
	}
	s := p.sheet(r, page.Customer.Language, page.Zone)
	s.Page, s.Desk, s.Title, s.Kept, s.Welcome = &page, page.Settings.Name, page.Ticket.Subject, kept, page.Settings.Welcome.In(s.lang)
	s.Key, s.Leave = p.formKey(v.hash, ticketPath(v.Number), page.Now), ticketPath(v.Number)+"/leave"
	status := http.StatusOK
	if wrong != nil {
		status, s.Problem = statusOf(wrong), p.trouble(r, s, wrong)
	} else if done := r.URL.Query().Get("done"); slices.Contains(dones, done) {
		s.Notice = s.T("my.done." + done)
	}
	p.send(w, r, status, "ticket.html", s)
}

// dones are what a page can say was done.
var dones = []string{"said", "well", "chosen", "named", "swapped", "followed"} //nolint:gochecknoglobals // a constant list

// act does what a form of a ticket's page says, and shows the page anew, so that to load it again sends nothing again.
func (p *desk) act(w http.ResponseWriter, r *http.Request) {
	v, ok := p.visit(w, r)
	if !ok {
		return
	}
	f, err := readForm(w, r, mostForm, true)
	if r.MultipartForm != nil {
		defer r.MultipartForm.RemoveAll() //nolint:errcheck // the system sweeps its temporary files
	}
	done := ""
	if err == nil {
		err = p.genuine(f.Key, v.hash, ticketPath(v.Number), p.db.Now())
	}
	if err == nil {
		done, err = p.carry(r, v, f)
	}
	if fo := fault.Of(err); fo != nil && fo.Code == "request.repeated" { // its first sending was carried out
		err = nil
	}
	if err != nil {
		p.show(w, r, v, f, err)
		return
	}
	http.Redirect(w, r, ticketPath(v.Number)+"?done="+done, http.StatusSeeOther) //nolint:gosec // a number, and a word of ours
}

// carry does what a form says; done names what the page says then.
func (p *desk) carry(r *http.Request, v Visit, f form) (done string, err error) {
	switch f.Do {
	case "follow":
		return "followed", p.Tell(r.Context(), v, f.Key, Told{f.Held, f.Trusts, f.Text})
	case "well":
		return "well", p.Confirm(r.Context(), v, f.Key)
	case "say":
		return "said", p.Say(r.Context(), v, f.Key, Said{f.Text, f.Files})
	case "choose", "swap":
		var offer recovery.OfferID
		pick := recovery.Pick{Other: f.Other}
		if f.Pick != "other" || f.Do == "swap" {
			pick.Other = ""
			if err := pick.Remedy.UnmarshalText([]byte(f.Pick)); err != nil {
				return "", fault.Field("remedy", "my.pick", "Choose one of what is offered, or name something else.")
			}
		}
		switch err := offer.UnmarshalText([]byte(f.Offer)); {
		case err != nil:
			return "", gone()
		case f.Do == "swap":
			return "swapped", p.Swap(r.Context(), v, offer, pick.Remedy)
		case pick.Other != "":
			done = "named"
		default:
			done = "chosen"
		}
		return done, p.Choose(r.Context(), v, f.Key, offer, pick)
	}
	return "", fault.New(fault.Invalid, "my.unreadable", "What your browser sent can't be read.")
}

// download hands out a file of the conversation.
func (p *desk) download(w http.ResponseWriter, r *http.Request) {
	v, ok := p.visit(w, r)
	if !ok {
		return
	}
	f, err := p.file(r.Context(), v, r.PathValue("file"))
	if err != nil {
		p.stranger(w, r, err)
		return
	}
	body, err := p.files.Open(r.Context(), f.SHA256)
	if err != nil {
		p.stranger(w, r, err)
		return
	}
	defer body.Close()
	web.Hand(w, r, web.File{Name: f.Name, Type: f.Type}, body)
}
