package machine

import (
	"strings"

	"github.com/hearthdesk/hearth/channels/email/message"
)

// titles are how automatic answers begin their subject, in lower case. What follows a title is a colon, a dash, a
// bracket or nothing: "Automatic reply: your order", but not "Automatic reply does not work".
//
//nolint:misspell // words of many languages
var titles = []string{
	// English
	"automatic reply", "automatic response", "automatic answer", "automated reply", "automated response", "auto reply", "auto-reply",
	"autoreply", "auto response", "auto-response", "autoresponse", "autoresponder", "auto respond", "auto-respond", "out of office",
	"out of the office", "out of office autoreply", "out of office reply", "out of office response", "out-of-office",
	"i am out of the office", "i'm out of the office", "i am out of office", "away from my mail", "vacation reply", "vacation notice",
	"vacation response",
	// German, Dutch
	"abwesenheitsnotiz", "abwesenheitsnachricht", "abwesenheitsmeldung", "abwesenheitsbenachrichtigung", "abwesenheitsassistent",
	"automatische antwort", "automatische rückantwort", "automatische eingangsbestätigung", "automatische eingangsbestaetigung",
	"automatische benachrichtigung", "autoantwort", "auto-antwort", "urlaubsnotiz", "urlaubsbenachrichtigung", "nicht im büro",
	"automatisch antwoord", "automatische reactie", "automatisch bericht", "afwezigheidsbericht", "afwezigheidsmelding",
	"niet op kantoor",
	// French, Spanish, Portuguese, Italian, Romanian, Catalan
	"réponse automatique", "reponse automatique", "message automatique", "message d'absence", "absent du bureau", "absente du bureau",
	"absent(e) du bureau", "absence du bureau", "respuesta automática", "respuesta automatica", "mensaje automático",
	"fuera de la oficina", "fuera de oficina", "ausente de la oficina", "resposta automática", "resposta automatica",
	"mensagem automática", "fora do escritório", "fora do escritorio", "ausente do escritório", "risposta automatica",
	"messaggio automatico", "fuori ufficio", "assente dall'ufficio", "răspuns automat", "raspuns automat", "în afara biroului",
	"resposta automàtica", "fora de l'oficina",
	// Nordic and Baltic
	"automatiskt svar", "autosvar", "automatisk svar", "automatisk besvarelse", "frånvaromeddelande", "fraværsmeddelelse",
	"fraværsmelding", "ikke på kontoret", "automaattinen vastaus", "poissaoloilmoitus", "poissa toimistosta", "sjálfvirkt svar",
	"automaatvastus", "automātiska atbilde", "automatinis atsakymas",
	// Slavic, Hungarian, Greek, Turkish
	"automatyczna odpowiedź", "odpowiedź automatyczna", "autoodpowiedź", "poza biurem", "automatická odpověď", "mimo kancelář",
	"automatická odpoveď", "mimo kancelárie", "samodejni odgovor", "automatski odgovor", "аутоматски одговор", "автоматичен отговор",
	"автоматический ответ", "автоответ", "автоответчик", "вне офиса", "отсутствие на работе", "автоматична відповідь", "автовідповідь",
	"automatikus válasz", "házon kívül", "αυτόματη απάντηση", "εκτός γραφείου", "otomatik yanıt", "otomatik cevap", "ofis dışında",
	// Asian, Arabic, Hebrew
	"自動応答", "自動返信", "不在通知", "不在の自動返信", "自动答复", "自动回复", "自動回覆", "自動答覆", "不在办公室", "不在辦公室", "자동 회신", "자동 응답", "trả lời tự động",
	"balasan otomatis", "jawapan automatik", "ตอบกลับอัตโนมัติ", "स्वचालित उत्तर", "رد تلقائي", "الرد التلقائي", "خارج المكتب",
	"תשובה אוטומטית", "מענה אוטומטי", "מחוץ למשרד", "پاسخ خودکار",
}

