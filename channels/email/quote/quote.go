// Package quote finds what a person said in a mail: their own words, without the mail they answer, without the address
// card and the legal notice beneath.
//
// Nothing is thrown away. Every line of the mail goes to exactly one part, and the parts that are not the person's own
// words are kept to be shown folded. A doubt is settled for the person: a forwarded mail, a citation set by hand and the
// questions between answers stay in sight, and a mail that would be left empty is shown whole.
//
// Both doors, Split for plain text and SplitHTML for HTML, read a mail as lines and hand them to one page, which marks
// each line: first quotations (lines behind ">", introductions such as "On … wrote:", header blocks, titles between
// dashes), then signatures, then which quotations the answer needs. What differs between languages is in tongues.go.
// Every rule looks at a bounded number of lines and letters, so the work grows with the length of the mail and no faster.
package quote

import "strings"

// Parts is a plain-text mail taken apart. Together the parts hold every visible character of the mail. Said is empty only
// when the mail is.
type Parts struct {
	Said      string // the person's own words, for the timeline
	Signature string // name card, phone signature, disclaimer
	Quoted    string // older mails, with the lines that introduce them
}

// Split takes a plain-text mail apart. Trailing blanks and the blank lines around a part are not kept.
func Split(plain string) Parts {
	p := newPage(lines(plain))
	p.mark()
	return Parts{Said: p.text(said), Signature: p.text(signature), Quoted: p.text(quoted)}
}

// lines cuts a text at its line ends. Where a mail program lost the line end between an answer and the introduction of a
// quotation, it is put back. What is beyond the lines that are looked at stays in one piece.
func lines(plain string) []line {
	plain = strings.ReplaceAll(strings.ReplaceAll(plain, "\r\n", "\n"), "\r", "\n")
	var all []line
	for more := true; more; {
		var text string
		if text, plain, more = strings.Cut(plain, "\n"); len(all) >= most && more {
			text, more = text+"\n"+plain, false
		}
		if at := introWithin(text); at > 0 {
			all = append(all, newLine(text[:at]))
			text = text[at:]
		}
		all = append(all, newLine(text))
	}
	return all
}

// text joins the lines of one part.
func (p *page) text(k kind) string {
	var b strings.Builder
	for i := range p.all {
		if p.all[i].kind != k {
			continue
		}
		b.WriteString(strings.TrimRight(p.all[i].text, " \t\u00a0"))
		b.WriteByte('\n')
	}
	return strings.Trim(b.String(), "\n")
}
