package ledger

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/hearthdesk/hearth/base/fault"
)

// WriteCSV writes entries for an accountant (RFC 4180), a line for each line of an entry; read gives a page of them after
// one, oldest first.
func WriteCSV(to io.Writer, read func(after ID, limit int) ([]Entry, error)) error {
	const page = 500
	out := csv.NewWriter(to)
	out.UseCRLF = true
	err := out.Write([]string{"entry", "at", "account", "amount", "currency", "part", "kind", "case", "customer", "staff", "team", "by", "reverses"})
	for after, more := ID(0), true; more && err == nil; {
		var all []Entry
		all, err = read(after, page)
		for _, e := range all {
			for _, l := range e.rows() {
				if err == nil {
					err = out.Write(l)
				}
			}
			after = e.ID
		}
		more = len(all) == page
		out.Flush()
	}
	if err == nil {
		err = out.Error()
	}
	return err
}

// rows are the lines of an entry as cells.
func (e Entry) rows() (rows [][]string) {
	for _, l := range e.Lines {
		amount := e.Amount()
		amount.Minor = l.Minor
		rows = append(rows, []string{
			e.ID.String(), e.At.Format(time.RFC3339), cell(l.Account), amount.Decimal(), l.Currency, e.Part, cell(e.Kind), cell(e.Case), e.Customer.String(),
			e.Staff.String(), e.Team.String(), cell(e.By), e.Reverses.String(),
		})
	}
	return rows
}

// cell makes sure that no spreadsheet takes a text for a formula (OWASP, CSV injection).
func cell(s string) string {
	if s != "" && strings.ContainsAny(s[:1], "=+-@\t\r") {
		return "'" + s
	}
	return s
}

// Span reads the days of an export, by the clock on our wall.
func Span(asked func(name string) string, zone *time.Location) (f Filter, err error) {
	for name, into := range map[string]*time.Time{"from": &f.From, "to": &f.To} {
		text := asked(name)
		if text == "" {
			continue
		}
		if *into, err = time.ParseInLocation(time.DateOnly, text, zone); err != nil {
			return f, fault.Field(name, "export.day", "%q is no day; write it like 2026-01-31.", fmt.Sprintf("%.20s", text))
		}
		if name == "to" {
			*into = into.AddDate(0, 0, 1)
		}
	}
	return f, nil
}
