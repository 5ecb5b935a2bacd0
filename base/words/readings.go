package words

import (
	"maps"
	"slices"
	"time"
)

// mostReadings is how many ways a message is read in at most; people write none with more.
const mostReadings = 64

// Readings are all messages of a language by their keys, each in every way it can be read: in each of its cases, with made-up
// values. What is said to people can so be looked at before anybody hears it.
func (b *Book) Readings(lang string) (map[string][]string, error) {
	all := map[string][]string{}
	t := b.tongues[lang]
	if t == nil {
		return all, nil
	}
	for _, key := range slices.Sorted(maps.Keys(t.messages)) {
		m := t.messages[key]
		for _, args := range ways(m) {
			said, err := t.say(m, args)
			if err != nil {
				return nil, err
			}
			if !slices.Contains(all[key], said) {
				all[key] = append(all[key], said)
			}
		}
	}
	return all, nil
}

// ways are values for the arguments of a message that lead through each of its cases.
func ways(m message) []map[string]any {
	out := []map[string]any{{}}
	kinds := arguments(m)
	for _, name := range slices.Sorted(maps.Keys(kinds)) {
		var more []map[string]any
		for _, v := range values(m, name, kinds[name]) {
			for _, args := range out {
				if len(more) < mostReadings {
					with := maps.Clone(args)
					with[name] = v
					more = append(more, with)
				}
			}
		}
		out = more
	}
	return out
}

func values(m message, name string, k kind) []any {
	switch k {
	case counted, ordered, numbered:
		return []any{1, 3}
	case dated, timed:
		return []any{time.Date(2026, 7, 7, 14, 30, 0, 0, time.UTC)}
	case selected:
		var some []any
		for _, o := range cases(m, name) {
			some = append(some, o)
		}
		return some
	default:
		return []any{"Nora"}
	}
}

// cases are the names of an argument's.
func cases(m message, name string) (all []string) {
	for _, p := range m {
		for _, o := range p.cases {
			if p.arg == name && !slices.Contains(all, o.name) {
				all = append(all, o.name)
			}
			for _, c := range cases(o.says, name) {
				if !slices.Contains(all, c) {
					all = append(all, c)
				}
			}
		}
	}
	return all
}