// nouns may be titles as well, but people use them too: they count in an answer only.
var nouns = []string{
	"vacation", "on vacation", "on leave", "out on leave", "ooo", "absence notice", "away from the office", "abwesend", "außer haus",
	"nicht im haus", "absence", "en congé", "en congés", "en vacances", "ausencia", "de vacaciones", "ausência", "ausência temporária",
	"de férias", "assenza", "in ferie", "fuori sede", "afwezig", "niet aanwezig", "frånvaro", "fravær", "ikke til stede", "nieobecność",
	"nepřítomnost", "нет на месте", "不在", "外出", "부재중", "부재 중",
}

// subject looks whether the subject begins as automatic answers do. An answer to one does not.
func subject(m *message.Message, _ func(string) bool) (string, bool) {
	s := title(m)
	for { // "[EXTERNAL] [Auto-Reply] …": a mark in brackets may be the title
		inner, rest, ok := strings.Cut(s, "]")
		if !strings.HasPrefix(s, "[") || !ok {
			break
		}
		if isTitle(strings.Trim(inner, "[ "), titles) {
			return "subject", true
		}
		s = strings.TrimSpace(rest)
	}
	s = strings.TrimLeft(s, "*(<# ")
	if isTitle(s, titles) || isTitle(s, nouns) && (isAnswer(m) || strings.Contains(s, "re:") || strings.Contains(s, "aw:")) {
		return "subject", true
	}
	return "", false
}

func isTitle(s string, titles []string) bool {
	for _, title := range titles {
		rest, ok := strings.CutPrefix(s, title)
		if !ok {
			continue
		}
		trimmed := strings.TrimLeft(rest, " *)>")
		if trimmed == "" {
			return true
		}
		for _, end := range []string{":", "：", "-", "–", "—", "(", "[", "|", "!", "【", "re:", "aw:", "until", "bis", "jusqu", "from", "/"} {
			if strings.HasPrefix(trimmed, end) && (rest != trimmed || !isLetter(end[0])) {
				return true
			}
		}
	}
	return false
}

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' }

