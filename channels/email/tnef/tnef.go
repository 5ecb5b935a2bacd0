// Package tnef opens winmail.dat, the wrapping Outlook and Exchange put around what a customer meant to send as files
// and words, so that the desk sees a document and not a lump of bytes.
//
// The layout is that of Microsoft's [MS-OXTNEF]: a list of attributes, some of which hold lists of MAPI properties. Every
// length is checked against the bytes that are there, and what was read before a fault is kept.
package tnef

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
)

// ErrFormat says that the bytes are not TNEF, or stop being so part of the way.
var ErrFormat = errors.New("tnef: broken or cut short")

// File is something that was attached. Name and Type are as the sender's program wrote them, and may be empty.
type File struct {
	Name      string
	Type      string // media type
	ContentID string // without angle brackets
	Data      []byte
	IsMessage bool // Data is a TNEF stream of its own: a mail that was attached as Outlook keeps it
}

// Body is what the mail says, in the forms it came in; any may be empty. Subject is UTF-8, Text and HTML are in Charset, RTF
// is unpacked but still RTF.
type Body struct {
	Subject string
	Text    []byte
	HTML    []byte
	RTF     []byte
	Charset string
}

// The attributes that matter ([MS-OXTNEF] 2.1.3.2).
const (
	signature = 0x223e9f78

	attSubject       = 0x8004
	attBody          = 0x800c
	attAttachData    = 0x800f
	attAttachTitle   = 0x8010
	attAttachRend    = 0x9002
	attMessageProps  = 0x9003
	attAttachProps   = 0x9005
	attCodepage      = 0x9007
	levelMessage     = 1
	levelAttachment  = 2
	attributeHeader  = 9
	attributeTrailer = 2
	maxFiles         = 1000
)

// Is says whether the bytes begin as TNEF does.
func Is(data []byte) bool {
	return len(data) > 6 && binary.LittleEndian.Uint32(data) == signature
}

// Read takes the files and the words out of a TNEF stream. With ErrFormat come the files and words before the fault.
func Read(data []byte) ([]File, Body, error) {
	if len(data) < 6+attributeHeader {
		return nil, Body{}, ErrFormat
	}
	r := reader{charset: "windows-1252"} // a damaged signature is forgiven when attributes follow
	err := r.attributes(data[6:])
	r.endFile()
	r.body.Charset = r.charset
	return r.files, r.body, err
}

// reader gathers what the attributes say.
type reader struct {
	files    []File
	body     Body
	charset  string
	file     *File // being read
	longName bool  // its name is the long one, which no other may replace
}

// attributes reads one after the other. Zeros or garbage after a good attribute are padding, not a fault.
func (r *reader) attributes(data []byte) error {
	for first := true; len(data) > 0; first = false {
		level := data[0]
		if len(data) < attributeHeader || level < levelMessage || level > levelAttachment {
			if first {
				return ErrFormat
			}
			return nil
		}
		id := binary.LittleEndian.Uint16(data[1:])
		size := uint64(binary.LittleEndian.Uint32(data[5:]))
		data = data[attributeHeader:]
		if size > uint64(len(data)) {
			if !first {
				r.attribute(id, level, data)
			}
			return ErrFormat
		}
		r.attribute(id, level, data[:size])
		data = data[min(uint64(len(data)), size+attributeTrailer):] // checksums are often wrong and say nothing
	}
	return nil
}

// attribute takes what one attribute says.
func (r *reader) attribute(id uint16, level byte, value []byte) {
	switch id {
	case attCodepage:
		if len(value) >= 4 {
			r.charset = charset(binary.LittleEndian.Uint32(value))
		}
	case attSubject:
		r.body.Subject = r.text(value)
	case attBody:
		r.body.Text = trimZero(value)
	case attMessageProps:
		r.properties(value, r.messageProperty)
	case attAttachRend:
		r.endFile()
		r.file = &File{}
		r.longName = false
	}
	if level != levelAttachment {
		return
	}
	if r.file == nil {
		r.file = &File{}
	}
	switch id {
	case attAttachTitle:
		if !r.longName {
			r.file.Name = r.text(value)
		}
	case attAttachData:
		r.file.Data = value
	case attAttachProps:
		r.properties(value, r.fileProperty)
	}
}

// endFile keeps the file that was being read.
func (r *reader) endFile() {
	if r.file != nil && len(r.files) < maxFiles {
		r.files = append(r.files, *r.file)
	}
	r.file = nil
}

// The properties that matter ([MS-OXPROPS]).
const (
	propSubject       = 0x0037
	propBody          = 0x1000
	propRTF           = 0x1009
	propHTML          = 0x1013
	propDisplayName   = 0x3001
	propAttachData    = 0x3701
	propAttachName    = 0x3704
	propAttachLong    = 0x3707
	propAttachType    = 0x370e
	propAttachID      = 0x3712
	propInternetCodes = 0x3fde
)

func (r *reader) messageProperty(p property) {
	switch p.id {
	case propSubject:
		r.body.Subject = r.string(p)
	case propBody:
		r.body.Text = r.bytes(p)
	case propHTML:
		r.body.HTML = r.bytes(p)
	case propRTF:
		if rtf, ok := unpackRTF(p.value); ok {
			r.body.RTF = rtf
		}
	case propInternetCodes:
		if len(p.value) >= 4 {
			r.charset = charset(binary.LittleEndian.Uint32(p.value))
		}
	}
}

func (r *reader) fileProperty(p property) {
	f := r.file
	switch p.id {
	case propAttachLong:
		if name := r.string(p); name != "" {
			f.Name, r.longName = name, true
		}
	case propAttachName, propDisplayName:
		if name := r.string(p); name != "" && f.Name == "" {
			f.Name = name
		}
	case propAttachType:
		f.Type = strings.ToLower(r.string(p))
	case propAttachID:
		f.ContentID = strings.Trim(r.string(p), "<> ")
	case propAttachData:
		f.Data = p.value
		if p.kind == typeObject && len(p.value) >= 16 { // 16 bytes name the interface of the object
			if Is(p.value[16:]) {
				f.Data, f.IsMessage = p.value[16:], true
			}
		}
	}
}

func trimZero(b []byte) []byte {
	b, _, _ = bytes.Cut(b, []byte{0})
	return b
}
