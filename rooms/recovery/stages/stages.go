// Package stages knows how complaints of each kind are dealt with: what each stage asks for before it is left, and how long
// it may take. A starter is there from the beginning; a company changes it and adds kinds of its own.
package stages

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/id"
	"github.com/hearthdesk/hearth/base/store"
)

type complaintKind struct{}

func (complaintKind) Prefix() string { return "cmp" }

// ID names a complaint.
type ID = id.Of[complaintKind]

// NewID makes one.
func NewID(tx *store.Tx) ID { return store.NewID[complaintKind](tx) }

// Answer is a yes, a no, or nothing yet.
type Answer string

// The answers.
const (
	Yes Answer = "yes"
	No  Answer = "no"
)

// How much people may write, in characters.
const (
	Longest = 10_000
	Brief   = 500 // a name or a check
)

// Tidy is what somebody wrote, without what no text holds; what is longer than that many characters is refused.
func Tidy(field, s string, most int) (string, error) {
	s = strings.TrimSpace(strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), ""))
	if utf8.RuneCountInString(s) > most {
		return s, fault.Field(field, "words.long", "This is longer than %d characters; keep to what helps.", most)
	}
	return s, nil
}

// Stage is how far a complaint has come.
type Stage string

// The stages.
const (
	Capture     Stage = "capture"
	Investigate Stage = "investigate"
	Resolve     Stage = "resolve"
	Communicate Stage = "communicate"
	FollowUp    Stage = "follow_up"
)

// All in the order of life.
var All = []Stage{Capture, Investigate, Resolve, Communicate, FollowUp} //nolint:gochecknoglobals // a constant list

// Kind is a sort of complaint and how it is dealt with.
type Kind struct {
	Key    string `json:"key" db:"key" maxLength:"40"`
	Label  string `json:"label" db:"label" maxLength:"200"`
	Stages []Plan `json:"stages" db:"stages,json" nullable:"false" maxItems:"5"`
	Off    bool   `json:"off,omitempty" db:"off" doc:"not offered any more"`
	Own    bool   `json:"own" db:"-" required:"false" doc:"yours, or one of the starter's that you changed"`
}

// Plan is what a stage asks for.
type Plan struct {
	Stage   Stage   `json:"stage" enum:"capture,investigate,resolve,communicate,follow_up"`
	Checks  []Check `json:"checks" nullable:"false" maxItems:"20" doc:"all of them are ticked before the stage is left"`
	Minutes []int64 `json:"minutes" nullable:"false" minItems:"3" maxItems:"3" doc:"working minutes by severity, the slight first; 0 for no clock"`
}

// Check is something that must be done.
type Check struct {
	Key  string `json:"key" maxLength:"40"`
	Text string `json:"text" maxLength:"500"`
}

const (
	hour    = 60
	workday = 8 * hour
	brief   = 200 // characters of a name
)

// starter is how complaints are dealt with before a company says otherwise. The communicate stage asks for the full
// account, without excuses and without other departments.
func starter() []Kind {
	plans := []Plan{
		{Capture, []Check{{"in_their_words", "What happened is written down in their words"}, {"thanked", "They were thanked for telling us, and heard an apology"}}, []int64{workday, workday / 2, hour}},
		{Investigate, []Check{{"facts", "We know what happened, from everybody who was there"}, {"cause", "We know why"}}, []int64{3 * workday, 2 * workday, workday}},
		{Resolve, []Check{{"made_right", "It is made right"}, {"extra_thought", "Something extra was thought of"}}, []int64{5 * workday, 3 * workday, workday}},
		{
			Communicate,
			[]Check{
				{"what_happened", "They were told what happened"},
				{"what_was_done", "They were told what was done"},
				{"what_comes_next", "They were told what comes next"},
				{"by_when", "They were told by when"},
				{"no_excuses", "Without an excuse, and without naming another department"},
			},
			[]int64{workday, workday / 2, 2 * hour},
		},
		{FollowUp, []Check{{"asked", "Somebody asked whether it held"}}, []int64{10 * workday, 7 * workday, 5 * workday}},
	}
	var all []Kind
	for _, k := range [][2]string{
		{"general", "General"},
		{"delay", "Too late, or too slow"},
		{"defect", "Broken, or not as promised"},
		{"mistake", "Our mistake"},
		{"manner", "How somebody was treated"},
		{"bill", "A bill or a price"},
		{"rule", "A rule of ours"},
	} {
		all = append(all, Kind{Key: k[0], Label: k[1], Stages: plans})
	}
	return all
}

