package lexicon

import (
	"strings"
	"unicode"
)

// everyday are letters that people who are no colleagues of ours know, or brands they bought.
var everyday = words(`agb agbs dd mm yyyy tt jjjj ab abs ac ag am amd aol aok app asap atm au bahn bbc bbq bc bike bmw bnp bvg cc cd cds ceo cet cm co ct dab db dhl diy dj dna doc dpd dvd dz ec ecg eg ekg eu eur ev ez faq fc fm ft fyi gb gbp gls gmbh gmt gp gps gut hd hdmi hiv hp hr hvv ibm ic ice id ikea ii iii inc ip ipad it iv jpg kfc kfz kg kia km kw lcd led lg lkw ltd mb mdr mg mhz ml mm mms mot mp mrt mri mtv mvv na nasa nato nbc ndr nfc ng nhs no nr nrw ny ok oled opec oz pc pdf pin pkw plz pm png po pos ps pvc qr rb re rip rsvp rtl rv sd sim sms so sos suv swr tgv tk to tv tüv uhd uk un ups uv us usa usb usd utc vat vhs vi vii viii vip vpn vr vw wc wdr wg wifi wlan www xi xii xl xs xxl xxs xxxl zdf adac ard asb bic iban iso isbn ki ai sb svg vip kb tb mp3 mp4 4k ps4 ps5 ios hi oh no yes ja nein`)

// unknownLetters are abbreviations that only we know: a few capitals in a row, in a text that is not all capitals.
func unknownLetters(l look) (all []span) {
	for _, s := range l.sentences {
		found := []span{}
		small := 0
		for _, t := range l.tokens[s.first:s.end] {
			word := l.Text[t.start:t.end]
			if strings.ToUpper(word) != word {
				small++
				continue
			}
			if n := len(word); n >= 3 && n <= 5 && onlyLetters(word) && !everyday[t.word] {
				found = append(found, span{start: t.start, end: t.end})
			}
		}
		if small >= 3 && len(found) <= 3 { // else somebody shouts, which is another matter
			all = append(all, found...)
		}
	}
	return all
}

func onlyLetters(word string) bool {
	return strings.IndexFunc(word, func(r rune) bool { return !unicode.IsLetter(r) }) < 0
}
