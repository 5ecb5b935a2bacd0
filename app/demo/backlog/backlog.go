// Package backlog lets a house be filled faster than a disk can be asked to be sure of each file.
package backlog

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"sync"

	"github.com/hearthdesk/hearth/base/files"
)

// hands is how many blobs are put at once: a disk is asked to be sure of many in the time it takes for one.
const hands = 24

// Files is a store of files whose Put does not wait: what it took is put behind its back, and Close waits for all of it.
// It is for filling a house that is thrown away when the filling fails.
type Files struct {
	files.Store
	ctx   context.Context //nolint:containedctx // of the filling, which it does not outlive
	crew  sync.WaitGroup
	turns chan struct{}

	mu    sync.Mutex
	known map[string]bool   // what was ever put
	held  map[string][]byte // what is on its way
	wrong error
}

// Of is the backlog of a store.
func Of(ctx context.Context, s files.Store) *Files {
	return &Files{Store: s, ctx: ctx, turns: make(chan struct{}, hands), known: map[string]bool{}, held: map[string][]byte{}}
}

// Put implements files.Store; trouble with an earlier blob is told by a later Put, or by Close.
func (b *Files) Put(_ context.Context, r io.Reader) (files.Blob, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return files.Blob{}, err
	}
	sum := sha256.Sum256(data)
	blob := files.Blob{SHA256: hex.EncodeToString(sum[:]), Size: int64(len(data))}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.known[blob.SHA256] || b.wrong != nil {
		return blob, b.wrong
	}
	b.known[blob.SHA256], b.held[blob.SHA256] = true, data
	b.crew.Go(func() { b.put(blob.SHA256, data) })
	return blob, nil
}

func (b *Files) put(name string, data []byte) {
	b.turns <- struct{}{}
	_, err := b.Store.Put(b.ctx, bytes.NewReader(data))
	<-b.turns
	b.mu.Lock()
	defer b.mu.Unlock()
	b.wrong = errors.Join(b.wrong, err)
	delete(b.held, name)
}

// Open implements files.Store.
func (b *Files) Open(ctx context.Context, sha256 string) (io.ReadSeekCloser, error) {
	b.mu.Lock()
	data, ok := b.held[sha256]
	b.mu.Unlock()
	if ok {
		return held{bytes.NewReader(data)}, nil
	}
	return b.Store.Open(ctx, sha256)
}

type held struct{ *bytes.Reader }

// Close implements io.Closer.
func (held) Close() error { return nil }

// Has implements files.Store.
func (b *Files) Has(ctx context.Context, sha256 string) (bool, error) {
	b.mu.Lock()
	_, ok := b.held[sha256]
	b.mu.Unlock()
	if ok {
		return true, nil
	}
	return b.Store.Has(ctx, sha256)
}

// Close waits until everything is where it belongs.
func (b *Files) Close() error {
	b.crew.Wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.wrong
}
