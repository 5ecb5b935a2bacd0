package message

import (
	"strings"

	"github.com/hearthdesk/hearth/channels/email/tnef"
)

// maxTNEF is how many mails inside each other a winmail.dat may hold.
const maxTNEF = 4

// isTNEF recognises the winmail.dat of Outlook and Exchange.
func isTNEF(p *part, d disposition) bool {
	return p.kind == "application/ms-tnef" || p.kind == "application/vnd.ms-tnef" || strings.EqualFold(d.name, "winmail.dat")
}

// unpackTNEF puts the files inside a winmail.dat among the attachments and keeps its words for a mail that has no others.
// What cannot be read stays a file.
func (r *reader) unpackTNEF(p *part, d disposition) {
	files, body, err := tnef.Read(r.transfer(p))
	if err != nil {
		r.flaw("tnef")
		if len(files) == 0 {
			r.attach(r.attachment(p, d))
			return
		}
	}
	r.keepTNEF(files, 1)
	if w := r.tnefWords(body); w != (words{}) {
		r.spare = append(r.spare, w)
	}
}

// keepTNEF adds the files; a mail among them gives its own files, and its words as one more.
func (r *reader) keepTNEF(files []tnef.File, depth int) {
	for _, f := range files {
		if f.IsMessage && depth < maxTNEF {
			if inner, body, err := tnef.Read(f.Data); err == nil {
				if w := r.tnefWords(body); w != (words{}) {
					r.attach(r.file(w, body.Subject))
				}
				r.keepTNEF(inner, depth+1)
				continue
			}
		}
		a := r.newAttachment(f.Name, f.Type, f.Data)
		a.ContentID = f.ContentID
		r.attach(a)
	}
}

// tnefWords are the words of a winmail.dat in the forms it has.
func (r *reader) tnefWords(b tnef.Body) words {
	var w words
	if len(b.Text) > 0 {
		w.text = lines(r.decode(b.Text, b.Charset))
	}
	if len(b.HTML) > 0 {
		w.html = lines(r.decode(b.HTML, b.Charset))
	} else if len(b.RTF) > 0 && strings.TrimSpace(w.text) == "" {
		rtf, isHTML := tnef.Words(b.RTF)
		if isHTML {
			w.html = rtf
		} else {
			w.text = rtf
		}
	}
	if strings.TrimSpace(w.text+w.html) == "" {
		return words{}
	}
	return w
}

// file keeps the words of an enclosed mail as a file.
func (r *reader) file(w words, subject string) Attachment {
	if subject = strings.NewReplacer("/", "-", `\`, "-").Replace(subject); subject == "" {
		subject = "mail"
	}
	if w.html != "" {
		return r.newAttachment(subject+".html", "text/html", []byte(w.html))
	}
	return r.newAttachment(subject+".txt", "text/plain", []byte(w.text))
}
