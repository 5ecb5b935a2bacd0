package text

import "strings"

// FrameSandbox is the sandbox attribute of the frame a mail is shown in: links may open a window, nothing else happens.
//
// The frame keeps the origin of the page around it, so that the page can measure it and our own images know who asks. Only
// a script inside could make use of that, and there is none: neither the sandbox nor the policy lets one run (ADR 6).
const FrameSandbox = "allow-same-origin allow-popups allow-popups-to-escape-sandbox"

// FramePolicy is the Content-Security-Policy of a shown mail: no script, no form, no frame, no style sheet or font from
// anywhere; images from data addresses and from ourselves, and with remote from all.
func FramePolicy(remote bool) string {
	sources := "data: 'self'"
	if remote {
		sources += " https: http:"
	}
	return "default-src 'none'; img-src " + sources + "; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; sandbox " + FrameSandbox
}

// FrameDocument is the whole document of a shown mail, for srcdoc (escaped as any attribute) or as an answer of its own,
// under the policy, which comes first so that nothing stands before it. Mails are written for white paper, so they get it
// whatever the page around them looks like.
func FrameDocument(body, policy string) string {
	return `<!doctype html><html><head><meta charset="utf-8">` +
		`<meta http-equiv="Content-Security-Policy" content="` + forMeta(policy) + `">` +
		`<meta http-equiv="x-dns-prefetch-control" content="off"><meta name="referrer" content="no-referrer">` +
		`<meta name="color-scheme" content="light"><style>` + paper + `</style></head><body>` + body + `</body></html>`
}

// forMeta is a policy as a document may carry it within: a sandbox comes only with the answer or the frame.
func forMeta(policy string) string {
	kept := []string{}
	for part := range strings.SplitSeq(policy, ";") {
		if part = strings.TrimSpace(part); part != "" && !strings.HasPrefix(part, "sandbox") {
			kept = append(kept, part)
		}
	}
	return strings.Join(kept, "; ")
}

// paper is how a mail looks that says nothing about it. Nothing is wider than the frame where it can be helped: what can't be
// broken is scrolled.
const paper = `html{color-scheme:light;background:#fff}` +
	`body{margin:0;padding:1px 0;color:#1f1f1f;background:#fff;font:14px/1.55 Inter,system-ui,-apple-system,"Segoe UI",sans-serif;overflow-wrap:anywhere}` +
	`img{max-width:100%}img:not([height]){height:auto}table{max-width:100%}pre{white-space:pre-wrap}` +
	`blockquote{margin:.5em 0 .5em .25em;padding-left:.75em;border-left:2px solid #d5d5d5}` +
	`p{margin:0 0 .75em}a{color:#0b57d0}`
