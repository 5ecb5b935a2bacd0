package quote

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// gadgets are the things a phone signature names; without one, "Sent from …" is a sentence about a parcel.
var gadgets = split(`iphone|ipad|ipod|android|samsung|galaxy|huawei|xiaomi|redmi|nokia|htc|sony|xperia|motorola|pixel|blackberry
	fairphone|oneplus|oppo|vivo|wiko|smartphone|handy|mobile|mobil|telefon|tablet|mobiltelefon|téléphone|teléfono|telefono|телефон
	outlook|yahoo|windows|protonmail|proton mail|gmail|gmx|web.de|aol|icloud|mail.ru|yandex|tutanota|tuta
	spark|thunderbird|mailbird|airmail|apple mail|superhuman|sparrow|boxer|bluemail|k-9|fairemail|mail app`)

// titles are words of a trade or a rank beneath a name.
var titles = split(`ceo|cto|cfo|coo|founder|co-founder|owner|president|director|manager|engineer|developer|consultant|assistant|secretary
	accountant|analyst|designer|architect|administrator|coordinator|specialist|representative|officer|head of|sales|marketing|support
	customer service|department|team lead|partner|attorney|lawyer|professor|ph.d|phd|mba
	inhaber|inhaberin|geschäftsführer|geschäftsführerin|geschäftsführung|geschäftsleitung|leiter|leiterin|leitung|abteilung|vorstand
	sachbearbeiter|sachbearbeiterin|assistenz|assistentin|sekretariat|vertrieb|einkauf|buchhaltung|verkauf|kundenservice|kundendienst
	entwickler|ingenieur|berater|beraterin|rechtsanwalt|rechtsanwältin|steuerberater|prokurist|dipl.-ing|dipl.-kfm|dr. med
	directeur|directrice|gérant|gerente|direttore|titolare|dyrektor|директор|менеджер|руководитель`)

// firms are what the names of companies end with, as they are written.
var firms = split(`GmbH|AG|KG|OHG|GbR|e.K.|e.V.|UG|mbH|SE|Ltd|Ltd.|LTD|Limited|Inc|Inc.|LLC|LLP|PLC|plc|Corp|Corp.|Corporation
	S.A.|SA|SARL|SAS|S.L.|S.r.l.|SRL|S.p.A.|B.V.|BV|N.V.|NV|Oy|AB|A/S|ApS|AS|s.r.o.|Sp. z o.o.|Kft|Kft.|Zrt|d.o.o.|Pty|ООО|ЗАО`)

// imprints are what companies and lists must tell beneath a mail.
var imprints = split(`hrb|hra|handelsregister|amtsgericht|registergericht|ust-id|ust.-id|ust-idnr|ust-idnr.|steuernummer
	geschäftsführer|geschäftsführerin|vorstand|vorstandsvorsitzender|aufsichtsrat|sitz der gesellschaft|sitz
	registered office|company number|registration number|vat id|vat no|vat number|managing director|managing directors|mailing list
	siret|siren|rcs|p.iva|partita iva|kvk|btw`)

// streets are words in the line of an address.
var streets = split(`straße|strasse|platz|allee|postfach|street|st.|road|rd.|avenue|ave|ave.|boulevard|blvd|lane|drive|suite|floor
	p.o. box|po box|rue|via|calle|avenida|plaza|piazza|straat|plein|ulica|ul.|улица|ул.`)

// confidences are what a legal notice is made of; two of them in a paragraph at the end are enough.
var confidences = split(`confidential|privileged|intended recipient|intended solely|intended only|not the addressee|disclaimer
	received this email in error|received this e-mail in error|received this message in error|unauthorised|unauthorized|notify the sender
	legally protected|virus|please consider the environment|before printing
	vertraulich|rechtlich geschützt|beabsichtigte empfänger|beabsichtigten empfänger|richtige adressat|irrtümlich|unbefugt|vernichten sie
	informieren sie bitte|umgehend den absender|nicht gestattet|nicht der richtige|denken sie an die umwelt|ausdrucken
	confidentielle|destinataire|par erreur|non autorisé|destinatario|por error|prohibida|por engano|destinatário|riservat|uso esclusivo
	per errore|vertrouwelijk|geadresseerde|ten onrechte|fortrolig|konfidentiell|poufne|adresatem|конфиденциальн|адресат`)

// numbers are the labels before a telephone number, accounts those before another way to reach a person.
var (
	numbers = split(`tel|tel.|telefon|telephone|phone|ph|ph.|fon|fax|telefax|mobil|mobile|mob|mob.|handy|cell|cellphone|direct|office
		tél|tél.|téléphone|portable|teléfono|móvil|telefone|celular|telemóvel|telefono|cellulare|telefoon|mobiel|puhelin|puh
		тел|тел.|телефон|моб|моб.|факс|电话|手机|電話|t|f|m|p|d|o|t.|f.|m.|p.|📱|☎|📞`)
	accounts = split(`skype|whatsapp|e-mail|email|mail|e|web|website|www|internet|homepage|url|w|courriel|correo|linkedin|twitter
		facebook|instagram|xing|site|📧|✉|🌐`)
)

// headers is what the labels of a header block tell, as a set.
type headers uint8

const (
	fieldFrom headers = 1 << iota
	fieldSent
	fieldTo
	fieldSubject
	fieldOther
)

var (
	openings  = gather(func(t tongue) string { return t.on })
	verbs     = gather(func(t tongue) string { return lower(t.wrote) })
	originals = gather(func(t tongue) string { return lower(t.original) })
	forwards  = gather(func(t tongue) string { return lower(t.forwarded) })
	phones    = gather(func(t tongue) string { return lower(t.onPhone) })
	closings  = gather(func(t tongue) string { return lower(t.closing) })
	thanks    = gather(func(t tongue) string { return lower(t.thanks) })
	fields    = labels()
	firstOn   = firstWords(openings)
)

// pattern is compiled when a mail is first held against it: no start has to wait for that.
func pattern(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}

// split cuts a list at its bars and line ends.
func split(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == '|' || r == '\n' || r == '\t' })
}

// lower is strings.ToLower without the dot above that Turkish capital İ leaves behind.
func lower(s string) string { return strings.ReplaceAll(strings.ToLower(s), "i̇", "i") }

// gather lists one column of all languages, longest first, so that "a écrit" is tried before "écrit".
func gather(column func(tongue) string) []string {
	set := map[string]bool{}
	for _, t := range tongues {
		for _, s := range split(column(t)) {
			set[s] = true
		}
	}
	all := slices.Sorted(maps.Keys(set))
	slices.SortStableFunc(all, func(a, b string) int { return len(b) - len(a) })
	return all
}

func labels() map[string]headers {
	m := map[string]headers{}
	for _, t := range tongues {
		for kind, names := range map[headers]string{fieldFrom: t.from, fieldSent: t.sent, fieldTo: t.to, fieldSubject: t.subject, fieldOther: t.copied} {
			for _, name := range split(lower(names)) {
				m[name] |= kind
			}
		}
	}
	return m
}

func firstWords(phrases []string) map[string]bool {
	m := map[string]bool{}
	for _, p := range phrases {
		first, _, _ := strings.Cut(p, " ")
		m[first] = true
	}
	return m
}
