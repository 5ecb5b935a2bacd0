package files

import (
	"context"
	"errors"
	"io"
	"strings"

	"github.com/gabriel-vasile/mimetype"
)

const headSize = 3072 // bytes: as many as the kinds that mimetype knows are told by

// KindOf is what something is by what stands in it, whatever a name or a browser says: a media type (RFC 6838) without
// parameters. It reads r from where that stands, 3,072 bytes at most; errors are those of r.
func KindOf(r io.Reader) (string, error) {
	head := make([]byte, headSize)
	n, err := io.ReadFull(r, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return "", err
	}
	kind, _, _ := strings.Cut(mimetype.Detect(head[:n]).String(), ";")
	return kind, nil
}

// Look says how large a blob is, in bytes, and what it is by what stands in it; a NotFound fault when it is not there.
func Look(ctx context.Context, store Store, sha256 string) (size int64, kind string, err error) {
	body, err := store.Open(ctx, sha256)
	if err != nil {
		return 0, "", err
	}
	defer body.Close()
	if kind, err = KindOf(body); err != nil {
		return 0, "", err
	}
	size, err = body.Seek(0, io.SeekEnd)
	return size, kind, err
}
