package tnef

import (
	"bytes"
	"encoding/binary"
	"strconv"
	"unicode/utf16"

	"golang.org/x/text/encoding/htmlindex"
)

// The types of properties ([MS-OXCDATA] 2.11.1).
const (
	typeInt16    = 0x0002
	typeInt32    = 0x0003
	typeFloat    = 0x0004
	typeDouble   = 0x0005
	typeCurrency = 0x0006
	typeAppTime  = 0x0007
	typeError    = 0x000a
	typeBool     = 0x000b
	typeObject   = 0x000d
	typeInt64    = 0x0014
	typeString   = 0x001e
	typeUnicode  = 0x001f
	typeTime     = 0x0040
	typeGUID     = 0x0048
	typeBinary   = 0x0102
	multiple     = 0x1000 // there are several values
	named        = 0x8000 // ids from here on are followed by the name they stand for
)

// property is one MAPI property; of several values it has the first.
type property struct {
	id, kind uint16
	value    []byte
}

// cursor reads little-endian numbers and runs of bytes; after a read past the end it is broken and gives zeros.
type cursor struct {
	data   []byte
	broken bool
}

func (c *cursor) take(n int) []byte {
	if n < 0 || n > len(c.data) {
		c.broken = true
		return nil
	}
	part := c.data[:n]
	c.data = c.data[n:]
	return part
}

func (c *cursor) uint16() uint16 {
	if b := c.take(2); b != nil {
		return binary.LittleEndian.Uint16(b)
	}
	return 0
}

func (c *cursor) uint32() uint32 {
	if b := c.take(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

// run reads a length and as many bytes, padded to a multiple of four.
func (c *cursor) run() []byte {
	n := int(c.uint32())
	b := c.take(n)
	if !c.broken {
		c.take(min(-n&3, len(c.data)))
	}
	return b
}

// properties hands each property of a list to use, and stops quietly where the list breaks.
func (r *reader) properties(data []byte, use func(property)) {
	c := &cursor{data: data}
	for n := c.uint32(); n > 0 && !c.broken; n-- {
		p := property{kind: c.uint16(), id: c.uint16()}
		if p.id >= named {
			c.skipName()
		}
		count := uint32(1)
		several := p.kind&multiple != 0
		p.kind &^= multiple
		size := fixedSize(p.kind)
		if several || size == 0 {
			count = c.uint32()
		}
		for i := uint32(0); i < count && !c.broken; i++ {
			var value []byte
			if size > 0 {
				value = c.take(size)
			} else {
				value = c.run()
			}
			if i == 0 {
				p.value = value
			}
		}
		if !c.broken {
			use(p)
		}
	}
}

// skipName passes over the set and the number or name of a named property.
func (c *cursor) skipName() {
	c.take(16)
	if c.uint32() == 0 {
		c.uint32()
		return
	}
	c.run()
}

// fixedSize is the size of a value as it lies in the list, or 0 when it says so itself.
func fixedSize(kind uint16) int {
	switch kind {
	case typeInt16, typeInt32, typeFloat, typeError, typeBool:
		return 4
	case typeDouble, typeCurrency, typeAppTime, typeInt64, typeTime:
		return 8
	case typeGUID:
		return 16
	case typeObject, typeString, typeUnicode, typeBinary:
		return 0
	}
	return 4
}

// string is the value as UTF-8.
func (r *reader) string(p property) string {
	if p.kind == typeUnicode {
		return fromUTF16(p.value)
	}
	return r.text(p.value)
}

// bytes is the value in the charset of the message.
func (r *reader) bytes(p property) []byte {
	if p.kind != typeUnicode {
		return bytes.TrimRight(p.value, "\x00")
	}
	r.charset = "utf-8"
	return []byte(fromUTF16(p.value))
}

// text decodes bytes by the code page of the message.
func (r *reader) text(value []byte) string {
	value = trimZero(value)
	if enc, err := htmlindex.Get(r.charset); err == nil {
		if text, err := enc.NewDecoder().Bytes(value); err == nil {
			return string(text)
		}
	}
	return string(bytes.ToValidUTF8(value, []byte("\ufffd")))
}

func fromUTF16(value []byte) string {
	units := make([]uint16, 0, len(value)/2)
	for ; len(value) >= 2; value = value[2:] {
		u := binary.LittleEndian.Uint16(value)
		if u == 0 {
			break
		}
		units = append(units, u)
	}
	return string(utf16.Decode(units))
}

// charset names a Windows code page as mails do.
func charset(page uint32) string {
	switch {
	case page >= 1250 && page <= 1258:
		return "windows-" + strconv.Itoa(int(page))
	case page >= 28591 && page <= 28605:
		return "iso-8859-" + strconv.Itoa(int(page-28590))
	case page >= 50220 && page <= 50222:
		return "iso-2022-jp"
	}
	names := map[uint32]string{
		932: "shift_jis", 936: "gbk", 949: "euc-kr", 950: "big5", 1200: "utf-16le", 20127: "us-ascii", 20866: "koi8-r",
		21866: "koi8-u", 51932: "euc-jp", 54936: "gb18030", 65001: "utf-8",
	}
	if name := names[page]; name != "" {
		return name
	}
	return "windows-1252"
}
