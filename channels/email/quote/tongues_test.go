package quote

import (
	"strings"
	"testing"
)

// introductions are what mail programs write above a quotation, language by language.
var introductions = map[string]string{
	"English, Gmail":            `On Tue, 5 May 2026 at 10:12, Amara Okafor <amara@desk.example> wrote:`,
	"English, Apple":            `On May 5, 2026, at 10:12 AM, Amara Okafor <amara@desk.example> wrote:`,
	"English, Thunderbird":      `On 05/05/2026 10:12, Amara Okafor wrote:`,
	"English, wrapped":          "On Tue, May 5, 2026 at 10:12 AM Amara Okafor from the Desk in Leeds <\namara@desk.example> wrote:",
	"English, wrapped verb":     "On Tue, May 5, 2026 at 10:12 AM Amara Okafor <amara@desk.example>\nwrote:",
	"English, Zoho":             `---- On Tue, 05 May 2026 10:12:00 +0200 Amara Okafor <amara@desk.example> wrote ----`,
	"English, bold":             `*On Tue, 5 May 2026 at 10:12, Amara Okafor <amara@desk.example> wrote:*`,
	"German, Gmail":             `Am Di., 5. Mai 2026 um 10:12 Uhr schrieb Amara Okafor <amara@desk.example>:`,
	"German, Gmail of old":      `Amara Okafor <amara@desk.example> schrieb am Di., 5. Mai 2026 um 10:12 Uhr:`,
	"German, Thunderbird":       `Am 05.05.26 um 10:12 schrieb Amara Okafor:`,
	"German, two lines":         "Am Di., 5. Mai 2026 um 10:12 Uhr schrieb Amara Okafor <\namara@desk.example>:",
	"French":                    `Le mar. 5 mai 2026 à 10:12, Amara Okafor <amara@desk.example> a écrit :`,
	"Spanish":                   `El mar, 5 may 2026 a las 10:12, Amara Okafor (<amara@desk.example>) escribió:`,
	"Portuguese":                `Em ter., 5 de mai. de 2026 às 10:12, Amara Okafor <amara@desk.example> escreveu:`,
	"Italian":                   `Il giorno mar 5 mag 2026 alle ore 10:12 Amara Okafor <amara@desk.example> ha scritto:`,
	"Dutch":                     `Op di 5 mei 2026 om 10:12 schreef Amara Okafor <amara@desk.example>:`,
	"Dutch, Apple":              `Op 5 mei 2026, om 10:12 heeft Amara Okafor <amara@desk.example> het volgende geschreven:`,
	"Danish":                    `Den tir. 5. maj 2026 kl. 10.12 skrev Amara Okafor <amara@desk.example>:`,
	"Norwegian":                 `tir. 5. mai 2026 kl. 10:12 skrev Amara Okafor <amara@desk.example>:`,
	"Swedish":                   `Den tis 5 maj 2026 kl 10:12 skrev Amara Okafor <amara@desk.example>:`,
	"Finnish":                   `ti 5. toukok. 2026 klo 10.12 Amara Okafor (amara@desk.example) kirjoitti:`,
	"Polish":                    `wt., 5 maj 2026 o 10:12 Amara Okafor <amara@desk.example> napisał(a):`,
	"Czech":                     `út 5. 5. 2026 v 10:12 odesílatel Amara Okafor <amara@desk.example> napsal:`,
	"Slovak":                    `ut 5. 5. 2026 o 10:12 Amara Okafor <amara@desk.example> napísal(a):`,
	"Hungarian":                 `Amara Okafor <amara@desk.example> ezt írta (időpont: 2026. máj. 5., K, 10:12):`,
	"Romanian":                  `În mar., 5 mai 2026 la 10:12, Amara Okafor <amara@desk.example> a scris:`,
	"Croatian":                  `uto, 5. svi 2026. u 10:12 Amara Okafor <amara@desk.example> napisao je:`,
	"Slovenian":                 `V V tor., 5. maj 2026 ob 10:12 je oseba Amara Okafor <amara@desk.example> napisala:`,
	"Bulgarian":                 `На вт, 5.05.2026 г. в 10:12 Amara Okafor <amara@desk.example> написа:`,
	"Russian":                   `вт, 5 мая 2026 г. в 10:12, Amara Okafor <amara@desk.example>:`,
	"Russian, Mail.ru":          `Вторник, 5 мая 2026, 10:12 +03:00 от Amara Okafor <amara@desk.example>:`,
	"Ukrainian":                 `вт, 5 трав. 2026 р. о 10:12 Amara Okafor <amara@desk.example> пише:`,
	"Greek":                     `Στις Τρί 5 Μαΐ 2026 στις 10:12 π.μ., ο/η Amara Okafor <amara@desk.example> έγραψε:`,
	"Turkish":                   `Amara Okafor <amara@desk.example>, 5 May 2026 Sal, 10:12 tarihinde şunu yazdı:`,
	"Vietnamese":                `Vào Th 3, 5 thg 5, 2026 vào lúc 10:12 Amara Okafor <amara@desk.example> đã viết:`,
	"Indonesian":                `Pada tanggal Sel, 5 Mei 2026 pukul 10.12 Amara Okafor <amara@desk.example> menulis:`,
	"Catalan":                   `Missatge de Amara Okafor <amara@desk.example> del dia dt., 5 de maig 2026 a les 10:12:`,
	"Estonian":                  `Kuupäeval T, 5. mai 2026 kell 10:12 kirjutas Amara Okafor <amara@desk.example>:`,
	"Latvian":                   `otrd., 2026. g. 5. maijs, plkst. 10:12 — lietotājs Amara Okafor (<amara@desk.example>) rakstīja:`,
	"Lithuanian":                `2026-05-05, an, 10:12 Amara Okafor <amara@desk.example> rašė:`,
	"Chinese, simplified":       `Amara Okafor <amara@desk.example> 于2026年5月5日周二 10:12写道：`,
	"Chinese, traditional":      `Amara Okafor <amara@desk.example> 於 2026年5月5日 週二 上午10:12寫道：`,
	"Japanese":                  `2026年5月5日(火) 10:12 Amara Okafor <amara@desk.example>:`,
	"Korean":                    `2026년 5월 5일 (화) 오전 10:12, Amara Okafor <amara@desk.example>님이 작성:`,
	"Hebrew":                    "\u202bבתאריך יום ג׳, 5 במאי 2026 ב-10:12 מאת \u202aAmara Okafor\u202c\u200f <\u202aamara@desk.example\u202c\u200f>:\u202c",
	"Arabic":                    "في الثلاثاء، 5 مايو 2026 في 10:12 ص تمت كتابة ما يلي بواسطة \u202aAmara Okafor\u202c\u200f <\u202aamara@desk.example\u202c\u200f>:",
	"Persian":                   "در تاریخ سه\u200cشنبه ۵ مه ۲۰۲۶، 10:12 Amara Okafor <amara@desk.example> نوشت:",
	"Thai":                      `ในวันที่ อ. 5 พ.ค. 2026 เวลา 10:12 Amara Okafor <amara@desk.example> เขียนว่า:`,
	"Hindi":                     `मंगल, 5 मई 2026 को 10:12 बजे को Amara Okafor <amara@desk.example> ने लिखा:`,
	"no language, a date first": `05.05.2026, 10:12, "Amara Okafor" <amara@desk.example>:`,
}

