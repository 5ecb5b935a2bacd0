package text_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// A mode is one way of showing documents, each in a frame of its own.
type mode struct {
	Name     string  `json:"mode"`
	Count    int     `json:"count"`
	Sandbox  *string `json:"sandbox"`  // nil: an ordinary frame
	Written  bool    `json:"written"`  // by document.write, watched; else by srcdoc
	Patience int     `json:"patience"` // milliseconds to wait for some frames at once

	document func(i int) string // "DETECTOR" in it becomes the script of testdata/detector.js
}

// told is what one frame had to say.
type told struct {
	Mode   string `json:"mode"`
	Number int    `json:"number"`
	What   string `json:"what"`
	Detail string `json:"detail"`
}

// A seance is one run of Chromium over all modes, with the whole internet in our hands: the page's own host is one
// server, every other name leads to another, which notes who calls.
type seance struct {
	mu       sync.Mutex
	now      string // the mode being shown
	told     []told
	late     map[string][]string // by mode: frames that did not finish
	requests map[string][]string // by mode: what was asked of other hosts, or of ours without being ours
	silent   map[string]int      // by mode: connections to other hosts on which nothing was asked
	finished chan struct{}
}

// watched refuses nothing and tells of every script and every load a document tries. Written frames inherit it.
const watched = "default-src 'none'; connect-src 'self'; img-src data:; style-src 'unsafe-inline'; script-src 'nonce-hearth' 'report-sample'"

// show drives Chromium through the modes.
func show(t *testing.T, modes []mode) *seance {
	t.Helper()
	chromium := findChromium(t)
	s := &seance{late: map[string][]string{}, requests: map[string][]string{}, silent: map[string]int{}, finished: make(chan struct{})}
	home := httptest.NewServer(s.home(t, modes))
	defer home.Close()
	outside, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer outside.Close()
	secure := httptest.NewTLSServer(nil)
	secure.Close() // only its certificate is wanted
	go s.world(outside, &tls.Config{Certificates: secure.TLS.Certificates, MinVersion: tls.VersionTLS12})

	ctx, cancel := context.WithTimeout(t.Context(), 8*time.Minute)
	defer cancel()
	browser := exec.CommandContext(ctx, chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
		"--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
		"--disable-dev-shm-usage", "--mute-audio", "--ignore-certificate-errors", "--window-size=400,400",
		"--disable-features=IsolateSandboxedIframes", "--user-data-dir="+t.TempDir(),
		// The browser's own calls home are none of a document's.
		"--host-resolver-rules=MAP accounts.google.com ~NOTFOUND, MAP *.googleapis.com ~NOTFOUND, "+
			"MAP hearth.test "+home.Listener.Addr().String()+", MAP * "+outside.Addr().String(),
		"http://hearth.test/run")
	browser.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // its children leave with it
	browser.Cancel = func() error { return syscall.Kill(-browser.Process.Pid, syscall.SIGKILL) }
	if err := browser.Start(); err != nil {
		t.Fatal(err)
	}
	left := make(chan error, 1)
	go func() { left <- browser.Wait() }()
	select {
	case <-s.finished:
	case err := <-left:
		t.Fatalf("Chromium left early: %v", err)
	}
	cancel()
	<-left
	return s
}

func findChromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("chromium is missing: that mail runs nothing is only proven in a real browser")
	}
	t.Skip("chromium is not installed: that mail runs nothing was not proven in a real browser")
	return ""
}

// home serves the page that shows the frames, the documents in them, and takes what they tell.
func (s *seance) home(t *testing.T, modes []mode) http.Handler {
	t.Helper()
	detector, err := os.ReadFile("testdata/detector.js")
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /run", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy-Report-Only", watched)
		http.ServeFile(w, r, "testdata/run.html")
	})
	mux.HandleFunc("GET /favicon.ico", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("GET /plan", func(w http.ResponseWriter, _ *http.Request) { _ = json.NewEncoder(w).Encode(modes) })
	mux.HandleFunc("GET /documents/{mode}/{from}/{count}", func(w http.ResponseWriter, r *http.Request) {
		name := r.PathValue("mode")
		s.mu.Lock()
		s.now = name
		s.mu.Unlock()
		m := modes[slices.IndexFunc(modes, func(m mode) bool { return m.Name == name })]
		from, _ := strconv.Atoi(r.PathValue("from"))
		count, _ := strconv.Atoi(r.PathValue("count"))
		documents := []string{}
		for i := from; i < min(from+count, m.Count); i++ {
			script := fmt.Sprintf("<script nonce=hearth>const MODE=%q,NUMBER=%d;%s</script>", name, i, detector)
			documents = append(documents, strings.Replace(m.document(i), "DETECTOR", script, 1))
		}
		_ = json.NewEncoder(w).Encode(documents)
	})
	mux.HandleFunc("POST /told", func(_ http.ResponseWriter, r *http.Request) {
		var batch struct {
			Mode string
			Told []told
			Late []string
		}
		if err := json.NewDecoder(r.Body).Decode(&batch); err != nil {
			t.Error(err)
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.told = append(s.told, batch.Told...)
		s.late[batch.Mode] = append(s.late[batch.Mode], batch.Late...)
	})
	mux.HandleFunc("POST /finished", func(http.ResponseWriter, *http.Request) { close(s.finished) })
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.asked(r)
		w.WriteHeader(http.StatusNotFound)
	})
	return mux
}

func (s *seance) asked(r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests[s.now] = append(s.requests[s.now], r.Method+" "+r.Host+r.URL.String())
}

// world is every other host there is, in plain HTTP and in TLS.
func (s *seance) world(listener net.Listener, secure *tls.Config) {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		opened := s.now // it may be given up long after
		s.mu.Unlock()
		go func() {
			defer conn.Close()
			reader := bufio.NewReader(conn)
			if first, err := reader.Peek(1); err == nil && first[0] == 0x16 { // TLS handshake, RFC 8446 section 5.1
				reader = bufio.NewReader(tls.Server(peeked{conn, reader}, secure))
			}
			if request, err := http.ReadRequest(reader); err == nil {
				s.asked(request)
				return
			}
			s.mu.Lock()
			defer s.mu.Unlock()
			s.silent[opened]++
		}()
	}
}

// peeked is a connection whose first bytes were looked at.
type peeked struct {
	net.Conn
	reader *bufio.Reader
}

func (p peeked) Read(b []byte) (int, error) { return p.reader.Read(b) }

// said lists what was told of some kinds in one mode, by frame.
func (s *seance) said(mode string, kinds ...string) map[int][]string {
	by := map[int][]string{}
	for _, m := range s.told {
		if m.Mode == mode && slices.Contains(kinds, m.What) {
			by[m.Number] = append(by[m.Number], m.What+" "+m.Detail)
		}
	}
	return by
}
