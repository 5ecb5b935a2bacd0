package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf16"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/rooms/lexicon"
)

// lexiconCmd needs no house and no server: the starter lexicon is in the program.
type lexiconCmd struct {
	Check lexiconCheckCmd `cmd:"" help:"Check words before they are said; 1 is the status when some should not be."`
}

type lexiconCheckCmd struct {
	Files    []string `arg:"" name:"file" help:"Texts to check; - is standard input."`
	Language string   `help:"en or de; counts where a text does not tell." env:"HEARTH_LEXICON_LANGUAGE" placeholder:"CODE"`
}

// Run prints each finding as file:line:column, the way compilers do, so that editors can go there.
func (c *lexiconCheckCmd) Run(_ context.Context, t terminal) error {
	marked, books := 0, map[string]*lexicon.Book{}
	for _, name := range c.Files {
		text, err := readText(name, t)
		if err != nil {
			return err
		}
		language := lexicon.LanguageOf(text, c.Language)
		if language == "" {
			fmt.Fprintf(t.err, "%s is in none of the languages there is a lexicon for: %s\n", name, strings.Join(lexicon.Languages, ", "))
			continue
		}
		if books[language] == nil {
			f, err := lexicon.Starter(language)
			if err != nil {
				return err
			}
			if books[language], err = lexicon.NewBook(f); err != nil {
				return err
			}
		}
		for _, f := range books[language].Check(lexicon.Draft{Text: text}) {
			marked++
			fmt.Fprintln(t.out, remark(name, text, f))
		}
	}
	if marked > 0 {
		return fault.New(fault.Invalid, "lexicon.marked", "Words to look at: %d.", marked)
	}
	return nil
}

func readText(name string, t terminal) (string, error) {
	var b []byte
	var err error
	if name == "-" {
		b, err = io.ReadAll(t.in)
	} else {
		b, err = os.ReadFile(name)
	}
	return string(b), err
}

// remark is a finding in one line. What is missing stands at the end of the text.
func remark(name, text string, f lexicon.Finding) string {
	units := utf16.Encode([]rune(text))
	if f.End == 0 {
		f.Start, f.End = len(units), len(units)
	}
	before := strings.Split(string(utf16.Decode(units[:f.Start])), "\n")
	said := strings.Join(strings.Fields(string(utf16.Decode(units[f.Start:f.End]))), " ")
	line := fmt.Sprintf("%s:%d:%d: %s", name, len(before), len([]rune(before[len(before)-1]))+1, f.Severity)
	if said != "" {
		line += fmt.Sprintf(": %q", said)
	}
	line += ": " + f.Why
	if len(f.Better) > 0 {
		line += " Better: " + strings.Join(f.Better, " | ")
	}
	return line + " [" + f.Rule + "]"
}
