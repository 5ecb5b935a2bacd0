package quote

// tongue is what the mail programs of one language write around an answer. Alternatives are parted by "|"; an ellipsis
// in onPhone stands for the name of a thing.
type tongue struct {
	name      string
	on        string // begins the introduction of a quotation, before the date
	wrote     string // the verb of the introduction
	from      string // labels of the header block above a quotation
	sent      string
	to        string
	copied    string // labels that may stand in the block, but prove nothing
	subject   string
	original  string // the title of a quotation, between dashes
	forwarded string // the title of a forwarded mail, between dashes or before a colon
	onPhone   string // what a phone or an app writes beneath a mail
	closing   string // greetings at the end of a letter
	thanks    string // thanks at the end, which are words worth reading
}

// tongues are the languages whose mail programs are known. To add one, add a row: nothing else knows languages.
var tongues = []tongue{
	{
		name: "English", on: "On|At", wrote: "wrote|writes",
		from: "From", sent: "Sent|Date|Sent at|Sent on", to: "To", copied: "Cc|Bcc|Reply-To|Organization|Importance|Attachments|Priority", subject: "Subject",
		original: "Original Message|Original message|Reply message|Original Appointment", forwarded: "Forwarded message|Forwarded Message|Begin forwarded message|Forwarded by|Forwarded mail",
		onPhone: "Sent from my|Sent from …|Sent via …|Sent with …|Sent using …|Get Outlook for …|Get …|Written on my|via mobile|Sent on the go",
		closing: "Best regards|Kind regards|Regards|Warm regards|Warmest regards|With best regards|With kind regards|Many regards|Best wishes|Kindest regards|Sincerely|Sincerely yours|Yours sincerely|Yours faithfully|Yours truly|Respectfully|Respectfully yours|Faithfully|Cordially|Cheers|Best|All the best|Take care|Yours|Love|BR|KR|Rgds|Have a nice day|Have a great day|Talk soon",
		thanks:  "Thanks|Thank you|Many thanks|Thanks a lot|Thanks again|Thank you very much|Thanks in advance|Thank you in advance|Thx",
	},
	{
		name: "German", on: "Am|Um|Den", wrote: "schrieb|hat geschrieben|schrieb folgendes|schrieben",
		from: "Von", sent: "Gesendet|Datum|Gesendet am", to: "An", copied: "Kopie|Blindkopie|Antwort an|Wichtigkeit|Priorität|Anlagen", subject: "Betreff|Betr",
		original: "Ursprüngliche Nachricht|Ursprüngliche Mail|Ursprüngliche E-Mail|Originalnachricht|Original-Nachricht|Urspr. Nachricht|Originaltermin", forwarded: "Weitergeleitete Nachricht|Anfang der weitergeleiteten Nachricht|Weitergeleitet von|Weitergeleitete E-Mail",
		onPhone: "Gesendet von meinem|Gesendet von meiner|Von meinem … gesendet|Von meinem … versendet|Gesendet von …|Gesendet mit …|Diese Nachricht wurde von meinem … gesendet|Holen Sie sich Outlook für …|Outlook für … beziehen|Von unterwegs gesendet|Mobil gesendet",
		closing: "Mit freundlichen Grüßen|Mit freundlichen Grüssen|Mit freundlichem Gruß|Mit freundlichem Gruss|Freundliche Grüße|Freundliche Grüsse|Freundlicher Gruß|Mit besten Grüßen|Mit besten Empfehlungen|Hochachtungsvoll|Mit vorzüglicher Hochachtung|MfG|Mit freundlichen Gruessen|Viele Grüße|Viele Grüsse|Liebe Grüße|Liebe Grüsse|Beste Grüße|Beste Grüsse|Herzliche Grüße|Herzliche Grüsse|Schöne Grüße|Schönen Gruß|Viele liebe Grüße|Sonnige Grüße|Mit herzlichen Grüßen|Mit lieben Grüßen|Gruß|Gruss|Grüße|Grüsse|LG|VG|BG|Schönen Tag noch|Bis bald",
		thanks:  "Danke|Vielen Dank|Herzlichen Dank|Besten Dank|Danke schön|Dankeschön|Danke im Voraus|Vielen Dank im Voraus",
	},
	{
		name: "French", on: "Le|Message du", wrote: "a écrit|a ecrit|écrit|écrivait",
		from: "De|Expéditeur", sent: "Envoyé|Date|Envoyé le|Message du", to: "À|A|Destinataire", copied: "Copie à|Copie|Répondre à", subject: "Objet|Sujet",
		original: "Message d'origine|Message d’origine|Message original|Message initial", forwarded: "Message transféré|Début du message transféré|Message réexpédié|Début du message réexpédié|Courriel transféré",
		onPhone: "Envoyé de mon|Envoyé depuis mon|Envoyé de ma|Envoyé à partir de …|Envoyé depuis …|Envoyé avec …|Télécharger Outlook pour …|Obtenir Outlook pour …|Obtenez Outlook pour …|Provenance : …",
		closing: "Cordialement|Bien cordialement|Très cordialement|Sincères salutations|Salutations distinguées|Meilleures salutations|Respectueusement|Sincèrement|Bonne journée|Bien à vous|Amicalement|À bientôt|Cdlt|Cdt|Bises",
		thanks:  "Merci|Merci d'avance|Merci beaucoup",
	},
	{
		name: "Spanish", on: "El|En", wrote: "escribió|ha escrito|escribio",
		from: "De", sent: "Enviado|Fecha|Enviado el|Enviado a las", to: "Para|A", copied: "Con copia|Responder a", subject: "Asunto",
		original: "Mensaje original|Mensaje Original", forwarded: "Mensaje reenviado|Inicio del mensaje reenviado|Forwarded message",
		onPhone: "Enviado desde mi|Enviado desde …|Enviado con …|Obtener Outlook para …|Obtén Outlook para …",
		closing: "Saludos cordiales|Un cordial saludo|Cordialmente|Atentamente|Saludos|Un saludo|Muy atentamente|Un abrazo|Abrazos",
		thanks:  "Gracias|Muchas gracias|Gracias de antemano",
	},
	{
		name: "Portuguese", on: "Em|No dia|A", wrote: "escreveu|escreveu o seguinte",
		from: "De", sent: "Enviado|Data|Enviado em|Enviada em|Enviada", to: "Para", copied: "Com cópia|Responder a", subject: "Assunto",
		original: "Mensagem original|Mensagem Original", forwarded: "Mensagem encaminhada|Início da mensagem encaminhada|Mensagem reencaminhada|Início da mensagem reencaminhada",
		onPhone: "Enviado do meu|Enviado a partir do meu|Enviada do meu|Enviado do …|Enviado a partir do …|Obter o Outlook para …|Obter Outlook para …",
		closing: "Atenciosamente|Cordialmente|Com os melhores cumprimentos|Melhores cumprimentos|Cumprimentos|Respeitosamente|Att|Abraços|Abraço",
		thanks:  "Obrigado|Obrigada|Muito obrigado|Muito obrigada|Grato|Grata",
	},
	{
		name: "Italian", on: "Il|In data", wrote: "ha scritto|ha scritto quanto segue|scrisse",
		from: "Da", sent: "Inviato|Data|Inviato il|Risposta", to: "A", copied: "Copia|Rispondi a", subject: "Oggetto",
		original: "Messaggio originale|Messaggio Originale", forwarded: "Messaggio inoltrato|Inizio messaggio inoltrato",
		onPhone: "Inviato da mio|Inviato dal mio|Inviato da …|Inviato con …|Scarica Outlook per …|Ottieni Outlook per …",
		closing: "Cordiali saluti|Distinti saluti|Cordialmente|Un cordiale saluto|Saluti|Buona giornata|A presto",
		thanks:  "Grazie|Grazie mille|Molte grazie|Grazie in anticipo",
	},
	{
		name: "Dutch", on: "Op", wrote: "schreef|heeft geschreven|het volgende geschreven|schreef het volgende",
		from: "Van", sent: "Verzonden|Datum|Verstuurd|Verzonden op", to: "Aan", copied: "Kopie|Antwoord aan", subject: "Onderwerp",
		original: "Oorspronkelijk bericht|Origineel bericht|Oorspronkelijk Bericht", forwarded: "Doorgestuurd bericht|Begin doorgestuurd bericht",
		onPhone: "Verzonden vanaf mijn|Verstuurd vanaf mijn|Verzonden met mijn|Verzonden vanuit …|Verzonden vanaf …|Verstuurd met …|Outlook voor … downloaden|Download Outlook voor …",
		closing: "Met vriendelijke groet|Met vriendelijke groeten|Vriendelijke groeten|Vriendelijke groet|Hoogachtend|Mvg|Met hartelijke groet|Groeten|Groet|Groetjes",
		thanks:  "Bedankt|Dank je|Dank u|Alvast bedankt|Hartelijk dank",
	},
	{
		name: "Danish", on: "Den|På|D.", wrote: "skrev|skrev følgende|har skrevet",
		from: "Fra", sent: "Sendt|Dato", to: "Til", copied: "Kopi|Svar til", subject: "Emne",
		original: "Oprindelig meddelelse|Original meddelelse|Oprindelig besked", forwarded: "Videresendt meddelelse|Start på videresendt besked|Videresendt besked",
		onPhone: "Sendt fra min|Sendt fra …|Hent Outlook til …", closing: "Med venlig hilsen|Venlig hilsen|Mvh|De bedste hilsner|Hilsen|Kh|Vh", thanks: "Mange tak|Tak",
	},
	{
		name: "Norwegian", on: "På|Den", wrote: "skrev|skrev følgende",
		from: "Fra", sent: "Sendt|Dato", to: "Til", copied: "Kopi", subject: "Emne",
		original: "Opprinnelig melding|Original melding", forwarded: "Videresendt melding|Videresendt e-post",
		onPhone: "Sendt fra min|Sendt fra …|Skaff deg Outlook for …|Få Outlook for …", closing: "Med vennlig hilsen|Vennlig hilsen|Beste hilsen", thanks: "Takk|Tusen takk|Mange takk",
	},
	{
		name: "Swedish", on: "Den|På", wrote: "skrev|skrev följande",
		from: "Från", sent: "Skickat|Datum|Skickades", to: "Till", copied: "Kopia|Svara till", subject: "Ämne",
		original: "Ursprungligt meddelande|Originalmeddelande", forwarded: "Vidarebefordrat meddelande|Vidarebefordrat brev|Början på vidarebefordrat brev",
		onPhone: "Skickat från min|Skickat från …|Hämta Outlook för …", closing: "Med vänlig hälsning|Med vänliga hälsningar|Vänliga hälsningar|Vänlig hälsning|Bästa hälsningar|Hälsningar", thanks: "Tack|Tack så mycket|Tack på förhand",
	},
	{
		name: "Finnish", on: "", wrote: "kirjoitti|kirjoitti näin",
		from: "Lähettäjä", sent: "Lähetetty|Päivämäärä|Päiväys", to: "Vastaanottaja", copied: "Kopio", subject: "Aihe",
		original: "Alkuperäinen viesti", forwarded: "Välitetty viesti|Välitetty viesti alkaa|Edelleenlähetetty viesti|Välitetty sähköpostiviesti alkaa",
		onPhone: "Lähetetty iPhonesta|Lähetetty iPadista|Lähetetty …|Hanki Outlook for …", closing: "Ystävällisin terveisin|Terveisin|Parhain terveisin|Kunnioittavasti|Terv", thanks: "Kiitos|Kiitos etukäteen",
	},
	{
		name: "Polish", on: "W dniu|Dnia|W", wrote: "napisał|napisała|napisał(a)|napisał/a|pisze",
		from: "Od", sent: "Wysłano|Data|Wysłane", to: "Do", copied: "DW|Odpowiedz do", subject: "Temat",
		original: "Oryginalna wiadomość|Wiadomość oryginalna|Wiadomość pierwotna", forwarded: "Wiadomość przekazana dalej|Początek przekazanej wiadomości|Przekazana wiadomość|Treść przekazanej wiadomości",
		onPhone: "Wysłano z mojego|Wysłane z mojego|Wysłane z …|Wysłano z …|Pobierz program Outlook dla …", closing: "Z poważaniem|Pozdrawiam|Serdecznie pozdrawiam|Z wyrazami szacunku|Łączę pozdrowienia|Pozdrowienia", thanks: "Dziękuję|Dzięki|Z góry dziękuję",
	},
	{
		name: "Czech", on: "Dne", wrote: "napsal|napsala|napsal(a)|napsal/a",
		from: "Od|Odesílatel", sent: "Odesláno|Datum", to: "Komu|Pro", copied: "Kopie", subject: "Předmět",
		original: "Původní zpráva|Původní e-mail", forwarded: "Přeposlaná zpráva|Začátek přeposlané zprávy|Předaná zpráva",
		onPhone: "Odesláno z mého|Odesláno z …|Získat Outlook pro …", closing: "S pozdravem|S přátelským pozdravem|S úctou|Se srdečným pozdravem|Zdravím", thanks: "Děkuji|Díky|Předem děkuji",
	},
	{
		name: "Slovak", on: "Dňa", wrote: "napísal|napísala|napísal(a)|napísal/a",
		from: "Od|Odosielateľ", sent: "Odoslané|Dátum", to: "Komu", copied: "Kópia", subject: "Predmet",
		original: "Pôvodná správa", forwarded: "Preposlaná správa|Začiatok preposlanej správy",
		onPhone: "Odoslané z môjho|Odoslané z …", closing: "S pozdravom|S priateľským pozdravom", thanks: "Ďakujem|Vďaka",
	},
	{
		name: "Hungarian", on: "", wrote: "ezt írta|írta|a következőt írta",
		from: "Feladó|Küldő", sent: "Elküldve|Dátum|Küldve", to: "Címzett", copied: "Másolatot kap", subject: "Tárgy",
		original: "Eredeti üzenet", forwarded: "Továbbított üzenet|Továbbított levél kezdete|Továbbított levél",
		onPhone: "Az … készülékemről küldve|iPhone-omról küldve|Elküldve a …", closing: "Üdvözlettel|Tisztelettel|Üdv", thanks: "Köszönöm|Köszönettel",
	},
	{
		name: "Romanian", on: "În|Pe|In data de", wrote: "a scris|a scris următoarele",
		from: "De la", sent: "Trimis|Data|Trimis la", to: "Către|Catre", copied: "Răspuns la", subject: "Subiect",
		original: "Mesaj original|Mesajul original", forwarded: "Mesaj redirecționat|Începutul mesajului redirecționat|Mesaj transmis",
		onPhone: "Trimis de pe|Trimis din …|Obțineți Outlook pentru …", closing: "Cu stimă|Cu respect|Cu drag|Numai bine", thanks: "Mulțumesc|Multumesc|Mersi",
	},
	{
		name: "Croatian and Serbian", on: "Dana|U", wrote: "je napisao|je napisala|je napisao/la|napisao je|napisala je|je napisao/napisala",
		from: "Od|Pošiljatelj|Šalje", sent: "Poslano|Poslato|Datum", to: "Za|Prima", copied: "Kopija", subject: "Predmet|Naslov",
		original: "Izvorna poruka|Originalna poruka", forwarded: "Proslijeđena poruka|Prosleđena poruka|Započni proslijeđenu poruku",
		onPhone: "Poslano s mojeg|Poslato sa mog|Poslano s …|Poslato sa …", closing: "S poštovanjem|Srdačan pozdrav|Lijep pozdrav|Pozdrav|Lp", thanks: "Hvala",
	},
	{
		name: "Slovenian", on: "Dne|V", wrote: "je napisal|je napisala|je napisal/-a|napisal|napisala",
		from: "Od|Pošiljatelj", sent: "Poslano|Datum", to: "Za|Prejemnik", copied: "Kp", subject: "Zadeva",
		original: "Izvirno sporočilo|Prvotno sporočilo", forwarded: "Posredovano sporočilo|Začetek posredovanega sporočila",
		onPhone: "Poslano iz mojega|Poslano iz …", closing: "Lep pozdrav|Lepo pozdravljeni", thanks: "Hvala lepa",
	},
	{
		name: "Bulgarian", on: "На", wrote: "написа|пише",
		from: "От", sent: "Изпратено|Дата", to: "До", copied: "Копие", subject: "Относно|Тема",
		original: "Оригинално съобщение|Първоначално съобщение", forwarded: "Препратено съобщение|Препратено писмо",
		onPhone: "Изпратено от моя|Изпратено от …", closing: "С уважение|Поздрави", thanks: "Благодаря",
	},
	{
		name: "Russian", on: "", wrote: "написал|написала|написал(а)|написал (-а)|пишет|писал|писала",
		from: "От|От кого", sent: "Отправлено|Дата|Отправлен", to: "Кому", copied: "Копия", subject: "Тема",
		original: "Исходное сообщение|Оригинальное сообщение|Исходное письмо", forwarded: "Пересылаемое сообщение|Пересланное сообщение|Начало переадресованного сообщения|Перенаправленное сообщение",
		onPhone: "Отправлено с моего|Отправлено с …|Отправлено из …|Скачать Outlook для …", closing: "С уважением|С наилучшими пожеланиями|С почтением|Всего доброго", thanks: "Спасибо|Заранее спасибо|Благодарю",
	},
	{
		name: "Ukrainian", on: "", wrote: "пише|написав|написала|написав(ла)|писав",
		from: "Від|Від кого", sent: "Надіслано|Дата|Відправлено", to: "Кому", copied: "Копія", subject: "Тема",
		original: "Вихідне повідомлення|Оригінальне повідомлення|Початкове повідомлення", forwarded: "Переслане повідомлення|Початок пересланого повідомлення",
		onPhone: "Надіслано з мого|Надіслано з …", closing: "З повагою|З найкращими побажаннями", thanks: "Дякую|Щиро дякую",
	},
	{
		name: "Greek", on: "Στις|Την", wrote: "έγραψε|έγραψε τα εξής",
		from: "Από", sent: "Στάλθηκε|Ημερομηνία|Εστάλη", to: "Προς", copied: "Κοιν", subject: "Θέμα",
		original: "Αρχικό μήνυμα", forwarded: "Προωθημένο μήνυμα|Αρχή προωθημένου μηνύματος",
		onPhone: "Στάλθηκε από το|Εστάλη από το|Στάλθηκε από …", closing: "Με εκτίμηση|Φιλικά|Με φιλικούς χαιρετισμούς", thanks: "Ευχαριστώ",
	},
	{
		name: "Turkish", on: "", wrote: "yazdı|şunu yazdı|şunları yazdı|tarihinde yazdı",
		from: "Kimden|Gönderen", sent: "Gönderildi|Tarih|Gönderme Tarihi", to: "Kime|Alıcı", copied: "Bilgi", subject: "Konu",
		original: "Orijinal İleti|Orjinal Mesaj|Özgün ileti|Orijinal Mesaj", forwarded: "İletilmiş Mesaj|İletilen ileti|Yönlendirilen mesaj|Yönlendirilmiş ileti",
		onPhone: "iPhone'umdan gönderildi|iPhone’umdan gönderildi|iPhone'dan gönderildi|Outlook … edinin|… cihazımdan gönderildi", closing: "Saygılarımla|Saygılarımızla|İyi çalışmalar|Sevgiler", thanks: "Teşekkürler|Teşekkür ederim",
	},
	{
		name: "Vietnamese", on: "Vào|Ngày", wrote: "đã viết|viết",
		from: "Từ", sent: "Đã gửi|Ngày|Gửi", to: "Đến|Tới", copied: "Đồng gửi", subject: "Chủ đề|Tiêu đề",
		original: "Thư gốc|Tin nhắn gốc", forwarded: "Thư đã chuyển tiếp|Thư được chuyển tiếp|Tin nhắn đã chuyển tiếp",
		onPhone: "Đã gửi từ … của tôi|Đã gửi từ …|Được gửi từ …", closing: "Trân trọng|Kính thư", thanks: "Cảm ơn|Xin cảm ơn",
	},
	{
		name: "Indonesian and Malay", on: "Pada|Pada tanggal", wrote: "menulis|telah menulis",
		from: "Dari|Daripada", sent: "Dikirim|Tanggal|Terkirim", to: "Kepada|Untuk|Ke", copied: "Tembusan", subject: "Perihal|Subjek|Judul",
		original: "Pesan asli|Pesan Asli|Mesej Asal", forwarded: "Pesan terusan|Pesan yang diteruskan|Awal pesan yang diteruskan",
		onPhone: "Dikirim dari … saya|Dikirim dari …|Terkirim dari …", closing: "Hormat saya|Salam|Hormat kami", thanks: "Terima kasih|Terimakasih",
	},
	{
		name: "Catalan", on: "El|Missatge de", wrote: "va escriure|ha escrit|escrigué|del dia",
		from: "De", sent: "Enviat|Data|Enviat el", to: "Per a|A", copied: "A/c", subject: "Assumpte|Tema",
		original: "Missatge original", forwarded: "Missatge reenviat|Inici del missatge reenviat",
		onPhone: "Enviat des del meu|Enviat des de …", closing: "Cordialment|Atentament|Salutacions", thanks: "Gràcies|Moltes gràcies",
	},
	{
		name: "Estonian", on: "Kuupäeval", wrote: "kirjutas",
		from: "Saatja|Kellelt", sent: "Saadetud|Kuupäev|Saatmisaeg", to: "Adressaat|Kellele", copied: "Koopia", subject: "Teema",
		original: "Algne sõnum|Algkiri", forwarded: "Edastatud kiri|Edastatud sõnum",
		onPhone: "Saadetud minu|Saadetud …", closing: "Lugupidamisega|Parimate soovidega|Tervitades", thanks: "Aitäh|Tänan",
	},
	{
		name: "Latvian", on: "", wrote: "rakstīja",
		from: "No", sent: "Nosūtīts|Datums", to: "Kam", copied: "Kopija", subject: "Tēma|Temats",
		original: "Sākotnējais ziņojums|Oriģinālais ziņojums", forwarded: "Pārsūtīta ziņa|Pārsūtītais ziņojums",
		onPhone: "Nosūtīts no mana|Nosūtīts no …", closing: "Ar cieņu|Cieņā", thanks: "Paldies",
	},
	{
		name: "Lithuanian", on: "", wrote: "rašė|parašė",
		from: "Nuo|Siuntėjas", sent: "Išsiųsta|Data", to: "Kam|Gavėjas|Kam skirta", copied: "Kopija", subject: "Tema",
		original: "Pradinis laiškas|Originalus laiškas", forwarded: "Persiųstas laiškas|Persiunčiamas laiškas",
		onPhone: "Siųsta iš mano|Siųsta iš …|Išsiųsta iš …", closing: "Pagarbiai|Su pagarba", thanks: "Ačiū|Dėkui",
	},
	{
		name: "Chinese", on: "在", wrote: "写道|寫道|撰寫",
		from: "发件人|寄件者|寄件人|發件人", sent: "发送时间|日期|寄件日期|傳送時間|發送時間|发送日期|時間|时间", to: "收件人|收件者", copied: "抄送|副本", subject: "主题|主旨|主題",
		original: "原始邮件|原始郵件|邮件原件|原始訊息", forwarded: "转发的邮件|轉寄郵件|已转发邮件|已轉寄郵件|以下是轉寄的信件|转发邮件信息",
		onPhone: "发自我的|發自我的|从我的 … 发送|從我的 … 傳送|获取 …|发自 …", closing: "此致|此致敬礼|敬上|顺颂商祺|祝商祺|祝好", thanks: "谢谢|謝謝|多谢",
	},
	{
		name: "Japanese", on: "", wrote: "書きました|のメール|のメッセージ",
		from: "差出人|送信者|From", sent: "送信日時|日付|送信日|日時", to: "宛先", copied: "返信先", subject: "件名",
		original: "元のメッセージ|オリジナルメッセージ|Original Message", forwarded: "転送されたメッセージ|転送メッセージ|転送されたメール|Forwarded message",
		onPhone: "iPhoneから送信|iPadから送信|…から送信|… を入手", closing: "敬具|よろしくお願いいたします|よろしくお願いします|以上", thanks: "ありがとうございます",
	},
	{
		name: "Korean", on: "", wrote: "님이 작성|작성|님이 씀|작성한 메시지",
		from: "보낸 사람|보낸사람|발신", sent: "보낸 날짜|날짜|보낸날짜", to: "받는 사람|받는사람|수신", copied: "참조", subject: "제목",
		original: "원본 메시지|원본 메일|Original Message", forwarded: "전달된 메시지|전달한 메시지|Forwarded message",
		onPhone: "나의 … 에서 보냄|나의 …에서 보냄|내 …에서 보냄|…에서 보냄|… 다운로드", closing: "감사합니다|드림|올림", thanks: "고맙습니다",
	},
	{
		name: "Hebrew", on: "בתאריך", wrote: "כתב|כתבה|כתב/ה|מאת",
		from: "מאת", sent: "נשלח|תאריך", to: "אל", copied: "עותק", subject: "נושא",
		original: "הודעה מקורית", forwarded: "הודעה שהועברה|הודעה מועברת|תחילת ההודעה שהועברה",
		onPhone: "נשלח מה-|נשלח מ…", closing: "בברכה|בכבוד רב", thanks: "תודה|תודה רבה",
	},
	{
		name: "Arabic", on: "في|بتاريخ", wrote: "كتب|كتبت|تمت كتابة ما يلي بواسطة",
		from: "من", sent: "تم الإرسال|التاريخ|تاريخ الإرسال|أرسل", to: "إلى", copied: "نسخة", subject: "الموضوع",
		original: "الرسالة الأصلية|رسالة أصلية", forwarded: "رسالة معاد توجيهها|بداية الرسالة المُعاد توجيهها|الرسالة المعاد توجيهها",
		onPhone: "أرسلت من …|تم الإرسال من …|مُرسل من …", closing: "مع أطيب التحيات|مع خالص التحية|تحياتي", thanks: "شكرا|شكراً",
	},
	{
		name: "Persian", on: "در", wrote: "نوشت|نوشته است",
		from: "از", sent: "ارسال\u200cشده|تاریخ", to: "به", copied: "رونوشت", subject: "موضوع",
		original: "پیام اصلی", forwarded: "پیام هدایت\u200cشده|پیام ارجاع شده",
		onPhone: "ارسال شده از …|فرستاده شده از …", closing: "با احترام|با تشکر", thanks: "ممنون",
	},
	{
		name: "Thai", on: "ในวันที่|เมื่อ", wrote: "เขียนว่า|เขียน",
		from: "จาก", sent: "ส่ง|วันที่|ส่งเมื่อ", to: "ถึง", copied: "สำเนา", subject: "เรื่อง|หัวเรื่อง",
		original: "ข้อความต้นฉบับ|ข้อความเดิม", forwarded: "ข้อความที่ส่งต่อ|ข้อความที่ถูกส่งต่อ",
		onPhone: "ส่งจาก … ของฉัน|ส่งจาก …|ส่งจากiPhone ของฉัน", closing: "ด้วยความเคารพ|ขอแสดงความนับถือ", thanks: "ขอบคุณ|ขอบคุณครับ|ขอบคุณค่ะ",
	},
	{
		name: "Hindi", on: "", wrote: "ने लिखा|लिखा",
		from: "प्रेषक|द्वारा", sent: "भेजा गया|दिनांक", to: "प्रति|सेवा में", copied: "प्रतिलिपि", subject: "विषय",
		original: "मूल संदेश", forwarded: "अग्रेषित संदेश",
		onPhone: "मेरे … से भेजा गया", closing: "सादर|भवदीय", thanks: "धन्यवाद",
	},
}
