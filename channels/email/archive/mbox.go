// Package archive takes apart files of old mail, and puts what is in them in order.
package archive

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// SplitMbox calls do with each mail of an mbox file (RFC 4155, in the mboxrd way: a line ">From " loses one ">").
// A mail longer than limit bytes is cut there; do is told so.
func SplitMbox(r io.Reader, limit int, do func(raw []byte, cut bool) error) error {
	return splitMbox(r, limit, func(m *mbox, raw []byte) error { return do(raw, m.cut) })
}

func splitMbox(r io.Reader, limit int, do func(m *mbox, raw []byte) error) error {
	in := bufio.NewReaderSize(r, 64<<10)
	m := mbox{limit: limit, do: do, blank: true, whole: true}
	for {
		part, err := in.ReadSlice('\n')
		if len(part) > 0 {
			if err := m.take(part); err != nil {
				return err
			}
			m.at += int64(len(part))
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF):
			return m.flush()
		case err != nil:
			return err
		}
	}
}

// mbox is a file that is being taken apart.
type mbox struct {
	limit        int
	do           func(m *mbox, raw []byte) error
	mail         bytes.Buffer
	from, at     int64 // where the mail begins in the file, and how far that was taken apart
	began, cut   bool
	blank, whole bool // the last line was empty; the next part begins a line
}

// take adds a line, or a part of a long one.
func (m *mbox) take(part []byte) error {
	starts := m.whole
	m.whole = part[len(part)-1] == '\n'
	if starts && (m.blank || !m.began) && bytes.HasPrefix(part, []byte("From ")) {
		err := m.flush()
		m.began, m.blank, m.from = true, false, m.at
		return err
	}
	m.blank = starts && len(bytes.TrimRight(part, "\r\n")) == 0
	if !m.began { // what stands before the first mail belongs to none
		return nil
	}
	if m.mail.Len()+len(part) > m.limit {
		m.cut = true
		return nil
	}
	if starts && quotedFrom(part) {
		part = part[1:]
	}
	m.mail.Write(part)
	return nil
}

// flush hands over the mail that is complete.
func (m *mbox) flush() error {
	if m.mail.Len() == 0 {
		return nil
	}
	raw := bytes.TrimSuffix(m.mail.Bytes(), []byte("\n")) // the empty line before the next mail is not its own
	err := m.do(m, bytes.Clone(raw))
	m.mail.Reset()
	m.cut = false
	return err
}

func quotedFrom(line []byte) bool {
	rest := bytes.TrimLeft(line, ">")
	return len(rest) < len(line) && bytes.HasPrefix(rest, []byte("From "))
}