// absences say that someone is not there; excuses what that means for the mail. Only together they are an absence note:
// a customer on holiday writes the first, but not the second.
//
//nolint:misspell // words of many languages
var (
	absences = []string{
		"i am out of the office", "i'm out of the office", "i am currently out", "i'm currently out", "i will be out of",
		"i'll be out of", "i am away", "i'm away", "i am currently away", "i'm currently away", "i will be away", "i am on vacation",
		"i'm on vacation", "i am currently on", "i'm currently on", "i am on holiday", "i'm on holiday", "i am on annual leave",
		"i'm on annual leave", "i am on leave", "i'm on leave", "i am on parental", "i am on maternity", "i'm on maternity",
		"i am on sick leave", "out of office until", "out of the office until", "i am out until", "i'm out until", "office is closed",
		"our office is currently closed", "i no longer work", "ich bin nicht im büro", "ich bin derzeit nicht",
		"ich bin zur zeit nicht", "ich bin zurzeit nicht", "ich bin momentan nicht", "ich bin im urlaub", "ich bin derzeit im urlaub",
		"ich bin bis", "ich bin vom", "ich bin ab", "ich bin abwesend", "ich bin außer haus", "unser büro ist geschlossen",
		"befinde mich im urlaub", "ich bin in elternzeit", "je suis absent", "je suis actuellement absent", "je suis en congé",
		"je suis actuellement en congé", "je suis en vacances", "je serai absent", "absent du bureau", "absente du bureau",
		"estoy fuera de la oficina", "me encuentro fuera", "estaré fuera", "estoy de vacaciones", "me encuentro de vacaciones",
		"estoy ausente", "estou fora do escritório", "estou de férias", "estarei ausente", "encontro-me ausente", "sono fuori ufficio",
		"sono in ferie", "sono assente", "sarò assente", "ik ben afwezig", "ik ben niet aanwezig", "ik ben met vakantie",
		"ik ben op vakantie", "jestem nieobecn", "jestem na urlopie", "przebywam na urlopie", "jag är på semester",
		"jag är inte på kontoret", "jag är ledig", "jeg er på ferie", "jeg er ikke på kontoret", "olen lomalla", "olen poissa",
		"jsem mimo kancelář", "mám dovolenou", "szabadságon vagyok", "я в отпуске", "нахожусь в отпуске", "отсутствую в офисе",
		"я отсутствую", "休暇をいただいて", "休暇中", "不在にして", "外出しており", "正在休假", "外出不在", "휴가 중", "부재 중",
	}
	excuses = []string{
		"limited access", "limited email", "limited e-mail", "no access to", "not have access to", "without access to",
		"access to my email", "access to email", "access to my e-mail", "intermittent access", "not be able to respond",
		"unable to respond", "not be checking", "not checking email", "will respond", "will reply", "will get back to you",
		"will answer", "respond to your", "reply to your", "upon my return", "on my return", "when i return", "when i am back",
		"when i'm back", "in urgent", "urgent matter", "if urgent", "if your matter is urgent", "if this is urgent", "for urgent",
		"for immediate assistance", "if you need immediate", "in my absence", "during my absence", "not be forwarded",
		"will be returning", "will return", "returning to the office", "be back in the office", "back in the office", "in dringenden",
		"in dringlichen", "dringende anfragen", "wird nicht weitergeleitet", "nicht weitergeleitet", "meine vertretung",
		"vertreten mich", "nach meiner rückkehr", "werde ich nach", "bearbeite ich", "beantworte ich", "keinen zugriff",
		"eingeschränkten zugriff", "zurückkehren", "wieder erreichbar", "wieder im büro", "wieder für sie", "en cas d'urgence",
		"pour toute urgence", "en mon absence", "pendant mon absence", "à mon retour", "dès mon retour", "accès limité", "de retour le",
		"en caso de urgencia", "para asuntos urgentes", "a mi regreso", "a mi vuelta", "acceso limitado", "em caso de urgência",
		"para assuntos urgentes", "no meu regresso", "quando regressar", "acesso limitado", "in caso di urgenza", "per urgenze",
		"al mio rientro", "al mio ritorno", "accesso limitato", "voor dringende", "bij dringende", "in dringende gevallen",
		"bij terugkomst", "na mijn terugkomst", "w pilnych", "w sprawach pilnych", "po powrocie", "vid brådskande",
		"när jag är tillbaka", "ved hastende", "når jeg er tilbage", "når jeg er tilbake", "kiireellis", "palattuani", "v naléhavých",
		"po návratu", "sürgős", "sürgős esetben", "по срочным вопросам", "в срочных случаях", "по возвращении", "お急ぎの", "緊急の", "戻り次第",
		"如有急事", "紧急", "急事", "급한",
	}
)

// absence looks whether an answer reads like an absence note. Such a note asks nothing.
func absence(m *message.Message, _ func(string) bool) (string, bool) {
	const long = 1500 // bytes; a note is short
	text := strings.TrimSpace(m.Text)
	if len(text) == 0 || len(text) > 4*long || !isAnswer(m) {
		return "", false
	}
	text = plain(own(text))
	if len(text) > long || strings.ContainsAny(text, "?？") {
		return "", false
	}
	if has(text, absences) && has(text, excuses) {
		return "absence note", true
	}
	return "", false
}

// title is the subject as far as it matters.
func title(m *message.Message) string { return plain(m.Subject[:min(len(m.Subject), 1000)]) }

func isAnswer(m *message.Message) bool {
	if len(m.InReplyTo) > 0 || len(m.References) > 0 {
		return true
	}
	s := title(m)
	for _, re := range []string{"re:", "aw:", "sv:", "vs:", "antw:", "rif:", "res:", "odp:", "ynt:", "回复:", "回复：", "re ["} {
		if strings.HasPrefix(s, re) {
			return true
		}
	}
	return false
}

// own leaves out the lines an answer quotes.
func own(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, ">") {
			continue
		}
		b.WriteString(line)
	}
	return b.String()
}

func has(text string, phrases []string) bool {
	for _, p := range phrases {
		if strings.Contains(text, p) {
			return true
		}
	}
	return false
}

// plain makes words comparable: lower case, single spaces, straight apostrophes, no marks that only steer the direction.
func plain(s string) string {
	s = strings.NewReplacer("’", "'", "‘", "'", "\u200e", "", "\u200f", "", "\u00a0", " ", "\u202f", " ").Replace(s)
	return strings.Join(strings.Fields(strings.ToLower(s)), " ")
}
