package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/staff"
)

// Local is the door for whoever holds the data folder: the whole API, with every permission, and the errands of care.
func (h *House) Local() http.Handler {
	api := web.Trusted(h.API, holder())
	mux := http.NewServeMux()
	mux.Handle("/api/", api)
	mux.HandleFunc("POST /local/backup", told(h, func(r *http.Request, progress func(done, all int64)) (Saved, error) {
		return h.Backup(r.Context(), r.URL.Query().Get("file"), progress)
	}))
	mux.HandleFunc("POST /local/export", told(h, func(r *http.Request, progress func(done, all int64)) (Exported, error) {
		return h.Export(r.Context(), r.URL.Query().Get("folder"), progress)
	}))
	mux.HandleFunc("GET /local/doctor", h.answer(func(r *http.Request) (any, error) { return h.Examine(r.Context()) }))
	mux.HandleFunc("POST /local/import", h.answer(h.importMail))
	mux.HandleFunc("POST /local/tokens", h.answer(h.token))
	mux.HandleFunc("POST /local/staff", h.answer(h.newcomer))
	return mux
}

func (h *House) answer(do func(r *http.Request) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		out, err := do(r)
		if err != nil {
			h.API.Fail(w, r, err)
			return
		}
		_ = web.Send(w, http.StatusOK, out) // a peer that is gone can't be told
	}
}

// Client is the command line's way in: to the running server, or to a house it built for itself.
type Client struct {
	http   *http.Client
	direct http.Handler
	house  *House // behind direct
	close  func() error
}

// Connect finds the server that runs on the data folder. Where none runs, it takes the folder and builds the house.
func Connect(ctx context.Context, s Settings) (*Client, error) {
	at, err := s.socket()
	if err != nil {
		return nil, err
	}
	l, err := lock(s)
	if f := fault.Of(err); f != nil && f.Code == "data.locked" {
		return beside(at), nil
	}
	if err != nil {
		return nil, err
	}
	h, err := Build(ctx, s)
	if err != nil {
		return nil, errors.Join(err, l.Unlock())
	}
	return &Client{direct: h.Local(), house: h, close: func() error {
		// What the errand left to do is done before the folder is given back.
		err := h.DB.CatchUp(context.WithoutCancel(ctx), h.Followers...)
		return errors.Join(err, h.Close(), l.Unlock())
	}}, nil
}

// Close gives the data folder back.
func (c *Client) Close() error { return c.close() }

// Do sends a request and reads the answer into out (nil to ignore it); a problem comes back as the fault it was.
func (c *Client) Do(ctx context.Context, method, path string, in, out any) error {
	body, kind := io.Reader(nil), "application/json"
	switch v := in.(type) {
	case nil:
	case []byte:
		body, kind = bytes.NewReader(v), "application/octet-stream"
	case json.RawMessage: // as it is, even when it is no JSON
		body = bytes.NewReader(v)
	default:
		b, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(b)
	}
	r, err := http.NewRequestWithContext(ctx, method, "http://hearth"+path, body)
	if err != nil {
		return err
	}
	if in != nil {
		r.Header.Set("Content-Type", kind)
	}
	res, err := c.send(r)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode >= http.StatusBadRequest {
		return faultFrom(res)
	}
	if out == nil {
		return nil
	}
	return json.NewDecoder(res.Body).Decode(out)
}

func (c *Client) send(r *http.Request) (*http.Response, error) {
	if c.direct != nil {
		if r.Body == nil {
			r.Body = http.NoBody
		}
		w := httptest.NewRecorder()
		c.direct.ServeHTTP(w, r)
		return w.Result(), nil
	}
	res, err := c.http.Do(r)
	if errors.Is(err, os.ErrNotExist) || isRefused(err) {
		return nil, fault.New(fault.Internal, "server.starting", "Another program holds the data folder and does not answer; if a server is just starting, try again in a moment.")
	}
	return res, err
}

func isRefused(err error) bool {
	_, ok := errors.AsType[*net.OpError](err)
	return ok
}

func faultFrom(res *http.Response) error {
	var p web.Problem
	if err := json.NewDecoder(res.Body).Decode(&p); err != nil || p.Detail == "" {
		return fmt.Errorf("the server answered %s", res.Status)
	}
	return &fault.Fault{Kind: p.Kind, Code: p.Code, Say: p.Detail, Fields: p.Fields, Values: p.Values}
}

// Query writes a path with a query.
func Query(path string, pairs ...string) string {
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			v.Set(pairs[i], pairs[i+1])
		}
	}
	return strings.TrimSuffix(path+"?"+v.Encode(), "?")
}

// holder is whoever holds the data folder.
func holder() web.Who {
	return web.Everything(store.Actor{Kind: store.SystemKind, ID: "cli", Via: "cli"})
}

// token makes a token for somebody, named by address or id.
func (h *House) token(r *http.Request) (any, error) {
	var in struct {
		Staff, Name string
		Scopes      []string
	}
	if err := decode(r, &in); err != nil {
		return nil, err
	}
	var id staff.ID
	if id.UnmarshalText([]byte(in.Staff)) != nil {
		err := h.DB.Read(r.Context(), func(tx *store.Tx) error {
			m, ok, err := h.Staff.ByEmail(tx, in.Staff)
			if err == nil && !ok {
				err = fault.New(fault.NotFound, "staff.unknown", "Nobody on the staff has the address %s.", in.Staff)
			}
			id = m.ID
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return h.Staff.CreateToken(r.Context(), holder(), id, in.Name, in.Scopes)
}

func decode(r *http.Request, into any) error {
	if err := json.NewDecoder(http.MaxBytesReader(nil, r.Body, 64<<10)).Decode(into); err != nil {
		return fault.New(fault.Invalid, "request.invalid", "The body is not the JSON that is expected here.")
	}
	return nil
}

// newcomer adds somebody to the staff, with a password or with a link to choose one.
func (h *House) newcomer(r *http.Request) (any, error) {
	var in struct{ Email, Name, Role, Password string }
	if err := decode(r, &in); err != nil {
		return nil, err
	}
	m, link, err := h.Staff.Add(r.Context(), holder(), staff.Newcomer{Email: in.Email, Name: in.Name, Role: in.Role, Password: in.Password})
	return staff.Joining{Member: m, Link: link}, err
}

// Running says whether a server runs on the data folder and answers.
func Running(ctx context.Context, s Settings) bool {
	at, err := s.socket()
	return err == nil && beside(at).Do(ctx, http.MethodGet, "/local/doctor", nil, nil) == nil
}

// beside is a client of the server behind a socket.
func beside(socket string) *Client {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", socket)
	}
	return &Client{http: &http.Client{Transport: &http.Transport{DialContext: dial}}, close: func() error { return nil }}
}
