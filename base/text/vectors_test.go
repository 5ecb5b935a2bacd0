package text_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/hearthdesk/hearth/base/text"
)

func TestPeersVectorsInARealBrowser(t *testing.T) {
	all := vectors(t)
	safe := map[string]bool{}
	for _, vector := range all {
		safe[text.SafeHTML(vector, text.Images{})] = true
	}
	rendered := make([]string, 0, len(safe)) // the same bytes do the same thing
	for document := range safe {
		rendered = append(rendered, document)
	}
	slices.Sort(rendered)
	distinct := len(rendered)
	// The first and third mode only prove that what the others find to be nothing would have been found; some do. The frame
	// is shown all of them in make peers, and here as many, for the policy has taken every one apart already.
	some := slices.Clone(all[:len(ours)])
	for i := len(ours); i < len(all); i += 16 {
		some = append(some, all[i])
	}
	// What the policy left closes what it opens, so here a page holds a dozen; in make peers each has one of its own.
	framedOnes := some
	if os.Getenv("HEARTH_EVERY_VECTOR") != "" {
		framedOnes = all
	} else {
		var pages []string
		for dozen := range slices.Chunk(rendered, 12) {
			pages = append(pages, strings.Join(dozen, "<hr>"))
		}
		rendered = pages
	}

	page := func(body string) string {
		return "<!doctype html><html><head><meta charset=utf-8>DETECTOR</head><body>" + body + "</body></html>"
	}
	// As in the product, but that the detector may run: when it does not, the sandbox holds; when the sandbox is opened
	// for it, the policy alone holds the vector.
	framed := func(vector string) string {
		return text.FrameDocument("DETECTOR"+vector, text.FramePolicy(false)+"; script-src 'nonce-hearth'")
	}
	scripts, sandbox := "allow-scripts allow-same-origin", text.FrameSandbox
	s := show(t, []mode{
		{Name: "raw", Count: len(some), Sandbox: &scripts, Written: true, Patience: 3_000, document: func(i int) string { return page(some[i]) }},
		{Name: "policy", Count: len(rendered), Written: true, Patience: 60_000, document: func(i int) string { return page(rendered[i]) }},
		{Name: "csp", Count: len(some), Sandbox: &scripts, Written: true, Patience: 3_000, document: func(i int) string { return framed(some[i]) }},
		{Name: "frame", Count: len(framedOnes), Sandbox: &sandbox, Patience: 60_000, document: func(i int) string { return framed(framedOnes[i]) }},
	})
	count := func(mode string, kinds ...string) int { return len(s.said(mode, kinds...)) }
	row := func(area string, figure int, of int, bar int) {
		t.Helper()
		t.Logf("HTML: %s | %d of %d | %d", area, figure, of, bar)
		if figure > bar {
			t.Errorf("%s: %d of %d", area, figure, of)
		}
	}

	t.Logf("HTML: the detector, on vectors as they are: scripts run | %d of %d | many", count("raw", "ran"), len(some))
	t.Logf("HTML: the detector, on vectors as they are: requests to other hosts | %d | many", len(s.requests["raw"]))
	if ran, calls := count("raw", "ran"), len(s.requests["raw"]); ran < max(10, (len(some)-len(ours))/3) || calls < 40 ||
		count("raw", "handler") == 0 || count("raw", "javascript") == 0 || count("raw", "element") == 0 || count("raw", "style") == 0 {
		t.Errorf("the detector sees too little to prove anything: %d scripts, %d requests", ran, calls)
	}
	for mode, documents := range map[string]int{"policy": len(rendered), "csp": len(some)} {
		if alive := count(mode, "alive"); alive != documents {
			t.Errorf("%s: the detector ran in %d of %d documents", mode, alive, documents)
		}
	}
	for _, mode := range []string{"policy", "frame"} {
		if late := s.late[mode]; len(late) > 0 {
			t.Errorf("%s: not finished: %v", mode, late)
		}
	}

	row("policy alone: scripts run", count("policy", "ran"), len(all), 0)
	row("policy alone: on* attributes", count("policy", "handler"), len(all), 0)
	row("policy alone: javascript: addresses", count("policy", "javascript"), len(all), 0)
	row("policy alone: forms, frames, media, style sheets", count("policy", "element"), len(all), 0)
	row("policy alone: styles that load or leave their place", count("policy", "style"), len(all), 0)
	row("policy alone: loads tried, requests, connections", count("policy", "loaded")+len(s.requests["policy"])+s.silent["policy"], len(all), 0)
	row("CSP alone: scripts run", count("csp", "ran"), len(some), 0)
	row("frame alone (sandbox and CSP): scripts run, the permitted one too", count("frame", "alive", "ran"), len(framedOnes), 0)
	// A picture of ours may be asked for, so that inline pictures can be seen; no GET of ours changes anything.
	others := slices.DeleteFunc(slices.Clone(s.requests["frame"]), func(asked string) bool { return strings.HasPrefix(asked, "GET hearth.test/") })
	row("frame alone (sandbox and CSP): requests to others, or to change something", len(others), len(framedOnes), 0)
	// Chromium opens connections for inner frames before it refuses them, and asks nothing on them.
	t.Logf("HTML: frame alone: connections opened and left silent | %d of %d | –", s.silent["frame"], len(framedOnes))
	t.Logf("HTML: vectors, distinct ones after the policy | %d, %d | –", len(all), distinct)
	if t.Failed() {
		t.Log(s.complaints(rendered, some))
	}
}

// complaints shows the first of what went wrong, with the document it went wrong in.
func (s *seance) complaints(rendered, some []string) string {
	var out strings.Builder
	for number, details := range s.said("policy", "ran", "handler", "javascript", "element", "style", "loaded") {
		fmt.Fprintf(&out, "policy: %q: %q\n", rendered[number], details)
	}
	for number, details := range s.said("csp", "ran") {
		fmt.Fprintf(&out, "csp: %q: %q\n", some[number], details)
	}
	for _, mode := range []string{"policy", "frame"} {
		fmt.Fprintf(&out, "%s: requests %q\n", mode, s.requests[mode])
	}
	return text.Cut(out.String(), 10_000)
}
