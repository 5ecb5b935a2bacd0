package secret

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
)

// mask is all that is ever printed of a String.
const mask = "•••"

// String is a word that prints as "•••" wherever it is printed by accident: fmt, slog, JSON, text. Reveal says it.
//
// It is held behind a pointer because fmt prints the unexported fields of a struct without asking their methods.
type String struct {
	word *string
}

// Of makes a String.
func Of(word string) String {
	if word == "" {
		return String{}
	}
	return String{&word}
}

// Reveal is the word itself.
func (s String) Reveal() string {
	if s.word == nil {
		return ""
	}
	return *s.word
}

// IsZero reports whether there is no word; encoding/json's omitzero asks it.
func (s String) IsZero() bool { return s.word == nil }

// Format prints the mask for every verb.
func (s String) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// String is the mask, or nothing when there is no word.
func (s String) String() string {
	if s.IsZero() {
		return ""
	}
	return mask
}

// LogValue is what slog writes.
func (s String) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText is the mask.
func (s String) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText takes a word; the mask itself counts as no word, so a form that is sent back unchanged overwrites nothing.
func (s *String) UnmarshalText(word []byte) error {
	if *s = (String{}); string(word) != mask {
		*s = Of(string(word))
	}
	return nil
}

// MarshalJSON is the mask in quotes.
func (s String) MarshalJSON() ([]byte, error) { return json.Marshal(s.String()) }

// UnmarshalJSON takes a word as UnmarshalText does.
func (s *String) UnmarshalJSON(data []byte) error {
	var word string
	if err := json.Unmarshal(data, &word); err != nil {
		return err
	}
	return s.UnmarshalText([]byte(word))
}
