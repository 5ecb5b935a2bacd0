// Package words says what the house says to people, in their own language: notices, acknowledgements, the pages.
//
// Each room brings words.en.json, words.de.json and so on, flat objects of key and message. Messages are written in ICU
// MessageFormat, in the part of it that the web pages read alike: {name}, {n, number}, {when, date, long},
// {n, plural, =0 {none} one {# ticket} other {# tickets}}, {who, select, staff {we} other {they}}, and ' to quote.
// What is missing in a language is said in English.
package words

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"golang.org/x/text/language"
)

// english is the language every message is written in first, and the one said when another lacks it.
const english = "en"

// Book holds the messages of all rooms in all their languages; it may be read from many goroutines.
type Book struct {
	tongues map[string]*tongue // by BCP 47 tag, "en", "pt-BR"
}

type tongue struct {
	tag      language.Tag
	messages map[string]message
}

// New reads every words.*.json at the top of the given folders; an error when a file or a message cannot be read, or a
// key is there twice in a language.
func New(rooms ...fs.FS) (*Book, error) {
	b := &Book{map[string]*tongue{}}
	for _, room := range rooms {
		names, err := fs.Glob(room, "words.*.json")
		if err != nil {
			return nil, fmt.Errorf("words: %w", err)
		}
		for _, name := range names {
			if err := b.read(room, name); err != nil {
				return nil, fmt.Errorf("words: %s: %w", name, err)
			}
		}
	}
	return b, nil
}

func (b *Book) read(room fs.FS, name string) error {
	data, err := fs.ReadFile(room, name)
	if err != nil {
		return err
	}
	lang := strings.TrimSuffix(strings.TrimPrefix(name, "words."), ".json")
	tag, err := language.Parse(lang)
	if err != nil {
		return fmt.Errorf("%q is no language: %w", lang, err)
	}
	t := b.tongues[tag.String()]
	if t == nil {
		t = &tongue{tag, map[string]message{}}
		b.tongues[tag.String()] = t
	}
	return eachPair(data, func(key, source string) error {
		if _, twice := t.messages[key]; twice {
			return fmt.Errorf("%q is there twice", key)
		}
		m, err := parse(source)
		if err != nil {
			return fmt.Errorf("%q: %w", key, err)
		}
		t.messages[key] = m
		return nil
	})
}

// eachPair goes through a flat JSON object; unlike a map it shows a key that is there twice.
func eachPair(data []byte, fn func(key, value string) error) error {
	d := json.NewDecoder(bytes.NewReader(data))
	if start, err := d.Token(); err != nil || start != json.Delim('{') {
		return fmt.Errorf("not a JSON object: %w", cmp.Or(err, io.ErrUnexpectedEOF))
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return err
		}
		var value string
		if err := d.Decode(&value); err != nil {
			return fmt.Errorf("the message of %q is no string: %w", key, err)
		}
		if err := fn(fmt.Sprint(key), value); err != nil {
			return err
		}
	}
	if _, err := d.Token(); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return fmt.Errorf("more after the object")
	}
	return nil
}

// Say says a message in a language (a BCP 47 tag such as "de" or "de-AT"), or in English where it is missing there. The
// error names a key nobody has, or an argument that is missing or of the wrong kind: a mistake of ours, never of a
// translator's that Gaps would not find. Times are said in the zone they are in.
func (b *Book) Say(lang, key string, args map[string]any) (string, error) {
	for _, name := range b.fallbacks(lang) {
		t := b.tongues[name]
		if t == nil {
			continue
		}
		if m, ok := t.messages[key]; ok {
			said, err := t.say(m, args)
			if err != nil {
				return "", fmt.Errorf("words: %q in %s: %w", key, name, err)
			}
			return said, nil
		}
	}
	return "", fmt.Errorf("words: there is no message %q", key)
}

// fallbacks are the languages to look in: de-AT, de, en.
func (b *Book) fallbacks(lang string) []string {
	var names []string
	if tag, err := language.Parse(lang); err == nil {
		for ; tag != language.Und; tag = tag.Parent() {
			names = append(names, tag.String())
		}
	}
	return append(names, english)
}

// Languages are the tags there are messages in, sorted.
func (b *Book) Languages() []string {
	return slices.Sorted(maps.Keys(b.tongues))
}

// Gaps says in sentences what the languages lack against English: keys missing or surplus, arguments English does not
// have, and plural forms a language needs. A room's test expects none.
func (b *Book) Gaps() []string {
	var gaps []string
	first := b.tongues[english]
	if first == nil {
		return []string{"There are no words in English."}
	}
	for _, lang := range b.Languages() {
		t := b.tongues[lang]
		needed := pluralForms(t.tag)
		for _, key := range slices.Sorted(maps.Keys(first.messages)) {
			if _, ok := t.messages[key]; !ok {
				gaps = append(gaps, fmt.Sprintf("%s lacks %q.", lang, key))
			}
		}
		for _, key := range slices.Sorted(maps.Keys(t.messages)) {
			m := t.messages[key]
			original, ok := first.messages[key]
			if !ok {
				gaps = append(gaps, fmt.Sprintf("%s has %q, which English lacks.", lang, key))
				continue
			}
			known := arguments(original)
			for name, kind := range arguments(m) {
				if known[name] != kind {
					gaps = append(gaps, fmt.Sprintf("%s has {%s, %s} in %q, which English lacks.", lang, name, kind, key))
				}
			}
			for _, form := range missingForms(m, needed) {
				gaps = append(gaps, fmt.Sprintf("%s lacks the plural form %q in %q.", lang, form, key))
			}
		}
	}
	slices.Sort(gaps)
	return gaps
}
