package tnef

import "encoding/binary"

// maxRTF bounds what a compressed text may unpack to, in bytes.
const maxRTF = 16 << 20

// dictionary is what the window holds before the first byte is unpacked ([MS-OXRTFCP] 2.1.2.1).
const dictionary = `{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor ` +
	"MS Sans SerifSymbolArialTimes New RomanCourier" +
	`{\colortbl\red0\green0\blue0` + "\r\n" + `\par \pard\plain\f0\fs20\b\i\u\tab\tx`

// unpackRTF undoes the compression of [MS-OXRTFCP]. What was unpacked before a fault is kept.
func unpackRTF(data []byte) (rtf []byte, ok bool) {
	const header = 16
	if len(data) < header {
		return nil, false
	}
	size := uint64(binary.LittleEndian.Uint32(data[4:]))
	kind := string(data[8:12])
	data = data[header:]
	switch {
	case kind == "MELA": // not compressed
		return data[:min(uint64(len(data)), size)], true
	case kind != "LZFu", size > maxRTF:
		return nil, false
	}
	u := unpacker{packed: data, size: int(size)}
	u.at = copy(u.ring[:], dictionary)
	for u.run() {
	}
	return u.out, true
}

// unpacker keeps the last 4,096 bytes, which references point into.
type unpacker struct {
	packed []byte
	out    []byte
	size   int
	ring   [4096]byte
	at     int
}

// run unpacks eight items, each a literal byte or a reference, told apart by the bits of a byte before them; it is false at
// the end.
func (u *unpacker) run() bool {
	if len(u.packed) == 0 {
		return false
	}
	flags := u.packed[0]
	u.packed = u.packed[1:]
	for bit := range 8 {
		step := u.literal
		if flags>>bit&1 == 1 {
			step = u.reference
		}
		if len(u.out) >= u.size || !step() {
			return false
		}
	}
	return true
}

func (u *unpacker) literal() bool {
	if len(u.packed) == 0 {
		return false
	}
	u.put(u.packed[0])
	u.packed = u.packed[1:]
	return true
}

// reference repeats 2 to 17 bytes from anywhere in the window; one that points at its own place is the end.
func (u *unpacker) reference() bool {
	if len(u.packed) < 2 {
		return false
	}
	ref := int(binary.BigEndian.Uint16(u.packed))
	u.packed = u.packed[2:]
	from, length := ref>>4, ref&0xf+2
	if from == u.at {
		return false
	}
	for range min(length, u.size-len(u.out)) {
		u.put(u.ring[from])
		from = (from + 1) % len(u.ring)
	}
	return true
}

func (u *unpacker) put(b byte) {
	u.out = append(u.out, b)
	u.ring[u.at] = b
	u.at = (u.at + 1) % len(u.ring)
}