// Plan is what a stage of this kind asks for; nothing when it is not in the list.
func (k Kind) Plan(s Stage) Plan {
	if i := slices.IndexFunc(k.Stages, func(p Plan) bool { return p.Stage == s }); i >= 0 {
		return k.Stages[i]
	}
	return Plan{Stage: s}
}

// Allows is how long a stage may take in working time; 0 for as long as it likes.
func (k Kind) Allows(s Stage, severity int) time.Duration {
	p := k.Plan(s)
	if severity < 1 || severity > len(p.Minutes) {
		return 0
	}
	return time.Duration(p.Minutes[severity-1]) * time.Minute
}

var plainKey = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)

// CheckKey refuses what can't be the key of a kind.
func CheckKey(key string) error {
	if plainKey.MatchString(key) {
		return nil
	}
	return fault.Field("key", "key.malformed", "A key is up to 40 small letters, numbers and underscores, a letter first.")
}

// Check refuses a kind that nobody could work by.
func (k *Kind) Check() error {
	if err := CheckKey(k.Key); err != nil {
		return err
	}
	if k.Label = strings.TrimSpace(k.Label); k.Label == "" || utf8.RuneCountInString(k.Label) > brief {
		return fault.Field("label", "kind.label", "A kind needs a name, of at most %d characters.", brief)
	}
	for i, p := range k.Stages {
		if !slices.Contains(All, p.Stage) || slices.ContainsFunc(k.Stages[:i], func(o Plan) bool { return o.Stage == p.Stage }) {
			return fault.Field("stages", "kind.stage", "Each stage stands in the list once: capture, investigate, resolve, communicate, follow_up.")
		}
		if len(p.Minutes) != 3 || slices.ContainsFunc(p.Minutes, func(m int64) bool { return m < 0 || m > 365*24*hour }) {
			return fault.Field("stages", "kind.minutes", "A stage has three working times in minutes, one for each severity; none is longer than a year.")
		}
		for j, c := range p.Checks {
			if !plainKey.MatchString(c.Key) || c.Text == "" || slices.ContainsFunc(p.Checks[:j], func(o Check) bool { return o.Key == c.Key }) {
				return fault.Field("stages", "kind.check", "Each check of a stage has a key of its own in small letters, and words.")
			}
		}
	}
	return nil
}

// Kinds are the starter's and the company's own, those it changed in place.
func Kinds(tx *store.Tx) ([]Kind, error) {
	own, err := Own(tx)
	all := starter()
	for _, k := range own {
		k.Own = true
		if i := slices.IndexFunc(all, func(s Kind) bool { return s.Key == k.Key }); i >= 0 {
			all[i] = k
		} else {
			all = append(all, k)
		}
	}
	return all, err
}

// Of is one of them. One that is gone is dealt with like any other complaint.
func Of(tx *store.Tx, key string) (k Kind, there bool, err error) {
	all, err := Kinds(tx)
	if err != nil {
		return k, false, err
	}
	if i := slices.IndexFunc(all, func(k Kind) bool { return k.Key == key }); i >= 0 {
		return all[i], true, nil
	}
	return all[0], false, nil
}

// Named is a kind that somebody chose, which must be there; the first one when they chose none.
func Named(tx *store.Tx, key string) (Kind, error) {
	k, there, err := Of(tx, key)
	if err == nil && key != "" && (!there || k.Off) {
		err = fault.Field("kind", "complaint.kind", "There is no kind of complaint %q.", key)
	}
	return k, err
}

// Next is the stage after this one; false after the last.
func (s Stage) Next() (Stage, bool) {
	i := slices.Index(All, s)
	if i < 0 || i+1 >= len(All) {
		return "", false
	}
	return All[i+1], true
}

// Own are the kinds that a company changed or added.
func Own(tx *store.Tx) ([]Kind, error) {
	return store.All[Kind](tx, `SELECT key, label, stages, off FROM complaints_kinds ORDER BY key`)
}

// Save enters or changes a kind.
func Save(tx *store.Tx, k Kind) error {
	return tx.Do(`INSERT INTO complaints_kinds (key, label, stages, off) VALUES ($1, $2, $3, $4)
		ON CONFLICT (key) DO UPDATE SET label = excluded.label, stages = excluded.stages, off = excluded.off`, k.Key, k.Label, store.JSON(k.Stages), k.Off)
}

// Drop takes a kind away; false when there is none.
func Drop(tx *store.Tx, key string) (bool, error) {
	n, err := tx.Exec(`DELETE FROM complaints_kinds WHERE key = $1`, key)
	return n > 0, err
}
