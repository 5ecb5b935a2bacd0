package demo

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/hearthdesk/hearth/rooms/tickets"
)

//go:embed scenes
var scenes embed.FS

// scene is one story that customers live through again and again, with gaps where the facts go. Its text begins with
//
//	=== name | team kind about mood … | weight
//	s: a subject            (one of several)
//	let word: this|that     (a fact of its own)
//	c: kind severity | remedy euros | what they get   (it is a complaint, and that makes it right)
//	w: what they would like (one of several)
//
// and goes on with beats, each a mark at the beginning of a line and words up to the next mark:
//
//	<  the customer says    >  we answer          +  a note for colleagues
//	@team why it goes there =  field value, …     !  status or how it ends    ---  it may end here
//
// Behind < and > may stand (files; 2d): what is attached and how long it takes. In words, [this|that] is a choice and
// {fact} a gap; {in 3 visit} is a working day three days on, {ago 4 due} one that has been, {visit.day} its weekday.
type scene struct {
	name, lang string
	team       string // whose work it is
	kind       string // the ticket's type
	about      string // what the product must be
	mood, way  string
	repairs    bool // it comes to the repairs mailbox
	bare       bool // the customer's words stand alone, without greeting
	priority   tickets.Priority
	tags       []string
	weight     int
	subjects   []string
	lets       map[string][]string
	wrong      *wrong // nil when nothing is
	beats      []beat
}

// beat is one thing that happens in a scene.
type beat struct {
	do    byte          // the mark
	after time.Duration // how long it takes; 0 for as long as such things take
	files []string
	arg   string // the team, status or fields
	words string
}

// The marks.
const (
	hear   = '<'
	answer = '>'
	note   = '+'
	pass   = '@'
	fields = '='
	stand  = '!'
	rest   = '-'
)

// readScenes reads all scenes, in the order of their files.
func readScenes() (all []scene, err error) {
	err = fs.WalkDir(scenes, "scenes", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(scenes, name)
		if err != nil {
			return err
		}
		some, err := parseScenes(path.Base(path.Dir(name)), string(b))
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		all = append(all, some...)
		return nil
	})
	return all, err
}

func parseScenes(lang, text string) (all []scene, err error) {
	for line := range strings.SplitSeq(text, "\n") {
		if head, ok := strings.CutPrefix(line, "=== "); ok {
			s := scene{lang: lang, priority: tickets.Normal, way: "email", lets: map[string][]string{}}
			if err := s.head(head); err != nil {
				return nil, err
			}
			all = append(all, s)
			continue
		}
		if len(all) == 0 {
			return nil, fmt.Errorf("%q comes before the first scene", line)
		}
		if err := all[len(all)-1].line(line); err != nil {
			return nil, fmt.Errorf("%s: %w", all[len(all)-1].name, err)
		}
	}
	for i := range all {
		for j := range all[i].beats {
			all[i].beats[j].words = strings.TrimSpace(all[i].beats[j].words)
		}
	}
	return all, nil
}

// head reads the first line of a scene.
func (s *scene) head(line string) error {
	parts := strings.Split(line, "|")
	if len(parts) != 3 {
		return fmt.Errorf("%q is no head of a scene", line)
	}
	s.name = strings.TrimSpace(parts[0])
	words := strings.Fields(parts[1])
	if len(words) < 4 {
		return fmt.Errorf("%s: team, kind, product and mood are needed", s.name)
	}
	s.team, s.kind, s.about, s.mood = words[0], words[1], words[2], words[3]
	for _, w := range words[4:] {
		switch w {
		case "form", "call", "letter", "visit":
			s.way = w
		case "low", "high", "urgent":
			s.priority = tickets.Priority(w)
		case "@repairs":
			s.repairs = true
		case "bare":
			s.bare = true
		case "spam": // its ending says so
		default:
			tag, ok := strings.CutPrefix(w, "#")
			if !ok {
				return fmt.Errorf("%s: what is %q?", s.name, w)
			}
			s.tags = append(s.tags, tag)
		}
	}
	var err error
	s.weight, err = strconv.Atoi(strings.TrimSpace(parts[2]))
	return err
}

// line reads any other line of a scene.
func (s *scene) line(line string) error {
	if v, ok := strings.CutPrefix(line, "s: "); ok {
		s.subjects = append(s.subjects, v)
		return nil
	}
	if v, ok := strings.CutPrefix(line, "let "); ok {
		name, values, _ := strings.Cut(v, ": ")
		s.lets[name] = strings.Split(values, "|")
		return nil
	}
	if v, ok := strings.CutPrefix(line, "c: "); ok {
		w, ok := parseWrong(v)
		if s.wrong = &w; !ok {
			return fmt.Errorf("%q is no complaint", v)
		}
		return nil
	}
	if v, ok := strings.CutPrefix(line, "w: "); ok && s.wrong != nil {
		s.wrong.wishes = append(s.wrong.wishes, v)
		return nil
	}
	if line == "---" {
		s.beats = append(s.beats, beat{do: rest})
		return nil
	}
	if line != "" && strings.IndexByte("<>+@=!", line[0]) >= 0 {
		b, err := parseBeat(line)
		s.beats = append(s.beats, b)
		return err
	}
	if len(s.beats) == 0 {
		if strings.TrimSpace(line) == "" {
			return nil
		}
		return fmt.Errorf("%q belongs to nothing", line)
	}
	s.beats[len(s.beats)-1].words += "\n" + line
	return nil
}

func parseBeat(line string) (beat, error) {
	b, words := beat{do: line[0]}, line[1:]
	switch b.do {
	case pass:
		b.arg, b.words, _ = strings.Cut(words, " ")
		return b, nil
	case fields, stand:
		b.arg = strings.TrimSpace(words)
		return b, nil
	}
	if opts, ok := strings.CutPrefix(words, "("); ok {
		opts, words, ok = strings.Cut(opts, ")")
		if !ok {
			return b, fmt.Errorf("%q has no end", opts)
		}
		for o := range strings.SplitSeq(opts, ";") {
			switch d, err := parseSpan(strings.TrimSpace(o)); {
			case strings.TrimSpace(o) == "":
			case err == nil:
				b.after = d
			default:
				b.files = append(b.files, strings.TrimSpace(o))
			}
		}
	}
	b.words = words
	return b, nil
}

// parseSpan reads 40m, 6h or 3d.
func parseSpan(s string) (time.Duration, error) {
	if days, ok := strings.CutSuffix(s, "d"); ok {
		n, err := strconv.Atoi(days)
		return time.Duration(n) * 24 * time.Hour, err
	}
	return time.ParseDuration(s)
}
