//go:build unix

package quote

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestHostileMailsTakeLessThanASecond holds mails that were built, or happened, to keep a reader busy.
func TestHostileMailsTakeLessThanASecond(t *testing.T) {
	const mega = 1 << 20
	fill := func(s string) string { return strings.Repeat(s, mega/len(s)) }
	mails := map[string]string{
		"one line of marks":                   fill(">"),
		"a mark on each line":                 fill(">\n"),
		"marks with blanks between":           fill("> "),
		"blanks":                              fill(" "),
		"blank lines":                         fill("\n"),
		"blanks and line ends":                fill(" \n"),
		"no-break spaces":                     fill("\u00a0"),
		"one long word":                       fill("a"),
		"words":                               "Hello\n" + fill("word "),
		"introductions that never end":        fill("On Mon, 5 May 2026 at 10:00, Anna Berg\n"),
		"introductions":                       fill("On Mon, 5 May 2026 at 10:00, Anna Berg <a@b.example> wrote:\n"),
		"introductions and answers":           fill("On Mon, 5 May 2026 at 10:00, Anna Berg <a@b.example> wrote:\n> yes\nno\n"),
		"the word On":                         fill("On "),
		"the word On on each line":            fill("On\n"),
		"introductions in one line":           fill("On 5 May 2026 at 10:00 a@b.example wrote: "),
		"header lines that never are a block": fill("From: Berlin\nTo: Hamburg\n"),
		"colons":                              fill(":"),
		"From and colons":                     "From:" + fill("x:"),
		"delimiters":                          fill("-- \n"),
		"delimiters and text":                 fill("-- \ntext\n"),
		"rules":                               fill("_"),
		"short rules":                         fill("__\n"),
		"rules and names":                     fill("____\nAnna Berg\n"),
		"fences":                              fill("```\n"),
		"addresses":                           fill("anna@berg.example\n"),
		"at signs":                            fill("@"),
		"brackets":                            fill("<"),
		"telephone numbers":                   fill("Tel.: +49 30 123456\n"),
		"disclaimers":                         fill("This confidential and privileged mail is for the intended recipient only, if you please.\n"),
		"small print in one paragraph":        fill("confidential\n"),
		"closings":                            fill("Best regards\n"),
		"closings and names":                  fill("Best regards\nAnna Berg\n"),
		"phone signatures":                    fill("Sent from my iPhone\n"),
		"phone signatures in one line":        fill("Sent from my iPhone "),
		"answers between citations":           fill("> a\n\nb\n\n"),
		"citations far apart":                 fill("> a\n\n\n\n\n\n\n\n\n\n\n\n\n"),
		"initials":                            "On 5 May 2026 at 10:00 a@b.example wrote:\n> x\n" + fill("JD> "),
		"torn links":                          fill("> http://a.example/\nb)\n"),
		"bytes that are no text":              fill("\xff\xfe"),
		"marks of direction":                  fill("\u202a"),
		"carriage returns":                    fill("\r"),
		"dashes with words between":           fill("--- a ---"),
	}
	for name, mail := range mails {
		t.Run(name, func(t *testing.T) {
			within(t, "Split", func() { checkParts(t, mail, Split(mail)) })
			within(t, "Forwarded", func() { Forwarded(mail) })
			within(t, "SplitHTML", func() { SplitHTML(mail) })
			page := strings.ReplaceAll(mail[:mega/4], "\n", "<br>")
			within(t, "SplitHTML of lines", func() { SplitHTML(page) })
			within(t, "SplitHTML preformatted", func() { SplitHTML("<pre>" + mail[:mega/4]) })
		})
	}
}

// within measures the work of the processor, for the machine may be busy with other things.
func within(t *testing.T, name string, work func()) {
	t.Helper()
	began := processor(t)
	work()
	if took := processor(t) - began; took > time.Second {
		t.Errorf("%s took %v", name, took)
	}
}

func processor(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func TestHostilePagesTakeLessThanASecond(t *testing.T) {
	const mega = 1 << 20
	fill := func(s string) string { return strings.Repeat(s, mega/len(s)) }
	pages := map[string]string{
		"nested citations":          fill("<blockquote>"),
		"nested frames":             fill("<div>"),
		"nested frames that end":    strings.Repeat("<div class=gmail_quote>", 400) + fill("a<br>") + strings.Repeat("</div>", 400),
		"line ends":                 fill("<br>"),
		"line ends in preformatted": "<pre>" + fill("a\n"),
		"cells":                     "<table><tr>" + fill("<td>a"),
		"attributes":                "<div " + fill("a=b "),
		"classes":                   "<div class='" + fill("x ") + "'>a</div>",
		"entities":                  fill("&gt;"),
		"tables in tables":          fill("<table><tr><td>"),
		"pictures":                  fill("<img src=x>"),
	}
	for name, page := range pages {
		t.Run(name, func(t *testing.T) {
			within(t, "SplitHTML", func() { SplitHTML(page) })
		})
	}
}

func TestPeersPathological(t *testing.T) {
	b, err := os.ReadFile(filepath.Join(corpus(t, "reply"), "github", "pathological.txt"))
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	p := Split(string(b))
	t.Logf("reply, pathological.txt | %v | < 1 s", time.Since(began))
	checkParts(t, string(b), p)
	within(t, "Split", func() { Split(string(b)) })
}
