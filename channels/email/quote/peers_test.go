package quote

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/net/html"
)

// corpus is the folder of real material; a test without it is skipped.
func corpus(t *testing.T, kind string) string {
	t.Helper()
	dir := os.Getenv("HEARTH_CORPORA")
	if dir == "" {
		root, err := os.Getwd()
		if err != nil {
			t.Fatal(err)
		}
		for {
			if _, err := os.Stat(filepath.Join(root, "go.mod")); err == nil {
				break
			}
			if root == filepath.Dir(root) {
				t.Fatal("no go.mod above the test")
			}
			root = filepath.Dir(root)
		}
		dir = filepath.Join(root, "..", "shared", "corpora")
	}
	dir = filepath.Join(dir, kind)
	if _, err := os.Stat(dir); err != nil {
		t.Skip("corpora are not here: " + dir)
	}
	return dir
}

// row is one case of the reply suites.
type row struct {
	ID        string
	Kind      string
	Compare   string
	Input     string
	Verified  bool
	Visible   string `json:"expected_visible"`
	Trimmed   string `json:"expected_trimmed"`
	Elided    string `json:"expected_elided"`
	Before    string `json:"expected_before"`
	Embedded  string `json:"expected_embedded"`
	Expected  string
	Fragments []struct {
		Text      string
		Signature bool
	}
}

