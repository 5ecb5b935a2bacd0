// Package files keeps what customers send and what is sent to them: raw mails, attachments, recordings.
//
// A blob is named by the SHA-256 of its bytes, so the same picture in a thousand signatures is kept once and nothing can
// be changed unseen. Blobs lie in a folder or in an S3 bucket, in both under ab/abcd…; once Put has answered they
// survive a crash. A blob is put before the transaction that names it; what no transaction named is swept away later,
// which Delete makes safe by sparing what was put again meanwhile.
package files

import (
	"context"
	"encoding/hex"
	"errors"
	"io"
	"strings"
	"syscall"
	"time"

	"github.com/hearthdesk/hearth/base/fault"
)

// Blob is something kept: its SHA-256 in lower-case hexadecimal, and its size in bytes.
type Blob struct {
	SHA256 string
	Size   int64
}

// Store keeps blobs.
type Store interface {
	// Put keeps all of r and names it; what is there already counts as put now. Nothing is kept when r or ctx fails.
	Put(ctx context.Context, r io.Reader) (Blob, error)
	// Open reads a blob from its beginning; a NotFound fault when it is not there.
	Open(ctx context.Context, sha256 string) (io.ReadSeekCloser, error)
	// Has reports whether a blob is there.
	Has(ctx context.Context, sha256 string) (bool, error)
	// Delete removes a blob that was last put before a moment, whenever it was put when that is the zero time. It is no
	// error when the blob is younger or not there.
	Delete(ctx context.Context, sha256 string, before time.Time) error
	// Walk calls fn for every blob and the moment it was last put, until fn fails; blobs put meanwhile may be missed.
	Walk(ctx context.Context, fn func(blob Blob, put time.Time) error) error
}

// Open is the store at an address: s3://KEY:SECRET@host/bucket/prefix (see OpenBucket), or the folder when it is empty.
func Open(ctx context.Context, address, folder string) (Store, error) {
	if address == "" {
		return OpenFolder(folder)
	}
	return OpenBucket(ctx, address)
}

// place is where a blob lies below the root of either store; a NotFound fault when sha256 cannot be the name of one.
func place(sha256 string) (string, error) {
	if !isName(sha256) {
		return "", missing(sha256)
	}
	return sha256[:2] + "/" + sha256, nil
}

func isName(s string) bool {
	b, err := hex.DecodeString(s)
	return err == nil && len(b) == 32 && s == strings.ToLower(s)
}

func missing(sha256 string) error {
	return fault.New(fault.NotFound, "files.missing", "There is no file %.64q.", sha256)
}

// plainly says what people can do something about.
func plainly(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fault.New(fault.Internal, "files.full", "There is no room left where files are kept; this one was not saved. Free some space and try again.")
	}
	return err
}

// patient reads until ctx is done.
type patient struct {
	ctx context.Context //nolint:containedctx // it lives as long as one Put
	io.Reader
}

func (p patient) Read(b []byte) (int, error) {
	if err := p.ctx.Err(); err != nil {
		return 0, err
	}
	return p.Reader.Read(b)
}
