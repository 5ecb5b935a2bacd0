package text_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jhillyerd/enmime/v2"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/hearthdesk/hearth/base/text"
)

func TestPeersNewslettersStayReadable(t *testing.T) {
	dir := corpora(t, "html")
	if dir == "" {
		t.Skip("there are no newsletters to read")
	}
	for _, kind := range []string{"postmark-templates", "spamassassin-hardham"} {
		paths, err := filepath.Glob(filepath.Join(dir, kind, "*"))
		if err != nil {
			t.Fatal(err)
		}
		all, lost, read := 0, 0, 0
		for _, path := range paths {
			page := newsletter(t, path)
			if page == "" {
				continue
			}
			read++
			kept := map[string]int{}
			for _, word := range visible(t, text.SafeHTML(page, text.Images{})) {
				kept[word]++
			}
			missing := []string{}
			words := visible(t, page)
			for _, word := range words {
				if kept[word]--; kept[word] < 0 {
					missing = append(missing, word)
				}
			}
			all, lost = all+len(words), lost+len(missing)
			if len(missing)*100 > len(words) {
				t.Errorf("%s lost %d of %d words: %.200q", filepath.Base(path), len(missing), len(words), missing)
			}
		}
		t.Logf("HTML: words lost of %d of %s | %.2f %% (%d of %d) | ≤ 1 %%", read, kind, 100*float64(lost)/float64(max(all, 1)), lost, all)
		if read == 0 || all < 1000 {
			t.Errorf("only %d words in %d newsletters", all, read)
		}
	}
}

// newsletter is the HTML of a file: the page itself, or that part of a mail.
func newsletter(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasSuffix(path, ".html") {
		return string(data)
	}
	if bytes.HasPrefix(data, []byte("From ")) {
		_, data, _ = bytes.Cut(data, []byte("\n"))
	}
	mail, err := enmime.ReadEnvelope(bytes.NewReader(data))
	if err != nil {
		t.Logf("%s is no mail: %v", filepath.Base(path), err)
		return ""
	}
	return mail.HTML
}

// visible are the words a browser shows of a page.
func visible(t *testing.T, page string) []string {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var words strings.Builder
	var look func(node *html.Node)
	look = func(node *html.Node) {
		switch node.DataAtom {
		case atom.Script, atom.Style, atom.Title, atom.Template, atom.Noscript, atom.Iframe:
			return
		case 0, atom.A, atom.B, atom.Strong, atom.I, atom.Em, atom.U, atom.Font, atom.Span, atom.Small, atom.Big, atom.Sub, atom.Sup, atom.Tt:
		default:
			words.WriteByte(' ') // words do not run on from one block to the next
		}
		if node.Type == html.TextNode {
			words.WriteString(node.Data)
		}
		for child := range node.ChildNodes() {
			look(child)
		}
	}
	look(root)
	return strings.Fields(words.String())
}

func BenchmarkSafeHTML(b *testing.B) {
	page := strings.Repeat(`<tr><td style="padding:10px 0;font-family:Arial,sans-serif;color:#333"><a href="https://shop.example/offers?id=17&amp;ref=mail">`+
		`<img src="https://cdn.example/a.jpg" width="200" alt="Boots"></a><p style="margin:0;font-size:14px">Warm boots, now 20 % less.</p></td></tr>`, 100)
	b.SetBytes(int64(len(page)))
	for b.Loop() {
		text.SafeHTML("<table>"+page+"</table>", text.Images{})
	}
}