func rows(t *testing.T, file string) []row {
	t.Helper()
	f, err := os.Open(filepath.Join(corpus(t, "reply"), file))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []row
	for s := newScanner(f); s.Scan(); {
		var r row
		if err := json.Unmarshal(s.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
	return all
}

func newScanner(f *os.File) *bufio.Scanner {
	s := bufio.NewScanner(f)
	s.Buffer(nil, 16<<20)
	return s
}

// tally counts how often an answer is the expected one.
type tally struct{ cases, exact, loose int }

func (y *tally) judge(t *testing.T, id, got, want string) {
	t.Helper()
	y.cases++
	switch {
	case strings.TrimSpace(got) == strings.TrimSpace(want):
		y.exact++
		y.loose++
	case tight(got) == tight(want):
		y.loose++
		t.Logf("%s differs in white space", id)
	default:
		t.Logf("%s\n--- got\n%s\n--- want\n%s", id, got, want)
	}
}

func tight(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

func percent(part, whole int) float64 {
	if whole == 0 {
		return 0
	}
	return 100 * float64(part) / float64(whole)
}

// report prints one line of the table, with the figure when white space is ignored, and fails below the bar.
func report(t *testing.T, area string, figure, bar, loose float64) {
	t.Helper()
	t.Logf("%s | %.1f %% (white space aside %.1f %%) | ≥ %.0f %%", area, figure, loose, bar)
	if figure < bar {
		t.Errorf("%s: %.1f %% is below %.0f %%", area, figure, bar)
	}
}

func TestPeersDiscourse(t *testing.T) {
	var y tally
	for _, r := range rows(t, "discourse.jsonl") {
		y.judge(t, r.ID, Split(r.Input).Said, r.Trimmed)
	}
	report(t, "reply, Discourse", percent(y.exact, y.cases), 85, percent(y.loose, y.cases))
}

func TestPeersCrisp(t *testing.T) {
	var y tally
	for _, r := range rows(t, "crisp.jsonl") {
		if r.Verified {
			y.judge(t, r.ID, Split(r.Input).Said, r.Visible)
		}
	}
	report(t, "reply, Crisp", percent(y.exact, y.cases), 85, percent(y.loose, y.cases))
}

func TestPeersTalonPlain(t *testing.T) {
	var y tally
	for _, r := range rows(t, "talon.jsonl") {
		if r.Kind == "plain" {
			y.judge(t, r.ID, Split(r.Input).Said, r.Expected)
		}
	}
	report(t, "reply, talon", percent(y.exact, y.cases), 80, percent(y.loose, y.cases))
}

func TestPeersForward(t *testing.T) {
	var y tally
	for _, r := range rows(t, "discourse-forward.jsonl") {
		before, embedded, _ := Forwarded(r.Input)
		y.judge(t, r.ID, before+"\n===\n"+strings.TrimSpace(embedded), strings.TrimSpace(r.Before)+"\n===\n"+strings.TrimSpace(r.Embedded))
	}
	report(t, "forward, Discourse", percent(y.exact, y.cases), 85, percent(y.loose, y.cases))
}

// TestPeersTalonHTML compares documents as a browser would hold them, white space and the way of writing signs aside.
func TestPeersTalonHTML(t *testing.T) {
	var y tally
	for _, r := range rows(t, "talon.jsonl") {
		if r.Kind != "html" {
			continue
		}
		got, _ := SplitHTML(r.Input)
		if r.Compare == "exact" {
			y.judge(t, r.ID, got, r.Expected)
			continue
		}
		y.judge(t, r.ID, tight(redrawn(t, got)), tight(redrawn(t, r.Expected)))
	}
	report(t, "reply, talon HTML", percent(y.exact, y.cases), 80, percent(y.loose, y.cases))
}

func redrawn(t *testing.T, s string) string {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(s))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := html.Render(&b, doc); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestPeersTalonFiles(t *testing.T) {
	var y tally
	dir := corpus(t, "reply")
	pages, _ := filepath.Glob(filepath.Join(dir, "talon-html", "*.html"))
	for _, name := range pages {
		var want struct {
			Text string `json:"expected_text_ignoring_whitespace"`
		}
		readJSON(t, strings.TrimSuffix(name, ".html")+".expected.json", &want)
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		got, _ := SplitHTML(string(b))
		y.judge(t, filepath.Base(name), tight(visible(t, got)), tight(want.Text))
	}
	report(t, "reply, talon HTML files", percent(y.exact, y.cases), 80, percent(y.loose, y.cases))
}

func visible(t *testing.T, s string) string {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(s))
	if err != nil {
		t.Fatal(err)
	}
	w := walker{at: map[*html.Node]int{}}
	w.walk(doc, frame{})
	w.endLine()
	var b strings.Builder
	for _, l := range w.lines {
		b.WriteString(l.text + "\n")
	}
	return b.String()
}

func readJSON(t *testing.T, name string, v any) {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, v); err != nil {
		t.Fatal(err)
	}
}

// TestPeersTalonMails compares what is not quoted: talon leaves signatures where they are.
func TestPeersTalonMails(t *testing.T) {
	var y tally
	files, _ := filepath.Glob(filepath.Join(corpus(t, "reply"), "talon-eml", "*.eml"))
	for _, name := range files {
		var want struct{ Expected string }
		readJSON(t, strings.TrimSuffix(name, ".eml")+".expected.json", &want)
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		m, err := mail.ReadMessage(f)
		if err != nil {
			t.Fatal(err)
		}
		p := Split(firstText(t, textproto.MIMEHeader(m.Header), m.Body))
		f.Close()
		y.judge(t, filepath.Base(name), p.Said+"\n\n"+p.Signature, want.Expected)
	}
	report(t, "reply, talon mails", percent(y.exact, y.cases), 80, percent(y.loose, y.cases))
}

// firstText is the first part of type text/plain, decoded.
func firstText(t *testing.T, header textproto.MIMEHeader, body io.Reader) string {
	t.Helper()
	kind, params, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasPrefix(kind, "multipart/") {
		part, err := multipart.NewReader(body, params["boundary"]).NextRawPart()
		if err != nil {
			t.Fatal(err)
		}
		return firstText(t, part.Header, part)
	}
	switch header.Get("Content-Transfer-Encoding") {
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	}
	b, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestPeersNothingIsLost holds every input of the suites, those without an expected result too.
func TestPeersNothingIsLost(t *testing.T) {
	files, _ := filepath.Glob(filepath.Join(corpus(t, "reply"), "*.jsonl"))
	cases := 0
	for _, name := range files {
		for _, r := range rows(t, filepath.Base(name)) {
			cases++
			checkParts(t, r.Input, Split(r.Input))
		}
	}
	t.Logf("reply, nothing lost and never empty | %d of %d | all", cases, cases)
}
