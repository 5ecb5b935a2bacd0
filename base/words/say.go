package words

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
	xmessage "golang.org/x/text/message"
	"golang.org/x/text/number"
)

// maxFraction is how many decimals a number is said with, as in browsers.
const maxFraction = 3

// say writes a message out.
func (t *tongue) say(m message, args map[string]any) (string, error) {
	var s strings.Builder
	err := t.write(&s, m, args, "")
	return s.String(), err
}

// write adds a message to s; count is what # means.
func (t *tongue) write(s *strings.Builder, m message, args map[string]any, count string) error {
	for _, p := range m {
		switch p.kind {
		case literal:
			s.WriteString(p.text)
		case theNumber:
			s.WriteString(count)
		default:
			if err := t.argument(s, p, args, count); err != nil {
				return err
			}
		}
	}
	return nil
}

func (t *tongue) argument(s *strings.Builder, p part, args map[string]any, count string) error {
	value := args[p.arg]
	if value == nil {
		return fmt.Errorf("{%s} is missing", p.arg)
	}
	if len(p.cases) > 0 {
		says, inner, err := t.choose(p, value, count)
		if err != nil {
			return err
		}
		return t.write(s, says, args, inner)
	}
	said, err := t.value(p, value)
	s.WriteString(said)
	return err
}

// value says one argument.
func (t *tongue) value(p part, value any) (string, error) {
	switch p.kind {
	case numbered:
		x, err := asNumber(p, value)
		if err != nil {
			return "", err
		}
		return t.number(x, p.style), nil
	case dated, timed:
		moment, ok := value.(time.Time)
		if !ok {
			return "", wrongKind(p, value)
		}
		return t.moment(moment, p), nil
	default:
		return word(p, value)
	}
}

// word says a plain argument; a number is not grouped, as it may be the number of something.
func word(p part, value any) (string, error) {
	switch v := value.(type) {
	case string:
		return v, nil
	case fmt.Stringer:
		return v.String(), nil
	}
	x, err := asNumber(p, value)
	if err != nil {
		return "", err
	}
	return strconv.FormatFloat(x, 'f', -1, 64), nil
}

func wrongKind(p part, value any) error {
	return fmt.Errorf("{%s, %s} cannot be said of a %T", p.arg, p.kind, value)
}

func asNumber(p part, value any) (float64, error) {
	switch v := value.(type) {
	case int:
		return float64(v), nil
	case int32:
		return float64(v), nil
	case int64:
		return float64(v), nil
	case float64:
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			return v, nil
		}
	}
	return 0, wrongKind(p, value)
}

// choose finds the case that fits a value, and what # means in it.
func (t *tongue) choose(p part, value any, count string) (message, string, error) {
	if p.kind == selected {
		return p.find(fmt.Sprint(value), "other"), count, nil
	}
	x, err := asNumber(p, value)
	if err != nil {
		return nil, "", err
	}
	rules := plural.Cardinal
	if p.kind == ordered {
		rules = plural.Ordinal
	}
	return p.find("="+strconv.FormatFloat(x, 'f', -1, 64), form(rules, t.tag, x), "other"), t.number(x, ""), nil
}

// find is the first case there is of these names; parse made sure of "other".
func (p part) find(names ...string) message {
	for _, name := range names {
		for _, o := range p.cases {
			if o.name == name {
				return o.says
			}
		}
	}
	return nil
}

func (t *tongue) number(x float64, style string) string {
	p := xmessage.NewPrinter(t.tag)
	switch style {
	case "integer":
		return p.Sprint(number.Decimal(math.Round(x), number.MaxFractionDigits(0)))
	case "percent":
		return p.Sprint(number.Percent(x, number.MaxFractionDigits(0)))
	}
	return p.Sprint(number.Decimal(x, number.MaxFractionDigits(maxFraction)))
}

// formNames are the plural forms of CLDR, in the order of plural.Form.
var formNames = []string{"other", "zero", "one", "two", "few", "many"}

// form is the plural form of a number by the rules of a language (Unicode TR 35, part 3, section 5.1.1).
func form(rules *plural.Rules, tag language.Tag, x float64) string {
	whole, fraction, _ := strings.Cut(strconv.FormatFloat(math.Abs(x), 'f', -1, 64), ".")
	fraction = fraction[:min(len(fraction), maxFraction)]
	if len(whole) > 15 { // the rules look at the last digits, and at whether there are millions
		whole = "1" + whole[len(whole)-14:]
	}
	i, _ := strconv.Atoi(whole)
	f, _ := strconv.Atoi(fraction)
	short := strings.TrimRight(fraction, "0")
	short0, _ := strconv.Atoi(short)
	return formNames[rules.MatchPlural(tag, i, len(fraction), len(short), f, short0)]
}

// pluralForms are the forms that counting in a language meets.
func pluralForms(tag language.Tag) []string {
	var forms []string
	seen := map[string]bool{}
	for i := range 400 {
		if name := form(plural.Cardinal, tag, float64(i)/2); !seen[name] {
			seen[name] = true
			forms = append(forms, name)
		}
	}
	return forms
}

// calendar is how a language writes days and times, as browsers do; Go knows the patterns, not the names.
type calendar struct {
	months, short, days []string
	patterns            map[string]string // Go layouts; January, Jan and Monday stand for the names above
}

func (t *tongue) moment(at time.Time, p part) string {
	base, _ := t.tag.Base()
	c, ok := calendars[base.String()]
	if !ok {
		c = calendar{patterns: isoPatterns}
	}
	said := at.Format(c.patterns[string(p.kind)+" "+p.style])
	if len(c.months) == 12 { // names stand in the layout as {M}, {m} and {d}: no layout of Go's means them
		said = strings.NewReplacer("{M}", c.months[at.Month()-1], "{m}", c.short[at.Month()-1], "{d}", c.days[at.Weekday()]).Replace(said)
	}
	return said
}

var calendars = map[string]calendar{
	"en": {patterns: map[string]string{
		"date short": "1/2/06", "date medium": "Jan 2, 2006", "date long": "January 2, 2006", "date full": "Monday, January 2, 2006",
		"time short": "3:04 PM", "time medium": "3:04:05 PM",
	}},
	"de": {
		months: strings.Fields("Januar Februar März April Mai Juni Juli August September Oktober November Dezember"),
		short:  strings.Fields("Jan. Feb. März Apr. Mai Juni Juli Aug. Sept. Okt. Nov. Dez."),
		days:   strings.Fields("Sonntag Montag Dienstag Mittwoch Donnerstag Freitag Samstag"),
		patterns: map[string]string{
			"date short": "2.1.06", "date medium": "2. {m} 2006", "date long": "2. {M} 2006", "date full": "{d}, 2. {M} 2006",
			"time short": "15:04", "time medium": "15:04:05",
		},
	},
}

// isoPatterns are for languages whose names we don't have yet.
var isoPatterns = map[string]string{
	"date short": "2006-01-02", "date medium": "2006-01-02", "date long": "2006-01-02", "date full": "2006-01-02",
	"time short": "15:04", "time medium": "15:04:05",
}
