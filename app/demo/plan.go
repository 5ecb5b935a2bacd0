package demo

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/hearthdesk/hearth/rooms/tickets"
)

// story is one conversation: a scene that a customer lives through, and where it has come to.
type story struct {
	n     int
	scene *scene
	by    *customer
	start time.Time
	first bool // of the customer's
	rng   *rand.Rand
	tell  *teller
	thing thing
	agent map[string]*colleague // who would take it in each team
	acts  []act                 // what is still to come
	// What came of it so far.
	ticket           tickets.ID
	team             string
	owner            *colleague
	sorted, threaded bool
	mails            int
	refs             []string // of what was said by mail, oldest first
	last             said     // our last words
	told             string   // what the customer said first, without greeting
	captured         bool     // as a complaint, or let be
}

// said is what we said last and under which reference it went out, once that is known.
type said struct {
	id    tickets.MessageID
	words string
	at    time.Time
	ref   string
}

// act is one thing that happens at a moment.
type act struct {
	at time.Time
	beat
}

// What scenes don't write: it can happen to every ticket.
const (
	absent = 'a' // an automatic reply
	lost   = 'l' // our answer comes back
	nudge  = 'n' // the customer asks whether anybody is there
)

const month = 30 * 24 * time.Hour

// plan says who writes when and about what, in the order of time.
func plan(o Options, all []scene, end time.Time) (stories []*story, customers []*customer) {
	r := rand.New(rand.NewPCG(o.Seed, 1)) //nolint:gosec // a made-up month needs no secret chance
	count := max(4, o.Tickets/5)
	customers = meet(r, count)
	spammers := max(1, count/80)
	by := map[string][]*scene{}
	for i := range all {
		s := &all[i]
		for range s.weight {
			by[group(s)] = append(by[group(s)], s)
		}
	}
	starts := moments(r, o.Tickets, end)
	seen := map[*customer]map[*scene]bool{}
	for i, n := range r.Perm(o.Tickets) {
		st := &story{n: i, start: starts[i], rng: rand.New(rand.NewPCG(o.Seed, uint64(i)+1000))} //nolint:gosec // as above
		junk := chance(r, 0.015)
		switch {
		case n < count: // everybody writes at least once
			st.by = customers[n]
			junk = n >= count-spammers
		case junk:
			st.by = customers[count-1-r.IntN(spammers)]
		default: // and some write often
			st.by = customers[int(math.Pow(r.Float64(), 1.6)*float64(count-spammers))]
		}
		key := kindOf(r, st.by, junk)
		if seen[st.by] == nil {
			seen[st.by] = map[*scene]bool{}
			st.first = true
		}
		st.scene = one(r, by[key])
		for range 8 { // nobody tells the same story twice, if there are others
			if !seen[st.by][st.scene] {
				break
			}
			st.scene = one(r, by[key])
		}
		seen[st.by][st.scene] = true
		stories = append(stories, st)
	}
	return stories, customers
}

// group is the drawer a scene lies in: its language, and whether it is spam.
func group(s *scene) string {
	if s.isSpam() {
		return s.lang + " spam"
	}
	if s.kind == "trade" {
		return s.lang + " trade"
	}
	return s.lang
}

// kindOf is the drawer for a customer's next story. Companies ask for offers now and then, private people don't.
func kindOf(r *rand.Rand, c *customer, junk bool) string {
	if junk {
		return c.lang + " spam"
	}
	if c.firm != nil && chance(r, 0.35) {
		return c.lang + " trade"
	}
	return c.lang
}

func (s *scene) isSpam() bool {
	return slices.ContainsFunc(s.beats, func(b beat) bool { return b.do == stand && b.arg == "spam" })
}

// moments are when customers write, in order: more by day than by night, most on Mondays, a few minutes ago the last.
func moments(r *rand.Rand, n int, end time.Time) []time.Time {
	all := make([]time.Time, n)
	for i := range all {
		for {
			at := end.Add(-3*time.Minute - time.Duration(r.Int64N(int64(month))))
			if r.Float64() < weekday(at)*hour(at) {
				all[i] = at.Truncate(time.Second)
				break
			}
		}
	}
	slices.SortFunc(all, func(a, b time.Time) int { return a.Compare(b) })
	return all
}

