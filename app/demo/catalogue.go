package demo

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
)

// thing is what the company makes, as its customers call it.
type thing struct {
	model  string
	about  string // words for what it is and has, by which scenes choose
	en, de string
	gender byte // of the German word: m, f or n
	price  int  // euros
}

// catalogue is everything Hobbin & Wick sell.
func catalogue() []thing {
	return []thing{
		{"Mirja", "lamp cord foot shade", "floor lamp", "Stehlampe", 'f', 340},
		{"Tove", "lamp cord shade", "table lamp", "Tischlampe", 'f', 180},
		{"Oskar", "lamp cord", "desk lamp", "Schreibtischlampe", 'f', 220},
		{"Halla", "lamp hang shade", "pendant lamp", "Pendelleuchte", 'f', 265},
		{"Bo", "lamp hang", "wall lamp", "Wandleuchte", 'f', 145},
		{"Nell", "lamp cord", "reading lamp", "Leselampe", 'f', 195},
		{"Anton", "wood seat chair", "chair", "Stuhl", 'm', 290},
		{"Pip", "wood seat stool", "stool", "Hocker", 'm', 160},
		{"Greta", "wood seat big", "bench", "Sitzbank", 'f', 480},
		{"Ruth", "wood seat big", "rocking chair", "Schaukelstuhl", 'm', 890},
		{"Karl", "wood table dining top big", "dining table", "Esstisch", 'm', 1480},
		{"Minna", "wood table", "side table", "Beistelltisch", 'm', 320},
		{"Fritz", "wood table top drawers big", "writing desk", "Schreibtisch", 'm', 980},
		{"Alma", "wood storage shelf big", "shelf", "Regal", 'n', 540},
		{"Emil", "wood storage drawers doors big", "sideboard", "Sideboard", 'n', 1190},
		{"Jule", "wood storage drawers big", "chest of drawers", "Kommode", 'f', 860},
		{"Rosa", "wood storage doors big", "wardrobe", "Kleiderschrank", 'm', 1350},
	}
}

// fitting says whether a scene about something can be told of the thing.
func (t thing) fitting(about string) bool {
	return about == "any" || about == "none" || slices.Contains(strings.Fields(t.about), about)
}

// word is one in English and German.
type word struct{ en, de string }

func (w word) in(lang string) string {
	if lang == "de" {
		return w.de
	}
	return w.en
}

func woods() []word {
	return []word{{"oak", "Eiche"}, {"ash", "Esche"}, {"walnut", "Nussbaum"}, {"cherry", "Kirsche"}}
}

func colours() []word {
	return []word{{"moss green", "Moosgrün"}, {"brick red", "Ziegelrot"}, {"midnight blue", "Nachtblau"}, {"raw linen", "Naturleinen"}, {"mustard", "Senfgelb"}, {"charcoal", "Anthrazit"}}
}

func carriers() []string { return []string{"Postilion", "Zugvogel"} }

func cities(lang string) []string {
	if lang == "de" {
		return []string{"Leipzig", "Köln", "Bremen", "Graz", "Basel", "Kassel", "Rostock", "Mainz", "Jena", "Ulm", "Linz", "Lübeck", "Erfurt", "Freiburg"}
	}
	return []string{"Leeds", "Dublin", "Utrecht", "Ghent", "Copenhagen", "Norwich", "Cork", "Bristol", "Luxembourg", "Malmö", "York", "Galway", "Antwerp", "Bergen"}
}

func numbers(lang string) []string {
	if lang == "de" {
		return []string{"zwei", "drei", "vier", "fünf", "sechs"}
	}
	return []string{"two", "three", "four", "five", "six"}
}

// articles are the German words that go with a noun, by its gender: masculine, feminine, neuter.
func articles() map[string][3]string {
	return map[string][3]string{
		"der": {"der", "die", "das"}, "den": {"den", "die", "das"}, "dem": {"dem", "der", "dem"},
		"mein": {"mein", "meine", "mein"}, "meinen": {"meinen", "meine", "mein"}, "meinem": {"meinem", "meiner", "meinem"},
		"unser": {"unser", "unsere", "unser"},
	}
}

// one picks one.
func one[T any](r *rand.Rand, all []T) T { return all[r.IntN(len(all))] }

// two picks two that differ.
func two[T any](r *rand.Rand, all []T) (a, b T) {
	i := r.IntN(len(all))
	return all[i], all[(i+1+r.IntN(len(all)-1))%len(all)]
}

// chance is true in p of 1 cases.
func chance(r *rand.Rand, p float64) bool { return r.Float64() < p }

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
