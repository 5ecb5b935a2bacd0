package message

import (
	"strconv"
	"strings"
	"time"
)

// zones are the names of time zones that RFC 5322, 4.3 still allows, and a few that mails are found with, in minutes.
func zone(name string) (minutes int, ok bool) {
	switch strings.ToUpper(name) {
	case "UT", "UTC", "GMT", "Z", "WET":
		return 0, true
	case "BST", "CET", "MET", "WEST":
		return 60, true
	case "CEST", "MEST", "EET", "SAST":
		return 120, true
	case "EEST", "MSK":
		return 180, true
	case "IST":
		return 330, true
	case "HKT", "SGT":
		return 480, true
	case "JST", "KST":
		return 540, true
	case "AEST":
		return 600, true
	case "EDT":
		return -240, true
	case "EST", "CDT":
		return -300, true
	case "CST", "MDT":
		return -360, true
	case "MST", "PDT":
		return -420, true
	case "PST":
		return -480, true
	}
	return 0, false
}

// date reads the moment a mail was written (RFC 5322, 3.3) in the order its words come, with or without day, seconds and
// zone, also as asctime and ISO 8601 write it; zero when that is no moment.
func date(value string) time.Time {
	value = strings.TrimSpace(stripComments(value[:min(len(value), 256)]))
	for _, layout := range []string{time.RFC3339, "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05"} {
		if t, err := time.Parse(layout, value); err == nil {
			return t
		}
	}
	var d clock
	for _, word := range strings.FieldsFunc(value, func(c rune) bool { return c == ' ' || c == ',' || c == '\t' }) {
		d.take(word)
	}
	return d.time()
}

// clock gathers what the words of a date say.
type clock struct {
	day, month, year     int
	hour, minute, second int
	offset               int // minutes east of Greenwich
	timed                bool
}

// take finds out what a word is by its shape.
func (d *clock) take(word string) {
	if parts := strings.Split(word, "-"); len(parts) == 3 && len(word) > 6 && d.day == 0 { // 12-Jan-2026
		for _, p := range parts {
			d.take(p)
		}
		return
	}
	if strings.Contains(word, ":") {
		d.clock(word)
	} else if n, err := strconv.Atoi(word); err == nil {
		d.number(word, n)
	} else if m, ok := month(word); ok && d.month == 0 {
		d.month = m
	} else if minutes, ok := zone(word); ok && d.timed {
		d.offset = minutes
	}
}

// number takes a zone, a day or a year.
func (d *clock) number(word string, n int) {
	switch {
	case d.timed && (word[0] == '+' || word[0] == '-'):
		d.offset = n/100*60 + n%100
	case d.day == 0 && n > 0 && n < 32 && len(word) <= 2:
		d.day = n
	case d.year == 0:
		d.year = fullYear(n, len(word))
	}
}

func (d *clock) clock(word string) {
	if i := strings.LastIndexAny(word, "+-"); i > 0 { // 10:00:00+0200
		d.clock(word[:i])
		d.take(word[i:])
		return
	}
	parts := strings.Split(word, ":")
	for i, to := range []*int{&d.hour, &d.minute, &d.second} {
		if i < len(parts) {
			whole, _, _ := strings.Cut(parts[i], ".")
			*to, _ = strconv.Atoi(whole)
		}
	}
	d.timed = true
}

func (d *clock) time() time.Time {
	isDay := d.day > 0 && d.month > 0 && d.year > 0
	isTime := d.hour >= 0 && d.hour <= 24 && d.minute >= 0 && d.minute < 60 && d.second >= 0 && d.second <= 60
	if !isDay || !isTime || d.offset < -24*60 || d.offset > 24*60 {
		return time.Time{}
	}
	t := time.Date(d.year, time.Month(d.month), d.day, d.hour, d.minute, d.second, 0, time.FixedZone("", d.offset*60))
	if t.Year() < 1 || t.Year() > 9999 {
		return time.Time{}
	}
	return t
}

// fullYear reads years of two and three digits (RFC 5322, 4.3).
func fullYear(n, digits int) int {
	switch {
	case digits <= 2 && n < 50:
		return 2000 + n
	case digits <= 3 || n < 200:
		return 1900 + n
	}
	return n
}

func month(word string) (int, bool) {
	if len(word) < 3 {
		return 0, false
	}
	i := strings.Index("janfebmaraprmayjunjulaugsepoctnovdec", strings.ToLower(word[:3]))
	return i/3 + 1, i >= 0 && i%3 == 0
}