func weekday(at time.Time) float64 {
	return [7]float64{0.45, 1, 0.85, 0.8, 0.8, 0.75, 0.5}[at.Weekday()]
}

func hour(at time.Time) float64 {
	switch h := at.Hour(); {
	case h < 6:
		return 0.06
	case h < 8, h > 21:
		return 0.4
	case h < 12:
		return 1
	case h > 18:
		return 0.8
	}
	return 0.7
}

// unfold works out what happens in the story and when, before it begins; what lies after the month never happens.
func (st *story) unfold(c *company, zone *time.Location, number int) {
	st.cast(c, zone, number)
	if st.scene.way == "call" || st.scene.way == "visit" {
		st.start = c.open.Next(st.start)
	}
	st.schedule(c)
}

// cast works out what the story is about, and who of us would hear of it.
func (st *story) cast(c *company, zone *time.Location, number int) {
	st.tell, st.thing = begin(st.rng, st.scene, st.by, number, st.start, zone)
	st.team = "desk"
	if st.scene.repairs {
		st.team = "workshop"
	}
	st.agent = map[string]*colleague{}
	for _, t := range teams() {
		st.agent[t.en] = c.choose(st.rng, t.en, st.scene.lang)
	}
	st.know()
}

// schedule gives every beat its moment, until the story ends or is cut short.
func (st *story) schedule(c *company) {
	at, answers := st.start, 0
	fate := st.rng.Float64()
	for _, b := range st.beats() {
		switch b.do {
		case rest:
			if chance(st.rng, 0.3) {
				st.end(c, at)
				return
			}
			continue
		case answer:
			if overlooked := fate < 0.03 || answers == 1 && fate < 0.042; overlooked && b.arg != goodbye {
				st.forgotten(at)
				return
			}
			at = st.work(c, at, b)
			answers++
		default:
			at = st.next(c, at, b)
		}
		st.acts = append(st.acts, act{at, b})
		if b.do == answer && answers == 1 && st.mishap(c, at, fate) {
			return
		}
	}
	st.end(c, at)
}

// next is when anything but an answer happens.
func (st *story) next(c *company, at time.Time, b beat) time.Time {
	switch b.do {
	case note, pass:
		return c.open.Add(at, time.Duration(10+st.rng.IntN(50))*time.Minute)
	case hear:
		return st.listen(at, b)
	}
	return st.stands(c, at, b)
}

// goodbye marks an answer to thanks, which hardly anybody forgets here.
const goodbye = "goodbye"

// beats are those of the scene, with the way to the right team where the mailbox is another's, and a last word of ours
// where the customer had it: somebody who says thank you is answered.
func (st *story) beats() (all []beat) {
	first := slices.IndexFunc(st.scene.beats, func(b beat) bool { return b.do == answer || b.do == pass || b.do == note })
	for i, b := range st.scene.beats {
		if i == first && st.team != st.scene.team && b.do != pass {
			all = append(all, beat{do: pass, arg: st.scene.team, words: st.why()})
		}
		if b.do == stand && b.arg == "content" && len(all) > 0 && all[len(all)-1].do == hear && chance(st.rng, 0.94) {
			all = append(all, beat{do: answer, arg: goodbye, words: lastWords()[st.scene.lang]})
		}
		all = append(all, b)
	}
	return all
}

// lastWords fit any thanks.
func lastWords() map[string]string {
	return map[string]string{
		"en": "[That is good to hear. Thank you for telling us, and until next time.|You have made our morning, thank you. If anything comes up, you know where we are.|I am glad. And thank you for your patience with us.|" +
			"Wonderful, thank you for writing back; most people don't, and we always wonder. All the best to you.|Thank you! I have passed it on, and somebody at the bench is whistling now.|" +
			"That is how it should be. Should you ever be near the tram depot, there is coffee.|Very good. I close this for today; a line from you opens it again at any time.|Lovely news. Enjoy it, and greetings from all of us.]",
		"de": "[das freut mich. Danke, dass Sie uns Bescheid geben, und bis zum nächsten Mal.|damit haben Sie uns den Morgen gerettet, danke. Wenn etwas ist, wissen Sie, wo wir sind.|das höre ich gern. Und danke für Ihre Geduld mit uns.|" +
			"wie schön, danke für die Rückmeldung. Die meisten schreiben nicht mehr, und wir fragen uns dann, wie es ausging. Alles Gute für Sie!|danke! Ich habe es weitergesagt, an der Werkbank wird jetzt gepfiffen.|" +
			"so soll es sein. Falls Sie einmal am Straßenbahndepot vorbeikommen: Es gibt Kaffee.|sehr gut. Für heute schließe ich das hier; eine Zeile von Ihnen, und es ist wieder offen.|schöne Nachrichten. Viel Freude damit, und Grüße von uns allen!]",
	}
}

