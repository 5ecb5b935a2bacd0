package demo

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
)

// customer is somebody who writes to the company. Every name, address and number is made up; the domains and the numbers
// are those set apart for that (RFC 2606; the telephone numbers of Germany, Britain and America for films).
type customer struct {
	first, last, title string
	woman              bool
	lang               string
	email, phone       string
	home               string // the city
	firm               *firm  // nil for private people
	formal             bool   // ends with a signature of several lines
}

func (c *customer) name() string { return c.first + " " + c.last }

// firm is a company that customers belong to.
type firm struct{ name, domain, lang string }

func firms() []firm {
	return []firm{
		{"Hotel Tern & Tide", "terntide.example.com", "en"},
		{"Café Saucer", "saucer.example.org", "en"},
		{"Lantern Lane Library", "lanternlane.example.org", "en"},
		{"Plover Architects", "plover.example.net", "en"},
		{"Guesthouse Long Meadow", "longmeadow.example.com", "en"},
		{"Copper Kettle Offices", "copperkettle.example.net", "en"},
		{"Quayside School", "quayside.example.org", "en"},
		{"Northlight Gallery", "northlight.example.com", "en"},
		{"Hotel Seeschwalbe", "seeschwalbe.example.com", "de"},
		{"Kita Pusteblume", "pusteblume.example.org", "de"},
		{"Café Untertasse", "untertasse.example.net", "de"},
		{"Büro Kupferstich", "kupferstich.example.com", "de"},
		{"Praxis am Lindenhof", "lindenhof.example.org", "de"},
	}
}

const germans = 0.3 // of the customers

// meet makes the customers: the same for the same seed. The last few of a hundred write only spam.
func meet(r *rand.Rand, n int) (all []*customer) {
	taken := map[string]bool{}
	list := firms()
	for i := range n {
		c := &customer{lang: "en"}
		if chance(r, germans) {
			c.lang = "de"
		}
		if chance(r, 0.14) {
			f := one(r, list)
			c.firm, c.lang = &f, f.lang
		}
		for c.email == "" || taken[c.email] {
			c.christen(r)
			c.address(r, len(taken))
		}
		taken[c.email] = true
		c.home = one(r, cities(c.lang))
		c.formal = c.firm != nil && chance(r, 0.7) || chance(r, 0.08)
		if chance(r, 0.45) {
			c.phone = number(c.lang, i)
		}
		all = append(all, c)
	}
	return all
}

func (c *customer) christen(r *rand.Rand) {
	c.woman = chance(r, 0.54)
	if c.lang == "de" {
		c.first, c.last = one(r, strings.Fields(germanMen)), one(r, strings.Fields(germanSurnames))
		if c.woman {
			c.first = one(r, strings.Fields(germanWomen))
		}
	} else {
		c.first, c.last = one(r, strings.Fields(englishNames)), one(r, strings.Fields(englishSurnames))
	}
	if c.title = ""; chance(r, 0.03) {
		c.title = "Dr."
	}
}

// address gives the customer one of their own, in one of the ways people write theirs.
func (c *customer) address(r *rand.Rand, i int) {
	first, last := plain(c.first), plain(c.last)
	domain := one(r, []string{"example.com", "example.net", "example.org", "post.example.com", "mail.example.net", "home.example.org"})
	if c.firm != nil {
		c.email = first + "." + last + "@" + c.firm.domain
		return
	}
	switch r.IntN(4) {
	case 0:
		c.email = first + "." + last + "@" + domain
	case 1:
		c.email = first[:1] + last + "@" + domain
	case 2:
		c.email = last + strconv.Itoa(40+i%60) + "@" + domain
	default:
		c.email = first + "_" + last + "@" + domain
	}
}

func plain(s string) string {
	return strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss", "é", "e", "ï", "i").Replace(strings.ToLower(s))
}

// number is the i-th telephone number that belongs to nobody; none when they are used up.
func number(lang string, i int) string {
	german := []string{"+49 30 23125", "+49 40 66969", "+49 221 4710", "+49 89 99998", "+49 69 90009"}
	british := []string{"+44 20 7946 0", "+44 113 496 0", "+44 117 496 0", "+44 131 496 0", "+44 161 496 0", "+44 121 496 0"}
	if lang == "de" && i/800 < len(german) {
		return fmt.Sprintf("%s %03d", german[i/800], 200+i%800)
	}
	if lang == "en" && i/1000 < len(british) {
		return fmt.Sprintf("%s%03d", british[i/1000], i%1000)
	}
	return ""
}

