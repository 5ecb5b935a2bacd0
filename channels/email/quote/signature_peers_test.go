package quote

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestPeersSignatureFound asks for every marked signature: is it folded, and is none of it among the words?
func TestPeersSignatureFound(t *testing.T) {
	var found, cases int
	ask := func(id, said, folded, want string) {
		cases++
		if strings.Contains(tight(folded), tight(want)) {
			found++
			return
		}
		t.Logf("%s: not found\n--- folded\n%s\n--- want\n%s\n--- said\n%s", id, folded, want, said)
	}
	dir := corpus(t, "signature")

	marked := strings.SplitAfterN(read(t, dir, "talon/P-102682_R_S"), "\n\n", 2)[1]
	_, want, _ := strings.Cut(marked, "#sig#")
	p := Split(strings.NewReplacer("#reply#", "", "#sig# ", "", "#sig#", "").Replace(marked))
	ask("P-102682_R_S", p.Said, p.Signature, strings.ReplaceAll(want, "#sig#", ""))

	from, body, _ := strings.Cut(read(t, dir, "talon/P-unicode_msg"), "\n")
	p = Split(body)
	ask("P-unicode_msg", p.Said, p.Signature, strings.TrimPrefix(from, "From:"))

	p = Split(read(t, dir, "talon/stripped-sparse_body"))
	ask("sparse", p.Said, p.Signature, read(t, dir, "talon/stripped-sparse_signature"))
	for _, name := range []string{"jeff", "short_url"} {
		p = Split(read(t, dir, "talon/stripped-"+name+"_body"))
		ask(name, p.Said, p.Signature, read(t, dir, "talon/stripped-"+name+"_sender"))
	}

	tail := commonTail(read(t, dir, "zammad/client_a_1.txt"), read(t, dir, "zammad/client_a_2.txt"))
	for _, name := range []string{"client_a_1.txt", "client_a_2.txt", "client_a_3.txt"} {
		p = Split(read(t, dir, "zammad/"+name))
		ask(name, p.Said, p.Signature, tail)
	}
	tail = commonTail(visible(t, read(t, dir, "zammad/client_c_1.html")), visible(t, read(t, dir, "zammad/client_c_3.html")))
	for _, name := range []string{"client_c_1.html", "client_c_2.html", "client_c_3.html"} {
		said, folded := SplitHTML(read(t, dir, "zammad/"+name))
		ask(name, visible(t, said), visible(t, folded), tail)
	}
	page := read(t, dir, "zammad/example1.html")
	said, folded := SplitHTML(page)
	_, want, _ = strings.Cut(visible(t, page), "~~~~~")
	ask("example1.html", visible(t, said), visible(t, folded), want)

	reportFound(t, "its own corpus", found, cases)
	// Crisp calls some header blocks signatures; what matters is that they are folded.
	for _, r := range rows(t, "crisp.jsonl") {
		for _, f := range r.Fragments {
			if r.Verified && f.Signature {
				p := Split(r.Input)
				ask(r.ID, p.Said, p.Signature+p.Quoted, f.Text)
			}
		}
	}
	reportFound(t, "that and Crisp", found, cases)
}

func reportFound(t *testing.T, area string, found, cases int) {
	t.Helper()
	t.Logf("signature, found in %s | %.1f %% of %d | ≥ 85 %%", area, percent(found, cases), cases)
	if percent(found, cases) < 85 {
		t.Errorf("%s: too few signatures are found", area)
	}
}

// TestPeersSignatureFalseCuts counts mails that lose own words to the signature: what the reply suites show to the reader,
// and messages of customers that have none at all.
func TestPeersSignatureFalseCuts(t *testing.T) {
	var wrong, cases int
	for _, file := range []string{"discourse.jsonl", "crisp.jsonl", "talon.jsonl"} {
		for _, r := range rows(t, file) {
			if strings.HasPrefix(file, "crisp") && !r.Verified || r.Kind == "html" {
				continue
			}
			cases++
			cut := Split(r.Input).Signature
			if cut != "" && strings.Contains(tight(r.Visible+r.Trimmed+r.Expected), tight(cut)) {
				t.Logf("%s: %q", r.ID, cut)
				wrong++
			}
		}
	}
	reportWrong(t, "suites", wrong, cases)

	wrong, cases = 0, 0
	for _, text := range customerTexts(t) {
		cases++
		if p := Split(text); p.Signature+p.Quoted != "" {
			t.Logf("%q: %q", p.Said, p.Signature+p.Quoted)
			wrong++
		}
	}
	reportWrong(t, "texts", wrong, cases)
}

func reportWrong(t *testing.T, area string, wrong, cases int) {
	t.Helper()
	t.Logf("signature, false cuts in %s | %.1f %% of %d | ≤ 5 %%", area, percent(wrong, cases), cases)
	if percent(wrong, cases) > 5 {
		t.Errorf("%s: too many false cuts", area)
	}
}

// customerTexts are messages without signatures: questions, and whole dialogues as one text.
func customerTexts(t *testing.T) []string {
	t.Helper()
	dir := corpus(t, "text")
	var all []string
	for _, name := range []string{"bitext-intents-test.csv", "bitext-intents-train.csv"} {
		f, err := os.Open(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		records, err := csv.NewReader(f).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range records[1:] {
			all = append(all, r[0])
		}
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*.jsonl"))
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		for s := newScanner(f); s.Scan(); {
			var talk struct {
				Turns []struct{ Utterance string }
			}
			if err := json.Unmarshal(s.Bytes(), &talk); err != nil {
				t.Fatal(err)
			}
			var b strings.Builder
			for _, turn := range talk.Turns {
				b.WriteString(turn.Utterance + "\n")
			}
			all = append(all, b.String())
		}
	}
	return all
}

func read(t *testing.T, dir, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// commonTail is the lines with which both texts end, blank ones aside.
func commonTail(a, b string) string {
	x, y := words(a), words(b)
	n := 0
	for n < len(x) && n < len(y) && tight(x[len(x)-1-n]) == tight(y[len(y)-1-n]) {
		n++
	}
	return strings.Join(x[len(x)-n:], "\n")
}

func words(s string) []string {
	var all []string
	for sc := bufio.NewScanner(strings.NewReader(s)); sc.Scan(); {
		if tight(sc.Text()) != "" {
			all = append(all, sc.Text())
		}
	}
	return slices.Clip(all)
}
