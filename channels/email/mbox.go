package email

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// SplitMbox calls do with each mail of an mbox file (RFC 4155, in the mboxrd way: a line ">From " loses one ">").
// A mail longer than max bytes is cut there; do is told so.
func SplitMbox(r io.Reader, limit int, do func(raw []byte, cut bool) error) error {
	in := bufio.NewReaderSize(r, 64<<10)
	var mail bytes.Buffer
	began, cut, blank := false, false, true
	flush := func() error {
		if !began || mail.Len() == 0 {
			return nil
		}
		raw := bytes.TrimSuffix(mail.Bytes(), []byte("\n")) // the empty line before the next mail is not its own
		err := do(bytes.Clone(raw), cut)
		mail.Reset()
		cut = false
		return err
	}
	for whole := true; ; {
		part, err := in.ReadSlice('\n')
		if len(part) > 0 {
			switch {
			case whole && (blank || !began) && bytes.HasPrefix(part, []byte("From ")):
				if err := flush(); err != nil {
					return err
				}
				began = true
			case !began: // what stands before the first mail belongs to none
			case mail.Len()+len(part) > limit:
				cut = true
			default:
				if whole && quotedFrom(part) {
					part = part[1:]
				}
				mail.Write(part)
			}
			blank = whole && len(bytes.TrimRight(part, "\r\n")) == 0
			whole = part[len(part)-1] == '\n'
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if errors.Is(err, io.EOF) {
			return flush()
		}
		if err != nil {
			return err
		}
	}
}

func quotedFrom(line []byte) bool {
	rest := bytes.TrimLeft(line, ">")
	return len(rest) < len(line) && bytes.HasPrefix(rest, []byte("From "))
}