// salute is how the company addresses the customer.
func (c *customer) salute(r *rand.Rand, mood string) string {
	if c.lang == "en" {
		return one(r, []string{"Hello ", "Dear ", "Hello "}) + c.first + ","
	}
	title := strings.TrimPrefix(c.title+" ", " ")
	if mood == "angry" && c.woman {
		return "Guten Tag Frau " + title + c.last + ","
	}
	if mood == "angry" {
		return "Guten Tag Herr " + title + c.last + ","
	}
	if c.woman {
		if mood == "grateful" {
			return "Liebe Frau " + title + c.last + ","
		}
		return one(r, []string{"Guten Tag Frau ", "Guten Tag Frau ", "Liebe Frau "}) + title + c.last + ","
	}
	if mood == "grateful" {
		return "Lieber Herr " + title + c.last + ","
	}
	return one(r, []string{"Guten Tag Herr ", "Guten Tag Herr ", "Lieber Herr "}) + title + c.last + ","
}

const (
	englishNames = `Abel Ada Agnes Amos Beatrix Bram Briony Cecil Clover Cosmo Dara Dexter Edith Elowen Ephraim Esme Fergus Flora Gideon
		Hattie Hugo Imogen Isolde Jasper Juno Kit Lorcan Mabel Magnus Maud Merrin Myrtle Ned Nora Olive Orla Otis Pearl Percy Phoebe
		Quentin Ramona Rosalind Rufus Sabine Seamus Sybil Tamsin Thaddeus Theodora Ursula Vera Wilfred Winnie Yara Zadie Aoife Desmond
		Ingrid Joss Lavinia Mungo Petra Rowena Silas Verity Barnaby Delphine Ozias Harriet`
	englishSurnames = `Applewhistle Ashgrove Barleycorn Birdwhistle Bramblewick Brindlecombe Candlewood Cloverdale-Finch Copperfield-Moss Cricklewater
		Dandelby Drizzlecombe Elderflint Fallowfield Featherstonehaugh-Lamb Fennimore Figgwater Foxglove Gladewater Goosebury Hawthornby
		Hazelrigg Heatherwick Honeybourne Inkpen Ivythorne Kettleborough Kingfishery Larkwhistle Lavenderhill Lightfootle Limpkin Marigolden
		Marshmallowby Meadowcroft Merryweather Mistlethwaite Mossflower Nettlefold Nightjarrow Oakapple Otterbourne Pebblewhite Pennyfeather
		Periwinkle Pipistrelle Plumtree Puddlefoot Quillfeather Rainwater Ravenscombe Rosehipley Saltmarsh Silverbirch Skylarkin Snowberry
		Sparrowgate Starlingham Swallowtail Teasel Thimblewick Thistledown Turnstone Umberleaf Wagtailor Waterlilly Whimbrel Willowherb
		Windlestraw Wrenfield Yarrowby Yellowhammer`
	germanWomen = `Adele Agathe Alma Annelie Berta Carlotta Dorothea Edda Elfriede Emmi Franka Frieda Gesa Greta Hanne Hedwig Ilse Jette Karla
		Katinka Klara Leni Lotte Luise Marlene Mathilda Minna Nele Paula Ronja Rosa Svea Thea Wanda Wiebke Amelie Henrike Smilla`
	germanMen = `Albert Anton Arne August Balthasar Bruno Caspar Edgar Emil Erich Falk Fiete Gustav Hannes Henning Hinnerk Jorin Konrad Levin
		Linus Lorenz Ludger Matthis Oskar Quirin Rasmus Ruben Severin Till Tjark Ulrich Valentin Veit Wenzel Wim Alrik Bendix Jakob`
	germanSurnames = `Ackerwinde Ahornblatt Amselfeld Bachstelz Birkenhain Blaumeis Brombeer Butterblum Dachsbauer Distelkamp Dohlenstein
		Eichhorn-Nuss Eisvogler Erlengrund Federkiel Feldlerch Fingerhut Fliederbusch Froschkönig Ginsterberg Glockenblum Goldammer
		Haferkorn Hagebutt Haselmaus Heckenrose Heidekraut Holunder Igelbrink Immergrün Kieselbach Klatschmohn Kornblum Kranichfeld
		Laubfrosch Lavendel Lindwurm Löwenzahn Maikäfer Margerit Moosgrund Mauersegler Nebelkrähe Nussbaumer-Laub Pfifferling Pusteblum
		Quellwasser Rabenhorst Regenpfeifer Ringelnatz-Blum Rotkehlchen Sauerampfer Schachtelhalm Schlehdorn Schneeglock Silberdistel
		Sonnentau Spatzenwald Sperling Steinbrech Storchschnabel Sumpfdotter Tannzapf Trollblum Uferschnepf Veilchen Vogelbeer
		Wacholder Waldmeister Wasseramsel Weidenkätz Wiesenknopf Wildapfel Zaunkönig Zittergras`
)
