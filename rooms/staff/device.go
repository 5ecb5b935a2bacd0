package staff

import "strings"

// Browsers and systems by what their User-Agent holds; the first that fits counts, because each claims to be the later ones.
var (
	browsers = [][2]string{{"Edg", "Edge"}, {"OPR/", "Opera"}, {"SamsungBrowser", "Samsung Internet"}, {"Firefox", "Firefox"}, {"FxiOS", "Firefox"}, {"Chrom", "Chrome"}, {"CriOS", "Chrome"}, {"Safari", "Safari"}}
	systems  = [][2]string{{"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Windows", "Windows"}, {"CrOS", "ChromeOS"}, {"Mac OS X", "macOS"}, {"Linux", "Linux"}}
)

// device is what a User-Agent looks like to a person, such as "Firefox, Windows"; what is unknown is called by its first
// word, of at most 40 plain letters.
func device(agent string) string {
	b, s := first(browsers, agent), first(systems, agent)
	switch {
	case b != "" && s != "":
		return b + ", " + s
	case b+s != "":
		return b + s
	}
	word, _, _ := strings.Cut(strings.TrimSpace(agent), "/")
	word = strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return -1
		}
		return r
	}, word)
	return word[:min(len(word), 40)]
}

func first(list [][2]string, agent string) string {
	for _, l := range list {
		if strings.Contains(agent, l[0]) {
			return l[1]
		}
	}
	return ""
}
