package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/channels/email"
	"github.com/hearthdesk/hearth/rooms/lexicon/declined"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/promises"
	"github.com/hearthdesk/hearth/rooms/recovery"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// everything writes the whole house as the transaction sees it.
func (e *export) everything(ctx context.Context) (err error) {
	if e.Journal, err = e.tx.Head(); err != nil {
		return err
	}
	settings, err := e.settings(ctx)
	if err != nil {
		return err
	}
	for _, noun := range []string{"tickets", "messages", "reasons", "purchases", "complaints", "remedies", "remedies_offers", "authority_bends", "customers_externals", "approvals", "ledger", "proposals", "promises", "planned_promises", "parts", "customers", "companies", "staff", "mails", "journal"} {
		if _, err := e.list(noun); err != nil { // a file without lines says that there were none
			return err
		}
	}
	for noun, all := range settings {
		if _, err := e.list(noun); err != nil {
			return err
		}
		for _, one := range all {
			if err := e.put(noun, one); err != nil {
				return err
			}
		}
	}
	if err := e.walk(ctx); err != nil {
		return err
	}
	return errors.Join(e.money(ctx), e.parts(ctx), e.mails(ctx),
		paged(ctx, e, "planned_promises", e.h.Promises.EveryPlanned, func(p promises.Planned) promises.PlannedID { return p.ID }))
}

// settings are the short lists. Those that no room shows inside a transaction are asked for by the API; when the journal
// says that one of them changed since the transaction began, all is begun anew.
func (e *export) settings(ctx context.Context) (map[string][]any, error) {
	boxes, err1 := e.h.Email.Mailboxes(e.tx)
	teams, err2 := e.h.Staff.Teams(e.tx)
	roles, err3 := e.h.Staff.Roles(e.tx)
	calendars, err4 := e.h.Hours.Calendars(e.tx)
	rules, err5 := e.h.Lexicon.Own(e.tx)
	how, err6 := e.h.Promises.Settings(e.tx)
	giving, err7 := e.h.Recovery.Settings(e.tx)
	frameworks, err8 := e.h.Lexicon.OwnFrameworks(e.tx)
	questions, err9 := e.h.Lexicon.OwnQuestions(e.tx)
	company, err10 := e.h.Lexicon.Company(e.tx)
	not, err11 := declined.All(e.tx)
	lists := map[string][]any{"lexicon_company": {company}, "declined_questions": anys(not), "mailboxes": anys(boxes), "teams": anys(teams), "roles": anys(roles), "hours": anys(calendars), "lexicon": anys(rules), "frameworks": anys(frameworks), "planned_questions": anys(questions), "promise_settings": {how}, "recovery_settings": {giving}}
	err := errors.Join(err1, err2, err3, err4, err5, err6, err7, err8, err9, err10, err11)
	for noun, path := range map[string]string{"targets": "/targets", "ticket_fields": "/tickets/fields", "ticket_types": "/tickets/types"} {
		all, listed := e.ask(ctx, path)
		lists[noun], err = anys(all), errors.Join(err, listed)
	}
	if err != nil {
		return nil, err
	}
	since, err := e.h.DB.Journal(ctx, e.Journal, 1000)
	if len(since) == 1000 || slices.ContainsFunc(since, func(s store.Entry) bool {
		return strings.HasPrefix(s.Kind, "targets.") || s.Kind == tickets.Configured{}.Kind()
	}) {
		return nil, errMoved
	}
	return lists, err
}

// ask reads a list of the API.
func (e *export) ask(ctx context.Context, path string) ([]json.RawMessage, error) {
	var page struct{ Items []json.RawMessage }
	err := (&Client{direct: e.h.Local()}).Do(ctx, http.MethodGet, "/api/v1"+path, nil, &page)
	return page.Items, err
}

func anys[T any](all []T) []any {
	out := make([]any, len(all))
	for i, v := range all {
		out[i] = v
	}
	return out
}