func TestIntroductionsOfManyLanguagesFoldTheQuotation(t *testing.T) {
	for name, intro := range introductions {
		t.Run(name, func(t *testing.T) {
			for _, older := range []string{"> Older words.", "Older words."} {
				p := Split("My answer.\n\n" + intro + "\n\n" + older + "\n")
				if p.Said != "My answer." || p.Quoted != intro+"\n\n"+older {
					t.Errorf("said %q, quoted %q", p.Said, p.Quoted)
				}
			}
		})
	}
}

// TestEachLanguageIsReadByItsRow checks the table against the rules: what stands in it works.
func TestEachLanguageIsReadByItsRow(t *testing.T) {
	for _, l := range tongues {
		t.Run(l.name, func(t *testing.T) {
			from, to, subject := split(l.from)[0], split(l.to)[0], split(l.subject)[0]
			for _, sent := range split(l.sent) {
				block := from + ": Amara Okafor <amara@desk.example>\n" + sent + ": 05.05.2026 10:12\n" + to + ": Jule\n" + subject + ": Lamps\n\nOlder words."
				if p := Split("My answer.\n\n" + block); p.Said != "My answer." || p.Quoted != block {
					t.Errorf("header block: said %q, quoted %q", p.Said, p.Quoted)
				}
			}
			for _, title := range split(l.original) {
				if p := Split("My answer.\n\n-----" + title + "-----\nOlder words.\n"); p.Said != "My answer." {
					t.Errorf("%s: said %q", title, p.Said)
				}
			}
			for _, title := range split(l.forwarded) {
				before, embedded, ok := Forwarded("Look.\n\n---------- " + title + " ----------\nOlder words.\n")
				if before != "Look." || embedded != "Older words." || !ok {
					t.Errorf("%s: %q, %q, %v", title, before, embedded, ok)
				}
			}
			for _, phrase := range split(l.onPhone) {
				phrase = strings.ReplaceAll(phrase, "…", "iPhone")
				if p := Split("My answer.\n\n" + phrase + "\n"); p.Signature != phrase {
					t.Errorf("%s: %+v", phrase, p)
				}
			}
			for _, closing := range split(l.closing) {
				end := closing + "\nAmara Okafor\nDesk Ltd\nTel. +44 113 496 0000"
				if p := Split("My answer.\n\n" + end + "\n"); p.Said != "My answer." || p.Signature != end {
					t.Errorf("%s: %+v", closing, p)
				}
			}
			for _, thanks := range split(l.thanks) {
				if p := Split("My answer.\n\n" + thanks + "!\nAmara Okafor\nDesk Ltd\nTel. +44 113 496 0000\n"); p.Said != "My answer.\n\n"+thanks+"!" {
					t.Errorf("%s: %+v", thanks, p)
				}
			}
		})
	}
}
