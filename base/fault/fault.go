// Package fault holds the few ways a request can fail that a person or a program can act on.
//
// A fault carries a kind (what the caller can do about it), a code (stable, for translation) and a sentence fit for a
// person. Every other error is an accident: it is wrapped once per boundary, logged once, and the caller hears "internal".
package fault

import (
	"errors"
	"fmt"
)

// Kind says what the caller can do about it.
type Kind string

// The kinds. Adding one needs an ADR: each must mean something different to the caller.
const (
	Invalid  Kind = "invalid"   // mend the input
	NotFound Kind = "not_found" // it is not there, or not yours to see
	Denied   Kind = "denied"    // ask someone who may
	Conflict Kind = "conflict"  // someone was faster, or it was done already; look again
	Internal Kind = "internal"  // our accident
)

// Fault is an error with a kind, a code for translation and a sentence fit for a person.
type Fault struct {
	Kind   Kind
	Code   string            // stable and dotted: "ticket.closed"
	Say    string            // one sentence, plain words, no secrets
	Fields map[string]string // what is wrong with which input field; may be nil
	Values []string          // what stands in the sentence, in its order, for whoever says it in another language
}

// Error is for logs; people read Say.
func (f *Fault) Error() string { return string(f.Kind) + " " + f.Code + ": " + f.Say }

// New makes a fault; format and args read as a sentence a person sees.
func New(kind Kind, code, format string, args ...any) *Fault {
	f := &Fault{Kind: kind, Code: code, Say: fmt.Sprintf(format, args...)}
	for _, a := range args {
		f.Values = append(f.Values, clip(fmt.Sprint(a)))
	}
	return f
}

// clip keeps a value short enough to be said.
func clip(s string) string {
	if r := []rune(s); len(r) > 200 {
		return string(r[:200]) + "…"
	}
	return s
}

// Field makes an Invalid fault about one input field.
func Field(field, code, format string, args ...any) *Fault {
	f := New(Invalid, code, format, args...)
	f.Fields = map[string]string{field: f.Say}
	return f
}

// About is the same fault as one of an input field: what is not there was named in it.
func (f *Fault) About(field string) *Fault {
	g := *f
	g.Kind, g.Fields = Invalid, map[string]string{field: f.Say}
	return &g
}

// Of finds the fault inside err, or nil when err is an accident or nil.
func Of(err error) *Fault {
	if f, ok := errors.AsType[*Fault](err); ok {
		return f
	}
	return nil
}

// KindOf is the kind of err: Internal for an accident, the empty Kind for nil.
func KindOf(err error) Kind {
	if err == nil {
		return ""
	}
	if f := Of(err); f != nil {
		return f.Kind
	}
	return Internal
}
