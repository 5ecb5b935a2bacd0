package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strings"
	"time"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Tables keeps the answers to requests that carried an Idempotency-Key.
var Tables = store.Migrations{Room: "web", FS: migrations}

// KeptFor is how long an Idempotency-Key is remembered.
const KeptFor = 7 * 24 * time.Hour

// longestKey is how long an Idempotency-Key may be.
const longestKey = 255

type kept struct {
	Request string `db:"request"`
	Status  int    `db:"status"`
	Kind    string `db:"kind"`
	Body    string `db:"body"`
}

// once answers a POST with an Idempotency-Key that was carried out before with the answer of then. The claim on the key
// commits together with the work (store.Once), so a crash between the two can lose the answer but never do the work twice.
func (a *API) once(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key := r.Header.Get("Idempotency-Key")
		if r.Method != http.MethodPost || key == "" || a.cfg.DB == nil || !strings.HasPrefix(r.URL.Path, Prefix) {
			next.ServeHTTP(w, r)
			return
		}
		who, ok := Asker(r.Context())
		if !ok {
			next.ServeHTTP(w, r) // will be refused, or is public and has no one to keep an answer for
			return
		}
		if len(key) > longestKey {
			a.Fail(w, r, fault.New(fault.Invalid, "idempotency_key.long", "The Idempotency-Key is longer than %d characters.", longestKey))
			return
		}
		route := a.route(r)
		body, err := whole(w, r, route.Limit)
		if err != nil {
			a.Fail(w, r, err)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		sum := sha256.Sum256(fmt.Appendf(nil, "%s %s\n%s", r.Method, r.URL.RequestURI(), body))
		request, name := hex.EncodeToString(sum[:]), who.Actor.String()+" "+key
		done, err := a.alone(r.Context(), name)
		if err != nil {
			return // the sender is gone
		}
		defer done()
		if a.replay(w, r, name, request) {
			return
		}
		rec := &recorder{header: http.Header{}}
		next.ServeHTTP(rec, r.WithContext(store.Once(r.Context(), name)))
		if rec.status == http.StatusConflict && bytes.Contains(rec.body.Bytes(), []byte(`"request.repeated"`)) && a.replay(w, r, name, request) {
			return // its twin on another node was faster
		}
		if rec.status < 300 && !route.Secret {
			a.keep(r.Context(), name, kept{request, rec.status, rec.header.Get("Content-Type"), rec.body.String()})
		}
		rec.sendTo(w)
	})
}

// whole reads a body of at most limit bytes.
func whole(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	if err = cutOff(err); err != nil && fault.Of(err) == nil {
		err = fault.New(fault.Invalid, "body.cut", "The body did not arrive whole.")
	}
	return body, err
}

// alone waits until no request of the same name runs in this process, so that a twin finds the answer kept. A twin on
// another node hears "request.repeated" while the first one runs, and when its answer was lost.
func (a *API) alone(ctx context.Context, name string) (done func(), err error) {
	mine := make(chan struct{})
	for {
		before, busy := a.running.LoadOrStore(name, mine)
		if !busy {
			return func() {
				a.running.Delete(name)
				close(mine)
			}, nil
		}
		theirs, _ := before.(chan struct{})
		select {
		case <-theirs:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (a *API) replay(w http.ResponseWriter, r *http.Request, name, request string) bool {
	var was kept
	var found bool
	err := a.cfg.DB.Read(r.Context(), func(tx *store.Tx) (err error) {
		was, found, err = store.Find[kept](tx, `SELECT request, status, kind, body FROM web_answers WHERE key = $1`, name)
		return err
	})
	switch {
	case err != nil:
		a.Fail(w, r, err)
	case !found:
		return false
	case was.Request != request:
		a.Fail(w, r, fault.New(fault.Invalid, "idempotency_key.reused", "This Idempotency-Key was used before for a different request."))
	default:
		w.Header().Set("Content-Type", was.Kind)
		w.Header().Set("Idempotent-Replayed", "true")
		w.WriteHeader(was.Status)
		_, _ = io.WriteString(w, was.Body) // a peer that is gone can't be told
	}
	return true
}

func (a *API) keep(ctx context.Context, name string, k kept) {
	err := a.cfg.DB.Write(context.WithoutCancel(ctx), store.System("web"), func(tx *store.Tx) error {
		return tx.Do(`INSERT INTO web_answers (key, request, status, kind, body, at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (key) DO NOTHING`,
			name, k.Request, k.Status, k.Kind, k.Body, tx.Now())
	})
	if err != nil {
		a.cfg.Log.WarnContext(ctx, "an answer was not kept; a repeat of its request will hear a conflict", "err", err)
	}
}

// Forget drops kept answers and claims older than KeptFor.
func Forget(tx *store.Tx) error {
	if err := tx.Do(`DELETE FROM web_answers WHERE at < $1`, tx.Now().Add(-KeptFor)); err != nil {
		return err
	}
	return tx.ForgetClaims(tx.Now().Add(-KeptFor))
}

// recorder holds an answer back until it is known whether it counts.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (r *recorder) Header() http.Header { return r.header }

func (r *recorder) WriteHeader(code int) {
	if r.status == 0 {
		r.status = code
	}
}

func (r *recorder) Write(b []byte) (int, error) {
	r.WriteHeader(http.StatusOK)
	return r.body.Write(b)
}

func (r *recorder) sendTo(w http.ResponseWriter) {
	r.WriteHeader(http.StatusOK)
	maps.Copy(w.Header(), r.header)
	w.WriteHeader(r.status)
	_, _ = w.Write(r.body.Bytes()) // a peer that is gone can't be told
}
