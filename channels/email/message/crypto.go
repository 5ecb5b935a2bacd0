package message

import (
	"bytes"
	"strings"
)

// recogniseSecurity notes a multipart that is signed or encrypted (RFC 1847; RFC 3156 for PGP, RFC 8551 for S/MIME).
func (r *reader) recogniseSecurity(p *part) {
	protocol := strings.ToLower(p.params["protocol"])
	if protocol == "" && len(p.children) > 1 {
		protocol = p.children[len(p.children)-1].kind // the signature
		if p.kind == "multipart/encrypted" {
			protocol = p.children[0].kind // the control part
		}
	}
	scheme := "pgp"
	if strings.Contains(protocol, "pkcs7") {
		scheme = "smime"
	}
	switch p.kind {
	case "multipart/signed":
		r.protected(scheme + "-signed")
	case "multipart/encrypted":
		r.protected(scheme + "-encrypted")
	}
}

// recogniseSMIME notes a part that is a CMS message (RFC 8551, 3.2).
func (r *reader) recogniseSMIME(p *part) {
	switch p.kind {
	case "application/pkcs7-mime", "application/x-pkcs7-mime":
	default:
		return
	}
	switch strings.ToLower(p.params["smime-type"]) {
	case "signed-data":
		r.protected("smime-signed")
		return
	case "enveloped-data", "authenveloped-data":
		r.protected("smime-encrypted")
		return
	case "certs-only", "compressed-data":
		return
	}
	// the first object identifier of the bytes is 1.2.840.113549.1.7.2 for signed data
	data := r.transfer(p)
	if bytes.Contains(data[:min(len(data), 32)], []byte("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02")) {
		r.protected("smime-signed")
		return
	}
	r.protected("smime-encrypted")
}

// recogniseInlinePGP notes armour in the words or the files themselves, as mails had it before RFC 3156.
func (r *reader) recogniseInlinePGP() {
	text := r.m.Text
	switch {
	case hasLine(text, "-----BEGIN PGP SIGNED MESSAGE-----"):
		r.protected("pgp-inline-signed")
	case hasLine(text, "-----BEGIN PGP MESSAGE-----"):
		r.protected("pgp-inline-encrypted")
	}
}

// protected notes the outermost protection, which is met first.
func (r *reader) protected(how string) {
	if r.m.Crypto == "" {
		r.m.Crypto = how
	}
}

// hasLine says whether a line of the text, not a quoted one, begins so.
func hasLine(text, start string) bool {
	return strings.HasPrefix(text, start) || strings.Contains(text, "\n"+start)
}
