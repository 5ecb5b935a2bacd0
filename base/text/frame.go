package text

import "strings"

// FrameSandbox is the sandbox attribute of the frame a mail is shown in: links may open a window, nothing else happens.
const FrameSandbox = "allow-popups allow-popups-to-escape-sandbox"

// FramePolicy is the Content-Security-Policy of a shown mail: no script, no form, no frame, no style sheet or font from
// anywhere; images from data addresses, from ours (origins such as "https://desk.example"), and with remote from all.
func FramePolicy(remote bool, ours ...string) string {
	sources := append([]string{"data:"}, ours...)
	if remote {
		sources = append(sources, "https:", "http:")
	}
	return "default-src 'none'; img-src " + strings.Join(sources, " ") +
		"; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; sandbox " + FrameSandbox
}

// FrameDocument is the whole document of a shown mail, for srcdoc (escaped as any attribute) or as an answer of its own,
// under the policy, which comes first so that nothing stands before it.
//
// Its origin is opaque: requests for our own images carry no cookie, so their addresses must be rights in themselves.
func FrameDocument(body, policy string) string {
	return `<!doctype html><html><head><meta charset="utf-8">` +
		`<meta http-equiv="Content-Security-Policy" content="` + policy + `">` +
		`<meta http-equiv="x-dns-prefetch-control" content="off"><meta name="referrer" content="no-referrer">` +
		`<meta name="color-scheme" content="light"></head><body>` + body + `</body></html>`
}
