// Package id makes names for things: a time-ordered number in the database, a short prefixed string outside it.
//
// The number is 41 bits of milliseconds since 2020, 10 bits of node and 12 bits of sequence, so keys sort by the moment
// they were made and index pages fill in order. Outside, it is written as tkt_ and 13 digits of Crockford's base 32,
// because JavaScript loses whole numbers past 2^53. An id is no secret: what must not be guessed uses secret.Token.
package id

import (
	"database/sql/driver"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/hearthdesk/hearth/base/fault"
)

const (
	epochMilli = 1577836800000 // 2020-01-01T00:00:00Z
	nodeBits   = 10
	seqBits    = 12
	alphabet   = "0123456789abcdefghjkmnpqrstvwxyz"
	digits     = 13
)

// Maker hands out numbers that never repeat within a node and never go back, even when the clock does.
type Maker struct {
	mu   sync.Mutex
	node int64
	last int64 // milliseconds and sequence of the newest number
}

// NewMaker makes a maker for one process; two processes on one database need different nodes (0 to 1023).
func NewMaker(node int64) *Maker { return &Maker{node: node & (1<<nodeBits - 1)} }

// Next makes the next number for something that happens at now.
func (m *Maker) Next(now time.Time) int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	next := max((now.UnixMilli()-epochMilli)<<seqBits, m.last+1)
	m.last = next
	return (next>>seqBits)<<(nodeBits+seqBits) | m.node<<seqBits | next&(1<<seqBits-1)
}

// Kind gives a type of id its prefix.
type Kind interface{ Prefix() string }

// Of is the id of one kind of thing: a whole number in the database, a prefixed string in JSON. Zero is no id.
type Of[K Kind] int64

// String writes the id as people and programs outside see it; the empty string for zero.
func (n Of[K]) String() string {
	if n == 0 {
		return ""
	}
	var k K
	return k.Prefix() + "_" + encode(int64(n))
}

// MarshalText writes the id for JSON and URLs.
func (n Of[K]) MarshalText() ([]byte, error) { return []byte(n.String()), nil }

// UnmarshalText reads an id; a foreign prefix or a wrong digit is an Invalid fault. Empty text is zero.
func (n *Of[K]) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*n = 0
		return nil
	}
	v, err := Parse[K](string(b))
	*n = v
	return err
}

// Value gives the database the number.
func (n Of[K]) Value() (driver.Value, error) { return int64(n), nil }

// Schema describes the id in the OpenAPI document.
func (Of[K]) Schema(huma.Registry) *huma.Schema {
	var k K
	return &huma.Schema{Type: huma.TypeString, Examples: []any{k.Prefix() + "_06f3x8k2m4q7r"}}
}

// Parse reads an id of kind K.
func Parse[K Kind](s string) (Of[K], error) {
	var k K
	body, ok := strings.CutPrefix(s, k.Prefix()+"_")
	n, good := decode(body)
	if !ok || !good {
		return 0, fault.New(fault.Invalid, "id.malformed", "%q is not an id of the form %s_….", clip(s), k.Prefix())
	}
	return Of[K](n), nil
}

func clip(s string) string {
	if len(s) > 40 {
		return s[:40] + "…"
	}
	return s
}

func encode(n int64) string {
	var b [digits]byte
	for i := digits - 1; i >= 0; i-- {
		b[i] = alphabet[n&31]
		n >>= 5
	}
	return string(b[:])
}

func decode(s string) (n int64, ok bool) {
	if len(s) != digits {
		return 0, false
	}
	for i := range len(s) {
		d := strings.IndexByte(alphabet, s[i])
		if d < 0 || i == 0 && d > 7 {
			return 0, false
		}
		n = n<<5 | int64(d)
	}
	return n, n > 0
}

// Scan reads the number from the database; NULL is zero.
func (n *Of[K]) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*n = 0
	case int64:
		*n = Of[K](v)
	default:
		return fmt.Errorf("id: cannot read %s as a number", reflect.TypeOf(src))
	}
	return nil
}

// Receiver makes huma read the id in a path or query as text, not as the whole number it is inside.
func (n *Of[K]) Receiver() reflect.Value { return reflect.ValueOf(&param[K]{n}).Elem() }

type param[K Kind] struct{ id *Of[K] }

func (p *param[K]) UnmarshalText(b []byte) error { return p.id.UnmarshalText(b) }

// Seq writes a sequence number as the cursor of a page.
func Seq(n int64) string { return strconv.FormatInt(n, 10) }
