package push

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"syscall"
	"time"

	"github.com/SherClockHolmes/webpush-go"

	"github.com/hearthdesk/hearth/base/due"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
)

// letter is a note ready to be sent: to where, in which words, under whose name.
type letter struct {
	to      webpush.Subscription
	title   string
	public  string
	private string
}

// send tells one browser one thing. What it may not or need not hear any more counts as done.
func (s *Sender) send(ctx context.Context, j due.Job) (func(tx *store.Tx) error, error) {
	var what job
	if err := j.Into(&what); err != nil {
		return nil, err
	}
	if s.cfg.DB.Now().Sub(j.Put) > stale {
		return nil, nil //nolint:nilnil // done, and nothing follows from it
	}
	forget := func(tx *store.Tx) error { return remove(tx, what.To) }
	l, there, err := s.write(ctx, what)
	if err != nil {
		return nil, err
	}
	if !there {
		return forget, nil
	}
	body, err := json.Marshal(map[string]string{"title": l.title, "path": what.Path, "tag": what.Topic})
	if err != nil {
		return nil, due.GiveUp(err)
	}
	res, err := webpush.SendNotificationWithContext(ctx, body, &l.to, &webpush.Options{
		HTTPClient: s.cfg.Client, Subscriber: subscriber(s.cfg.Base()), Topic: what.Topic, TTL: int(keeps.Seconds()), Urgency: webpush.UrgencyHigh,
		RecordSize: 1024, VAPIDPublicKey: l.public, VAPIDPrivateKey: l.private,
	})
	if err != nil {
		return nil, fmt.Errorf("push: %w", hideAddress(err))
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 64<<10)) // so that the connection can be used again
	return s.settle(ctx, res, forget)
}

// subscriber is whom a push service may write to about us (RFC 8292, 2.1): our address, or somebody's where that is none.
func subscriber(base string) string {
	u, err := url.Parse(base)
	switch {
	case err != nil || u.Hostname() == "":
		return "postmaster@localhost"
	case u.Scheme == "https":
		return base
	}
	return "postmaster@" + u.Hostname()
}

// hideAddress takes the address out of an error: it is as good as a key, and errors are shown and logged.
func hideAddress(err error) error {
	for errors.Unwrap(err) != nil {
		err = errors.Unwrap(err)
	}
	return err
}

// settle says what an answer of a push service means (RFC 8030, 5 and 7.3).
func (s *Sender) settle(ctx context.Context, res *http.Response, forget func(tx *store.Tx) error) (func(tx *store.Tx) error, error) {
	switch code := res.StatusCode; {
	case code >= 200 && code < 300:
		return nil, nil //nolint:nilnil // done, and nothing follows from it
	case code == http.StatusTooManyRequests, code >= 500:
		err := fmt.Errorf("push: the push service answered %d", code)
		if wait, bad := strconv.Atoi(res.Header.Get("Retry-After")); bad == nil && wait > 0 {
			err = due.Later(err, s.cfg.DB.Now().Add(min(time.Duration(wait)*time.Second, stale)))
		}
		return nil, err
	case code == http.StatusNotFound, code == http.StatusGone: // the phone wants to hear nothing any more
		return forget, nil
	default: // a clock of ours that is wrong is refused as well: the note is lost, and the phone stays
		s.cfg.Log.WarnContext(ctx, "a push service refused a note", "status", code)
		return nil, nil //nolint:nilnil // nothing follows from it
	}
}

// write finds out what to send; there is false when the subscription or its session has ended.
func (s *Sender) write(ctx context.Context, what job) (l letter, there bool, err error) {
	var k pair
	var sub kept
	err = s.cfg.DB.Read(ctx, func(tx *store.Tx) error {
		if sub, there, err = find(tx, what.To); err != nil || !there {
			return err
		}
		if k, there, err = keys(tx); err != nil || !there {
			return err
		}
		l.title, there, err = s.cfg.Title(tx, sub.Staff, sub.Session, what.Say)
		return err
	})
	if err != nil || !there {
		return l, false, err
	}
	l.public = k.Public
	private, err := s.unseal(purpose, k.Sealed)
	if err != nil {
		return l, false, err
	}
	l.private = string(private)
	b, err := s.unseal(reaching, sub.Sealed)
	if err != nil {
		return l, false, err
	}
	return l, true, json.Unmarshal(b, &l.to)
}

func (s *Sender) unseal(what, sealed string) ([]byte, error) {
	b, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil {
		return nil, err
	}
	return s.cfg.Keys.Open(what, b)
}

var errInner = errors.New("push: this address is not out in the world")

// careful is a client that reaches public addresses only, and follows nowhere: where to send is what a browser said, and
// nobody is to reach by us what stands beside us.
func careful() *http.Client {
	dial := &net.Dialer{Timeout: 10 * time.Second, Control: func(_, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil {
			return err
		}
		if !web.OnTheInternet(at.Addr()) {
			return errInner
		}
		return nil
	}}
	return &http.Client{
		Timeout:       30 * time.Second,
		Transport:     &http.Transport{DialContext: dial.DialContext, ForceAttemptHTTP2: true, TLSHandshakeTimeout: 10 * time.Second, IdleConnTimeout: time.Minute},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
