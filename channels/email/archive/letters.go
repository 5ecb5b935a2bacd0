package archive

import (
	"bytes"
	"cmp"
	"io"
	"slices"
	"time"

	"github.com/hearthdesk/hearth/channels/email/message"
)

// Letter is where a mail stands in an archive, and when it says it was written.
type Letter struct {
	File     string
	N        int   // the how-manieth in its file, from 1; 0 where the file is the mail
	From, To int64 // its bytes in the file
	At       time.Time
	Answers  int // how many mails it says it answers
}

// ListMbox finds the mails of an mbox file.
func ListMbox(file string, r io.Reader, limit int) (all []Letter, err error) {
	err = splitMbox(r, limit, func(m *mbox, raw []byte) error {
		l := Letter{File: file, N: len(all) + 1, From: m.from, To: m.at}
		l.read(raw)
		all = append(all, l)
		return nil
	})
	return all, err
}

// maxHead is how much of a mail is looked at for its date.
const maxHead = 1 << 20

// ListMail is a file that is one mail.
func ListMail(file string, size int64, r io.Reader) (Letter, error) {
	l := Letter{File: file, To: size}
	head, err := io.ReadAll(io.LimitReader(r, maxHead))
	l.read(head)
	return l, err
}

// read takes from the head of a mail what puts it in order.
func (l *Letter) read(raw []byte) {
	head := raw[:min(len(raw), maxHead)]
	for _, empty := range []string{"\r\n\r\n", "\n\n"} {
		if i := bytes.Index(head, []byte(empty)); i > 0 {
			head = head[:i+len(empty)]
		}
	}
	m, err := message.Parse(head)
	if err != nil {
		return // what is no mail is told when it is imported
	}
	if l.At = m.Date; l.At.IsZero() {
		l.At = m.Delivered
	}
	l.Answers = len(m.Answers())
}

// InOrder puts the mails of archives in the order in which they were written, so that each meets what it answers whatever
// the order of the archive: one that answers more comes after one of the same second that answers less, and those that
// don't say when they were written come last.
func InOrder(all []Letter) {
	slices.SortStableFunc(all, func(a, b Letter) int {
		if a.At.IsZero() != b.At.IsZero() {
			if a.At.IsZero() {
				return 1
			}
			return -1
		}
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Answers, b.Answers))
	})
}