func (st *story) why() string {
	if st.scene.lang == "de" {
		return map[string]string{
			"workshop": "[Das muss sich jemand an der Werkbank ansehen|Werkstattfrage|Für die Werkstatt, mit Bild|Bitte jemand, der {den} kennt]",
			"delivery": "[Spedition, bitte nachfassen|Liegt beim Versand|Liefertermin, bitte übernehmen]",
			"trade":    "[Gewerblich|Firmenkunde mit größerer Menge]",
		}[st.scene.team]
	}
	return map[string]string{
		"workshop": "[Needs somebody at the bench|Workshop question|For whoever knows the {model} from the inside|Repair, please have a look]",
		"delivery": "[Carrier, please chase|Delivery date, please take over|With the carrier, not with us]",
		"trade":    "[Trade customer|Larger quantity, not for the shop]",
	}[st.scene.team]
}

// know names the colleagues the story speaks of: none of them is the one who answers.
func (st *story) know() {
	me := st.agent[st.scene.team].first
	other := func(names ...string) string {
		return names[slices.IndexFunc(names, func(n string) bool { return n != me && n != st.tell.facts["boss"] })]
	}
	st.tell.facts["agent"] = me
	boss := "Ottilie"
	if st.scene.team == "workshop" || st.scene.team == "trade" {
		boss = "Joost"
	}
	if boss == me {
		boss = "Ida"
	}
	st.tell.facts["boss"] = boss
	st.tell.facts["bench"] = other("Tilda", "Casimir", "Joost")
	st.tell.facts["driver"] = "Theo"
	st.tell.facts["desk"] = other("Maren", "Priya", "Samir")
}

// choose picks who answers for a team in a language; supervisors lend a hand.
func (c *company) choose(r *rand.Rand, team, lang string) *colleague {
	var all []*colleague
	for _, p := range c.staff {
		if !slices.Contains(p.teams, team) || lang == "de" && !p.german || p.role == "light" {
			continue
		}
		times := 4
		if p.role == "supervisor" {
			times = 1
		}
		for range times {
			all = append(all, p)
		}
	}
	return one(r, all)
}

// work is when an answer is given: in working time, sooner when it is urgent, later in a bad week.
func (st *story) work(c *company, at time.Time, b beat) time.Time {
	if b.after >= 24*time.Hour {
		return c.open.Add(c.open.Next(at.Add(b.after-6*time.Hour)), time.Duration(st.rng.IntN(90))*time.Minute)
	}
	if b.after > 0 {
		return c.open.Add(at, b.after+time.Duration(st.rng.IntN(5))*time.Minute)
	}
	hours := map[string]float64{"desk": 1.3, "workshop": 2.2, "delivery": 1.4, "trade": 2.5}[st.scene.team]
	switch st.scene.priority {
	case tickets.Urgent:
		hours *= 0.3
	case tickets.High:
		hours *= 0.6
	case tickets.Low:
		hours *= 1.8
	case tickets.Normal:
	}
	if day := at.YearDay() % 30; day > 20 && day < 25 { // somebody is ill
		hours *= 2.5
	}
	hours *= math.Exp(st.rng.NormFloat64() * 0.9)
	return c.open.Add(at, time.Duration(min(hours, 40)*float64(time.Hour))+4*time.Minute).Add(time.Duration(st.rng.IntN(50)) * time.Second)
}

