package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
	"unicode/utf8"
)

// row is one line of the table.
type row struct {
	What   string `json:"what"`
	Engine string `json:"engine"`
	Figure string `json:"figure"`
	Limit  string `json:"limit"` // what the machine or the bare database does, measured in the same run
	Ratio  string `json:"ratio"`
	Reach  string `json:"reach"` // what the architecture asks for
	Held   string `json:"held"`  // yes, no, or empty where nothing is asked for
}

// ratio says how a figure stands to its limit.
func ratio(figure, limit float64) string {
	if limit == 0 {
		return ""
	}
	return fmt.Sprintf("%.2f", figure/limit)
}

func held(ok bool) string {
	if ok {
		return "yes"
	}
	return "no"
}

// ms writes a duration in milliseconds.
func ms(d time.Duration) string {
	v := float64(d) / float64(time.Millisecond)
	switch {
	case v >= 100:
		return fmt.Sprintf("%.0f ms", v)
	case v >= 1:
		return fmt.Sprintf("%.1f ms", v)
	default:
		return fmt.Sprintf("%.3f ms", v)
	}
}

func printFiles(w io.Writer, names []string) error {
	var all []row
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		for lines := bufio.NewScanner(f); lines.Scan(); {
			var r row
			if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
				return errors.Join(err, f.Close())
			}
			all = append(all, r)
		}
		if err := f.Close(); err != nil {
			return err
		}
	}
	return printTable(w, all)
}

// printTable writes the rows in the order they were first measured, what belongs together side by side.
func printTable(w io.Writer, rows []row) error {
	cells := [][]string{{"what", "engine", "figure", "limit in the same run", "ratio", "reach", "held"}}
	done := map[string]bool{}
	for _, first := range rows {
		if done[first.What] {
			continue
		}
		done[first.What] = true
		for _, r := range rows {
			if r.What == first.What {
				cells = append(cells, []string{r.What, r.Engine, r.Figure, r.Limit, r.Ratio, r.Reach, r.Held})
			}
		}
	}
	widths := make([]int, len(cells[0]))
	for _, line := range cells {
		for i, c := range line {
			widths[i] = max(widths[i], utf8.RuneCountInString(c))
		}
	}
	for n, line := range cells {
		if err := printLine(w, line, widths); err != nil {
			return err
		}
		if n == 0 {
			rule := make([]string, len(widths))
			for i, width := range widths {
				rule[i] = strings.Repeat("-", width)
			}
			if err := printLine(w, rule, widths); err != nil {
				return err
			}
		}
	}
	return nil
}

func printLine(w io.Writer, line []string, widths []int) error {
	var b strings.Builder
	for i, c := range line {
		b.WriteString("| " + c + strings.Repeat(" ", widths[i]-utf8.RuneCountInString(c)+1))
	}
	_, err := fmt.Fprintln(w, b.String()+"|")
	return err
}
