package message

import "strings"

// maxOpened is how many signed mails within each other are opened.
const maxOpened = 4

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

// isSMIME recognises a part that is a CMS message (RFC 8551, 3.2).
func isSMIME(p *part) bool {
	return p.kind == "application/pkcs7-mime" || p.kind == "application/x-pkcs7-mime"
}

// smime notes what protects the part and shows the mail inside when it is only signed; else the part is a file.
func (r *reader) smime(p *part, d disposition) []words {
	data := r.transfer(p)
	inner, signed := signedContent(data)
	switch kind := strings.ToLower(p.params["smime-type"]); {
	case kind == "certs-only", kind == "compressed-data":
	case signed, kind == "signed-data", strings.Contains(string(data[:min(len(data), 32)]), oidSignedData):
		r.protected("smime-signed")
	default:
		r.protected("smime-encrypted")
	}
	if r.opened++; !signed || len(inner) == 0 || r.opened > maxOpened {
		r.attach(r.attachment(p, d))
		return nil
	}
	s := &scanner{reader: r, data: inner}
	root, _ := s.part("")
	return r.gather(root, nil, true)
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
