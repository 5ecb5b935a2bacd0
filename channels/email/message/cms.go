package message

// maxCMS is how deep the values of a signed message are looked into.
const maxCMS = 16

// oidSignedData is 1.2.840.113549.1.7.2 (RFC 5652, 5.1).
const oidSignedData = "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"

// signedContent takes the mail out of a CMS message that is signed and holds what it signs (RFC 5652, 5; RFC 8551, 3.5.2).
// The signature is not checked.
func signedContent(data []byte) (content []byte, ok bool) {
	info, ok := child(data, 0x30, 0) // ContentInfo
	if !ok {
		return nil, false
	}
	if kind, ok := child(info, 0x06, 0); !ok || string(kind) != oidSignedData {
		return nil, false
	}
	for _, step := range []struct {
		tag  byte
		skip int
	}{
		{0xa0, 1}, // content
		{0x30, 0}, // SignedData
		{0x30, 2}, // EncapsulatedContentInfo, behind the version and the digest algorithms
		{0xa0, 1}, // eContent, behind its type
	} {
		if info, ok = child(info, step.tag, step.skip); !ok {
			return nil, false
		}
	}
	return octets(info, 0)
}

// child is the body of the value behind the first skip ones, when it has this tag.
func child(data []byte, tag byte, skip int) (body []byte, ok bool) {
	for ; ; skip-- {
		got, body, rest, ok := value(data, 0)
		if !ok || skip == 0 {
			return body, ok && got == tag
		}
		data = rest
	}
}

// octets joins the pieces of an octet string, which BER lets a writer split.
func octets(data []byte, depth int) (all []byte, ok bool) {
	for len(data) > 0 {
		tag, body, rest, ok := value(data, 0)
		if !ok || depth > maxCMS {
			return nil, false
		}
		switch tag {
		case 0x04:
			all = append(all, body...)
		case 0x24:
			more, ok := octets(body, depth+1)
			if !ok {
				return nil, false
			}
			all = append(all, more...)
		default:
			return nil, false
		}
		data = rest
	}
	return all, true
}

// value reads one value in BER (X.690, 8.1): a tag, a length that may be left open, a body.
func value(data []byte, depth int) (tag byte, body, rest []byte, ok bool) {
	if len(data) < 2 || depth > maxCMS || data[0]&0x1f == 0x1f {
		return 0, nil, nil, false
	}
	tag, size := data[0], int(data[1])
	data = data[2:]
	switch {
	case size == 0x80:
		body, rest, ok = open(data, depth)
		return tag, body, rest, ok
	case size > 0x80:
		n := size & 0x7f
		if n > 4 || n > len(data) {
			return 0, nil, nil, false
		}
		size = 0
		for _, b := range data[:n] {
			size = size<<8 | int(b)
		}
		data = data[n:]
	}
	if size < 0 || size > len(data) {
		return 0, nil, nil, false
	}
	return tag, data[:size], data[size:], true
}

// open reads a body whose end is marked by two zeros.
func open(data []byte, depth int) (body, rest []byte, ok bool) {
	for at := 0; at+1 < len(data); {
		if data[at] == 0 && data[at+1] == 0 {
			return data[:at], data[at+2:], true
		}
		_, _, after, ok := value(data[at:], depth+1)
		if !ok {
			return nil, nil, false
		}
		at = len(data) - len(after)
	}
	return nil, nil, false
}
