package tnef

import "encoding/binary"

// maxRTF bounds what a compressed text may unpack to, in bytes.
const maxRTF = 16 << 20

// dictionary is what the window holds before the first byte is unpacked ([MS-OXRTFCP] 2.1.2.1).
const dictionary = `{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor ` +
	"MS Sans SerifSymbolArialTimes New RomanCourier" +
	`{\colortbl\red0\green0\blue0` + "\r\n" + `\par \pard\plain\f0\fs20\b\i\u\tab\tx`

// unpackRTF undoes the compression of [MS-OXRTFCP]: runs of eight, each a literal byte or a reference into a window of
// 4,096 bytes. What was unpacked before a fault is kept.
func unpackRTF(data []byte) (rtf []byte, ok bool) {
	const header, window = 16, 4096
	if len(data) < header {
		return nil, false
	}
	size := int(binary.LittleEndian.Uint32(data[4:]))
	kind := string(data[8:12])
	data = data[header:]
	if kind == "MELA" { // not compressed
		return data[:min(len(data), max(size, 0))], true
	}
	if kind != "LZFu" || size < 0 || size > maxRTF {
		return nil, false
	}
	var ring [window]byte
	at := copy(ring[:], dictionary)
	rtf = make([]byte, 0, min(size, 8*len(data)))
	put := func(b byte) {
		rtf = append(rtf, b)
		ring[at] = b
		at = (at + 1) % window
	}
	for len(data) > 0 && len(rtf) < size {
		flags := data[0]
		data = data[1:]
		for bit := 0; bit < 8 && len(rtf) < size; bit++ {
			if flags>>bit&1 == 0 {
				if len(data) == 0 {
					return rtf, true
				}
				put(data[0])
				data = data[1:]
				continue
			}
			if len(data) < 2 {
				return rtf, true
			}
			ref := int(data[0])<<8 | int(data[1])
			data = data[2:]
			from, length := ref>>4, ref&0xf+2
			if from == at { // the end, says the format
				return rtf, true
			}
			for range length {
				if len(rtf) == size {
					break
				}
				put(ring[from])
				from = (from + 1) % window
			}
		}
	}
	return rtf, true
}