// walk reads the journal from its beginning and writes what each entry brought into being.
func (e *export) walk(ctx context.Context) error {
	for at := int64(0); at < e.Journal; {
		entries, err := e.tx.Journal(at, 200)
		if err != nil {
			return err
		}
		if len(entries) == 0 {
			return fmt.Errorf("the journal ends at %d and not at %d", at, e.Journal)
		}
		for _, j := range entries {
			if err := errors.Join(e.put("journal", j), e.follow(ctx, j)); err != nil {
				return fmt.Errorf("journal entry %d: %w", j.Seq, err)
			}
		}
		at = entries[len(entries)-1].Seq
		if e.progress != nil {
			e.progress(at, e.Journal)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

// follow writes what came into being with an entry, as it is now. What has been taken away since has no line.
func (e *export) follow(ctx context.Context, j store.Entry) error {
	switch j.Kind {
	case tickets.Opened{}.Kind():
		return came(j, func(b tickets.Opened) error { return e.ticket(ctx, b.Ticket) })
	case people.Met{}.Kind():
		return came(j, func(b people.Met) error {
			c, err := e.h.People.Look(e.tx, b.Customer)
			return e.putFound("customers", c, err)
		})
	case people.Founded{}.Kind():
		return came(j, func(b people.Founded) error { return e.company(ctx, b.Company) })
	case recovery.Raised{}.Kind():
		return came(j, func(b recovery.Raised) error { return e.complaint(ctx, b.Complaint) })
	case promises.Made{}.Kind():
		return came(j, func(b promises.Made) error {
			p, err := e.h.Promises.Look(e.tx, b.Promise)
			return e.putFound("promises", p, err)
		})
	case staff.Added{}.Kind():
		return came(j, func(b staff.Added) error {
			m, err := e.h.Staff.Load(e.tx, b.Staff)
			return e.putFound("staff", m, err)
		})
	}
	return nil
}

func came[E store.Event](j store.Entry, do func(E) error) error {
	var body E
	if err := json.Unmarshal(j.Body, &body); err != nil {
		return err
	}
	return do(body)
}

func (e *export) putFound(noun string, v any, err error) error {
	if fault.KindOf(err) == fault.NotFound {
		return nil
	} else if err != nil {
		return err
	}
	return e.put(noun, v)
}

// company asks for one company by the page that begins with it; companies never change once they are entered.
func (e *export) company(ctx context.Context, c people.CompanyID) error {
	all, err := e.ask(ctx, Query("/companies", "after", (c-1).String(), "limit", "1"))
	if err != nil || len(all) == 0 {
		return err
	}
	var found people.Company
	if err := json.Unmarshal(all[0], &found); err != nil || found.ID != c {
		return err
	}
	return e.put("companies", found)
}

// said is a message as it is exported: with what it answers, and where its files lie.
type said struct {
	tickets.Message
	Answers     []string   `json:"answers,omitempty"`
	RawFile     string     `json:"raw_file,omitempty"`
	Attachments []attached `json:"attachments"`
}

type attached struct {
	tickets.File
	Path string `json:"path"`
}

// reason is the words to an entry of the journal, which itself holds none.
type reason struct {
	Seq    int64      `json:"seq"`
	Ticket tickets.ID `json:"ticket"`
	Reason string     `json:"reason"`
}

// ticket writes a ticket and what was said in it.
func (e *export) ticket(ctx context.Context, which tickets.ID) error {
	t, err := e.h.Tickets.Look(e.tx, which)
	if err != nil {
		return e.putFound("tickets", t, err)
	}
	names, err := e.h.People.Names(e.tx, []people.ID{t.Customer})
	if err != nil {
		return err
	}
	t.CustomerName = names[t.Customer]
	if err := e.put("tickets", t); err != nil {
		return err
	}
	const page = 500
	for after := int64(0); ; {
		all, err := e.h.Tickets.Timeline(e.tx, holder(), which, after, page)
		if err != nil {
			return err
		}
		for _, m := range all.Items {
			if err := e.moment(ctx, which, m); err != nil {
				return err
			}
			after = m.Seq
		}
		if len(all.Items) < page {
			return nil
		}
	}
}

// moment writes what was said at a moment of a ticket, and the reason given for what was done.
func (e *export) moment(ctx context.Context, t tickets.ID, m tickets.Moment) error {
	if m.Reason != "" {
		if err := e.put("reasons", reason{m.Seq, t, m.Reason}); err != nil {
			return err
		}
	}
	speaks := []string{tickets.Heard{}.Kind(), tickets.Answered{}.Kind(), tickets.Noticed{}.Kind(), tickets.Noted{}.Kind()}
	body, ok := m.Body.(json.RawMessage)
	if !ok || !slices.Contains(speaks, m.Kind) {
		return nil
	}
	var names struct {
		Message tickets.MessageID `json:"message"`
	}
	if err := json.Unmarshal(body, &names); err != nil {
		return err
	}
	msg, err := e.h.Tickets.Message(e.tx, names.Message)
	if err != nil {
		return err
	}
	one := []tickets.Message{msg}
	if err := e.h.Tickets.Annotate(e.tx, one); err != nil {
		return err
	}
	msg = one[0]
	out := said{Message: msg, Answers: msg.Answers, Attachments: []attached{}}
	if out.RawFile, err = e.blob(ctx, "mails", msg.Raw, ".eml", "message/rfc822"); err != nil {
		return err
	}
	for _, f := range msg.Files {
		at, err := e.blob(ctx, "attachments", f.SHA256, f.Name, f.Type)
		if err != nil {
			return err
		}
		out.Attachments = append(out.Attachments, attached{f, at})
	}
	return e.put("messages", out)
}

// mail is a mail of the ledger and where its bytes lie.
type mail struct {
	email.Entry
	RawFile string `json:"raw_file,omitempty"`
}

// mails writes the ledger: every mail that came in, also those that are on no ticket.
func (e *export) mails(ctx context.Context) error {
	states := []email.State{email.Fetched, email.Stored, email.Filed, email.Waiting, email.SetAside, email.Failed, email.Repaired, email.Discarded}
	for before := email.LedgerID(0); ; {
		all, err := e.h.Email.Ledger(e.tx, states, before, 200)
		if err != nil {
			return err
		}
		for _, l := range all {
			m := mail{Entry: l}
			if m.RawFile, err = e.blob(ctx, "mails", l.SHA256, ".eml", "message/rfc822"); err != nil {
				return err
			}
			if err := e.put("mails", m); err != nil {
				return err
			}
			before = l.ID
		}
		if err := ctx.Err(); err != nil || len(all) < 200 {
			return err
		}
	}
}

// explain writes what a reader needs to know who has never seen Hearth; it comes last and says that all the rest is there.
func (e *export) explain() error {
	doc, err := e.h.API.Document()
	if err != nil {
		return err
	}
	sum, err := json.MarshalIndent(e.Exported, "", "  ")
	if err != nil {
		return err
	}
	about := fmt.Sprintf(aboutExport, e.At.Format("2 January 2006, 15:04 MST"), e.h.Settings.Version, e.Journal)
	for _, f := range []struct {
		name string
		text []byte
	}{{"openapi.json", doc}, {"export.json", append(sum, '\n')}, {"README.md", []byte(about)}} {
		if err := os.WriteFile(filepath.Join(e.Folder, f.name), f.text, 0o600); err != nil {
			return err
		}
	}
	return nil
}

const aboutExport = `# An export of a customer service desk

Everything the company's desk held on %s, written by Hearth %s: all of one moment, up to entry %d of the journal. The
export is whole when this file is here. Nobody needs Hearth to read it.

There are no passwords, tokens or keys in it, but everything customers wrote: keep it as you would keep their letters.

## What lies where
A file that ends with .jsonl holds one JSON object a line (UTF-8). Times are RFC 3339 in UTC. Ids are strings such as
tkt_06f3x8k2m4q7r; the same id is the same thing in every file. The fields are those of the API, which openapi.json describes.

| file | a line is |
|---|---|
| tickets.jsonl | a ticket: number, subject, where it stands, whose it is; *customer* and *company* name lines of those files |
| messages.jsonl | something said in a ticket (*ticket*), in the order of the tickets and then of time: *in* from the customer, *out* to them, *note* among colleagues, *notice* by the machine |
| reasons.jsonl | the words of a reason for what happened in the journal entry *seq* |
| purchases.jsonl | something a customer bought, as the shop's systems told it |
| complaints.jsonl | what went wrong for somebody, the stages it went through and who owned it, with the *attachments* of one among colleagues; *recovery_settings.jsonl* is what each may give and what stages ask for |
| remedies.jsonl, approvals.jsonl | something offered or given to make it right, or beyond that; a question to a supervisor and the answer |
| remedies_offers.jsonl, authority_bends.jsonl | a choice that a customer was given, and what they chose; that a policy was bent for somebody (the policies, and which failures open a complaint by themselves, are in *recovery_settings.jsonl*) |
| ledger.jsonl | an entry of the ledger of what was given: its lines come to nothing, an entry that *reverses* another takes it back |
| proposals.jsonl | an idea, or something that does not work, that a colleague told of, with its *attachments*: who sees to it, by when it is answered, and how |
| promises.jsonl | what was promised to a customer, by whom and by when, and what became of it; *promise_settings.jsonl* is how the company promises |
| planned_promises.jsonl | what an answer that is being written (*draft*) will promise when it leaves; where it has left (*message*) and says what could not be promised any more, why (*trouble*) |
| parts.jsonl | what colleagues, suppliers and other contacts and we said to each other beside the thread of a ticket (*ticket*), with all *messages* and their files; *part_settings.jsonl* is how the company asks them |
| customers.jsonl | a customer, their addresses, and what colleagues remarked about them |
| customers_externals.jsonl | what the shop calls a customer |
| companies.jsonl | a company that customers belong to |
| staff.jsonl, teams.jsonl, roles.jsonl | who works here, with whom, and what they may |
| mailboxes.jsonl | an address that customers write to, without its password |
| mails.jsonl | a mail that came in and where it went, also when it is on no ticket; the newest first |
| hours.jsonl | a calendar of office hours; spans in minutes from midnight, Sunday first |
| targets.jsonl | by when somebody is to be answered; the first that fits a ticket holds |
| lexicon.jsonl, frameworks.jsonl, planned_questions.jsonl | a rule, a framework or a planned question of the company's own; *lexicon_company.jsonl* says which trade it is in, *declined_questions.jsonl* what it does not want to plan |
| ticket_fields.jsonl, ticket_types.jsonl | a custom field, a type of ticket |
| journal.jsonl | something that happened: when, by whom, to what; in order, without gaps |
| attachments/ | files that came or went with messages, named by their SHA-256; *path* in an attachment says where |
| mails/ | mails as they came, byte for byte; *raw_file* of messages and mails says where. Links to a customer's own page are blotted out of these and of attachments that hold words: such a file has another SHA-256 than its name |
| export.json | how many lines and files there are |

The *html* of a message is as it was sent and may try to load things from elsewhere: look at *text* first. An attachment
without a *path* was lost before the export.

## To look at it
    jq -r 'select(.status == "open") | [.number, .subject, .customer_name] | @tsv' tickets.jsonl
    jq -r 'select(.ticket == "tkt_…") | .at, .text' messages.jsonl
`