// listen is when a customer says something.
func (st *story) listen(at time.Time, b beat) time.Time {
	if len(st.acts) == 0 {
		return at
	}
	wait := b.after
	if wait > 0 {
		wait = time.Duration(float64(wait) * (0.8 + 0.4*st.rng.Float64()))
	} else {
		wait = time.Duration(min(4*math.Exp(st.rng.NormFloat64()*1.1), 80) * float64(time.Hour))
	}
	at = at.Add(wait + 5*time.Minute)
	if h := at.Hour(); h < 5 || h > 21 { // they sleep on it
		at = at.Add(time.Duration(8+st.rng.IntN(3)) * time.Hour)
	}
	return at.Add(time.Duration(st.rng.IntN(3600)) * time.Second)
}

// stands is when it is said where a ticket stands: at once after our own words, when somebody sees to it after theirs.
func (st *story) stands(c *company, at time.Time, b beat) time.Time {
	last := byte(answer)
	if n := len(st.acts); n > 0 {
		last = st.acts[n-1].do
	}
	if last == hear && b.do == stand {
		return c.open.Add(at, time.Duration(15+st.rng.IntN(240))*time.Minute)
	}
	return at.Add(time.Duration(8+st.rng.IntN(40)) * time.Second)
}

// mishap lets a few answers meet a machine, or come back.
func (st *story) mishap(c *company, at time.Time, fate float64) (over bool) {
	switch {
	case fate > 0.97:
		st.acts = append(st.acts, act{at.Add(time.Duration(200+st.rng.IntN(90)) * time.Second), beat{do: absent}})
	case fate > 0.957 && st.scene.way == "email" && st.by.firm == nil:
		back := at.Add(time.Duration(4+st.rng.IntN(9)) * time.Minute)
		st.acts = append(st.acts, act{back, beat{do: lost}},
			act{c.open.Add(back, time.Hour), beat{do: note, words: map[string]string{
				"en": "[My answer came back, the mailbox is gone. No phone number on the card.|Came back. I'll try by letter, the address is on the order.]",
				"de": "[Meine Antwort kam zurück, das Postfach gibt es nicht mehr. Ich schreibe einen Brief.|Kam zurück. Auf der Bestellung steht die Anschrift, ich versuche es per Post.]",
			}[st.scene.lang]}})
		return true
	}
	return false
}

// forgotten is a ticket nobody saw; some customers ask again.
func (st *story) forgotten(at time.Time) {
	if st.scene.way == "email" && chance(st.rng, 0.5) {
		st.acts = append(st.acts, act{at.Add(time.Duration(50+st.rng.IntN(90)) * time.Hour), beat{do: nudge}})
	}
}

// end is what becomes of a ticket the customer falls silent on: solved, asked, and after some days closed as silent.
func (st *story) end(c *company, at time.Time) {
	i := len(st.acts) - 1
	for i > 0 && st.acts[i].do != stand {
		i--
	}
	status := st.acts[i].arg
	if status == "pending" && chance(st.rng, 0.75) {
		at = c.open.Add(c.open.Next(at.AddDate(0, 0, 5+st.rng.IntN(4))), time.Duration(st.rng.IntN(300))*time.Minute)
		st.acts = append(st.acts, act{at, beat{do: stand, arg: "resolved"}})
		status = "resolved"
	}
	if status == "resolved" {
		at = c.open.Add(c.open.Next(at.AddDate(0, 0, 5+st.rng.IntN(3))), time.Duration(st.rng.IntN(120))*time.Minute)
		st.acts = append(st.acts, act{at, beat{do: stand, arg: "silent"}})
	}
}

// sooner orders stories by what happens next.
func sooner(a, b *story) int {
	return cmp.Or(a.acts[0].at.Compare(b.acts[0].at), cmp.Compare(a.n, b.n))
}

func again(lang string) []string {
	if lang == "de" {
		return strings.Split("hat Sie meine Nachricht erreicht? Ich habe noch nichts gehört.|ich frage vorsichtig nach: Gibt es schon etwas Neues?|ich warte immer noch auf eine Antwort. Lesen Sie dort noch mit?", "|")
	}
	return strings.Split("Did my message reach you? I haven't heard anything yet.|Just a careful question whether there is any news.|I am still waiting for an answer. Is anybody reading this?", "|")
}
