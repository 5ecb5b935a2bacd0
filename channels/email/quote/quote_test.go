package quote

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// mails are written by us. Where quoted is empty and the text has more than said and signature, nothing is asked of it.
var mails = map[string]struct{ text, said, signature, quoted string }{
	"words alone are said": {
		text: "Guten Tag,\n\nwo bleibt meine Bestellung 4711?\n",
		said: "Guten Tag,\n\nwo bleibt meine Bestellung 4711?",
	},
	"a first name under a greeting is said": {
		text: "Hallo,\n\ndas Paket ist da.\n\nLiebe Grüße\nJule\n",
		said: "Hallo,\n\ndas Paket ist da.\n\nLiebe Grüße\nJule",
	},
	"a closing with a full name is the end of a letter": {
		text:      "Sehr geehrte Damen und Herren,\n\nbitte stornieren Sie den Auftrag.\n\nMit freundlichen Grüßen\n\nJule Petersen\n",
		said:      "Sehr geehrte Damen und Herren,\n\nbitte stornieren Sie den Auftrag.",
		signature: "Mit freundlichen Grüßen\n\nJule Petersen",
	},
	"thanks are said even above a full name": {
		text: "Please send me the invoice again.\n\nMany thanks\nOscar Wood\n",
		said: "Please send me the invoice again.\n\nMany thanks\nOscar Wood",
	},
	"thanks stay when the card beneath is folded": {
		text: "Bitte schicken Sie mir die Rechnung noch einmal.\n\nVielen Dank!\n\n" +
			"Jule Petersen\nEinkauf\nNordlicht Leuchten GmbH\nTel.: 040 123456-78\n",
		said:      "Bitte schicken Sie mir die Rechnung noch einmal.\n\nVielen Dank!",
		signature: "Jule Petersen\nEinkauf\nNordlicht Leuchten GmbH\nTel.: 040 123456-78",
	},
	"a German company writes": {
		text: "Guten Tag Frau Okafor,\n\ndie Lampen sind angekommen, zwei davon leider zerbrochen.\n\n" +
			"Mit freundlichen Grüßen\n\ni. A. Jule Petersen\nEinkauf\n\nNordlicht Leuchten GmbH\nHafenstraße 12\n20457 Hamburg\n\n" +
			"Telefon: +49 40 123456-78\nTelefax: +49 40 123456-79\nE-Mail: j.petersen@nordlicht.example\nwww.nordlicht.example\n\n" +
			"Geschäftsführer: Hinnerk Lüders\nAmtsgericht Hamburg, HRB 12345\nUSt-IdNr.: DE123456789\n",
		said: "Guten Tag Frau Okafor,\n\ndie Lampen sind angekommen, zwei davon leider zerbrochen.",
		signature: "Mit freundlichen Grüßen\n\ni. A. Jule Petersen\nEinkauf\n\nNordlicht Leuchten GmbH\nHafenstraße 12\n20457 Hamburg\n\n" +
			"Telefon: +49 40 123456-78\nTelefax: +49 40 123456-79\nE-Mail: j.petersen@nordlicht.example\nwww.nordlicht.example\n\n" +
			"Geschäftsführer: Hinnerk Lüders\nAmtsgericht Hamburg, HRB 12345\nUSt-IdNr.: DE123456789",
	},
	"an English company writes with a legal notice": {
		text: "Hi Amara,\n\nCould you move the delivery to Friday?\n\nKind regards,\n\nOscar Wood\nOperations Manager | Wood & Daughters Ltd\n" +
			"14 Mill Lane, Leeds LS1 4AB\nT: +44 113 496 0000\n\nThis email is confidential and intended solely for the person it is addressed to. " +
			"If you are not the intended recipient, please notify the sender and delete it.\n",
		said: "Hi Amara,\n\nCould you move the delivery to Friday?",
		signature: "Kind regards,\n\nOscar Wood\nOperations Manager | Wood & Daughters Ltd\n" +
			"14 Mill Lane, Leeds LS1 4AB\nT: +44 113 496 0000\n\nThis email is confidential and intended solely for the person it is addressed to. " +
			"If you are not the intended recipient, please notify the sender and delete it.",
	},
	"a legal notice alone is folded": {
		text: "Is the shop open on Sunday?\n\nDiese E-Mail enthält vertrauliche oder rechtlich geschützte Informationen. Wenn Sie nicht der richtige Adressat sind, " +
			"informieren Sie bitte den Absender und vernichten Sie diese Mail.\n",
		said: "Is the shop open on Sunday?",
		signature: "Diese E-Mail enthält vertrauliche oder rechtlich geschützte Informationen. Wenn Sie nicht der richtige Adressat sind, " +
			"informieren Sie bitte den Absender und vernichten Sie diese Mail.",
	},
	"a card without a closing is folded when it is dense": {
		text: "Please call me back.\n\nOscar Wood\nWood & Daughters Ltd\n+44 113 496 0000\noscar@wood.example\n",
		said: "Please call me back.", signature: "Oscar Wood\nWood & Daughters Ltd\n+44 113 496 0000\noscar@wood.example",
	},
	"an address that is asked for is said": {
		text: "Bitte liefern Sie künftig an:\n\nJule Petersen\nHafenstraße 12\n20457 Hamburg\nTel.: 040 123456\njule@petersen.example\n",
		said: "Bitte liefern Sie künftig an:\n\nJule Petersen\nHafenstraße 12\n20457 Hamburg\nTel.: 040 123456\njule@petersen.example",
	},
	"the fields of a form are said": {
		text: "Name: Jule Petersen\nFarbe: blau\nStraße: Hafenstraße 12\nOrt: 20457 Hamburg\nTelefon: 040 123456\nE-Mail: jule@petersen.example\n",
		said: "Name: Jule Petersen\nFarbe: blau\nStraße: Hafenstraße 12\nOrt: 20457 Hamburg\nTelefon: 040 123456\nE-Mail: jule@petersen.example",
	},
	"a postscript is said, and the closing above it": {
		text: "Das Rad ist da.\n\nViele Grüße\nJule Petersen\n\nPS: Die Klingel fehlt.\n",
		said: "Das Rad ist da.\n\nViele Grüße\nJule Petersen\n\nPS: Die Klingel fehlt.",
	},
	"two dashes part a signature": {
		text: "See you then.\n-- \nOscar\nhttps://oscar.example\n",
		said: "See you then.", signature: "--\nOscar\nhttps://oscar.example",
	},
	"dashes before points of a list part nothing": {
		text: "I need:\n-- two lamps\n-- one cable\n",
		said: "I need:\n-- two lamps\n-- one cable",
	},
	"a rule inside the words parts nothing": {
		text: "Erster Punkt.\n----------\nZweiter Punkt, der mir wichtiger ist.\n",
		said: "Erster Punkt.\n----------\nZweiter Punkt, der mir wichtiger ist.",
	},
	"a phone says where it was": {
		text: "Ja, gerne am Montag.\n\nVon meinem iPhone gesendet\n",
		said: "Ja, gerne am Montag.", signature: "Von meinem iPhone gesendet",
	},
	"an app advertises itself with a link": {
		text: "Yes please.\n\nGet Outlook for Android<https://aka.example/x>\n",
		said: "Yes please.", signature: "Get Outlook for Android<https://aka.example/x>",
	},
	"a parcel sent from somewhere is said": {
		text: "The parcel was never handed over.\nSent from Leeds on Monday\nArrived nowhere.\n",
		said: "The parcel was never handed over.\nSent from Leeds on Monday\nArrived nowhere.",
	},
	"an answer with nothing but a phone's line shows that line": {
		text: "Sent from my iPhone\n\n> Are you there?\n",
		said: "Sent from my iPhone", quoted: "> Are you there?",
	},
	"an older mail stands below the answer": {
		text: "Danke, das passt.\n\nAm 05.05.2026 um 10:12 schrieb Amara Okafor <amara@desk.example>:\n> Passt Montag?\n>\n> Amara\n",
		said: "Danke, das passt.", quoted: "Am 05.05.2026 um 10:12 schrieb Amara Okafor <amara@desk.example>:\n> Passt Montag?\n>\n> Amara",
	},
	"an older mail stands above the answer": {
		text: "On Tue, 5 May 2026 at 10:12, Amara Okafor <amara@desk.example> wrote:\n> Is Monday fine?\n\nMonday is fine.\n",
		said: "Monday is fine.", quoted: "On Tue, 5 May 2026 at 10:12, Amara Okafor <amara@desk.example> wrote:\n> Is Monday fine?",
	},
	"answers between questions keep the questions": {
		text: "Hello Amara,\n\nOn 5 May 2026 at 10:12, Amara Okafor wrote:\n> Which colour?\n\nBlue.\n\n> How many?\n\nThree.\n\n> Thanks\n> Amara\n",
		said: "Hello Amara,\n\n> Which colour?\n\nBlue.\n\n> How many?\n\nThree.", quoted: "On 5 May 2026 at 10:12, Amara Okafor wrote:\n> Thanks\n> Amara",
	},
	"answers right under questions keep the questions": {
		text: "On 5 May 2026 at 10:12, Amara Okafor wrote:\n> Which colour?\nBlue.\n> How many?\nThree.\n",
		said: "> Which colour?\nBlue.\n> How many?\nThree.", quoted: "On 5 May 2026 at 10:12, Amara Okafor wrote:",
	},
	"a citation set by hand is said": {
		text: "> Die Lieferung dauert drei Tage.\n\nDas war vor zwei Wochen!\n",
		said: "> Die Lieferung dauert drei Tage.\n\nDas war vor zwei Wochen!",
	},
	"a citation announced by a colon is said": {
		text: "Your page says:\n\n> Free returns for 30 days.\n",
		said: "Your page says:\n\n> Free returns for 30 days.",
	},
	"Outlook draws a header block": {
		text: "Hallo,\n\nanbei das Foto.\n\nVon: Amara Okafor <amara@desk.example>\nGesendet: Dienstag, 5. Mai 2026 10:12\nAn: Jule Petersen\nBetreff: Ihr Rad\n\nHaben Sie ein Foto?\n",
		said: "Hallo,\n\nanbei das Foto.", quoted: "Von: Amara Okafor <amara@desk.example>\nGesendet: Dienstag, 5. Mai 2026 10:12\nAn: Jule Petersen\nBetreff: Ihr Rad\n\nHaben Sie ein Foto?",
	},
	"Outlook draws a rule above its header block": {
		text: "See photo.\n________________________________\nFrom: Amara Okafor <amara@desk.example>\nSent: Tuesday, May 5, 2026 10:12 AM\nTo: Oscar\nSubject: Your bike\n\nDo you have a photo?\n",
		said: "See photo.", quoted: "________________________________\nFrom: Amara Okafor <amara@desk.example>\nSent: Tuesday, May 5, 2026 10:12 AM\nTo: Oscar\nSubject: Your bike\n\nDo you have a photo?",
	},
	"a header block lost its line ends": {
		text: "Passt.\n\nVon: Amara Gesendet: Dienstag, 5. Mai 2026 10:12 An: Jule Betreff: Ihr Rad\nPasst es?\n",
		said: "Passt.", quoted: "Von: Amara Gesendet: Dienstag, 5. Mai 2026 10:12 An: Jule Betreff: Ihr Rad\nPasst es?",
	},
	"a journey is no header block": {
		text: "I need a ticket.\n\nFrom: Leeds\nTo: Hamburg\nDate: 5 May\n",
		said: "I need a ticket.\n\nFrom: Leeds\nTo: Hamburg\nDate: 5 May",
	},
	"a title stands between dashes": {
		text: "Ist erledigt.\n\n-------- Ursprüngliche Nachricht --------\nHaben Sie bezahlt?\n",
		said: "Ist erledigt.", quoted: "-------- Ursprüngliche Nachricht --------\nHaben Sie bezahlt?",
	},
	"a forwarded mail is what the person says": {
		text: "Can you look at this?\n\n---------- Forwarded message ---------\nFrom: Lamp Shop <shop@lamp.example>\nDate: Tue, 5 May 2026\nSubject: Order\nTo: <oscar@wood.example>\n\nYour order is late.\n\n--\nLamp Shop\n",
		said: "Can you look at this?\n\n---------- Forwarded message ---------\nFrom: Lamp Shop <shop@lamp.example>\nDate: Tue, 5 May 2026\nSubject: Order\nTo: <oscar@wood.example>\n\nYour order is late.\n\n--\nLamp Shop",
	},
	"a mail passed on without a word is shown": {
		text: "Von meinem iPhone gesendet\n\nVon: Lampen <shop@lampen.example>\nGesendet: Dienstag, 5. Mai 2026 10:12\nAn: Jule\nBetreff: Bestellung\n\nIhre Bestellung verspätet sich.\n",
		said: "Von: Lampen <shop@lampen.example>\nGesendet: Dienstag, 5. Mai 2026 10:12\nAn: Jule\nBetreff: Bestellung\n\nIhre Bestellung verspätet sich.", signature: "Von meinem iPhone gesendet",
	},
	"a quotation without introduction at the end is older": {
		text: "Yes.\n\n> Shall we send it?\n",
		said: "Yes.", quoted: "> Shall we send it?",
	},
	"a mail of nothing but a quotation is shown": {
		text: "> Shall we send it?\n",
		said: "> Shall we send it?",
	},
	"an introduction lost the line end before it": {
		text: "Sounds good!On Tue, May 5, 2026 at 10:12 AM Amara <amara@desk.example> wrote:\n> Monday?\n",
		said: "Sounds good!", quoted: "On Tue, May 5, 2026 at 10:12 AM Amara <amara@desk.example> wrote:\n> Monday?",
	},
	"a sentence that begins with On is said": {
		text: "On 5 May at 10:12 I called your shop and was told:\nnobody knows.\n",
		said: "On 5 May at 10:12 I called your shop and was told:\nnobody knows.",
	},
	"what I wrote you on a day is said": {
		text: "Am 5. Mai schrieb ich Ihnen Folgendes:\n\nDie Lampe ist kaputt.\n\nBis heute keine Antwort.\n",
		said: "Am 5. Mai schrieb ich Ihnen Folgendes:\n\nDie Lampe ist kaputt.\n\nBis heute keine Antwort.",
	},
	"a signature stands above the older mail": {
		text: "Passt.\n\n-- \nJule Petersen\nNordlicht\n\nAm 05.05.2026 um 10:12 schrieb Amara:\n> Passt es?\n",
		said: "Passt.", signature: "--\nJule Petersen\nNordlicht", quoted: "Am 05.05.2026 um 10:12 schrieb Amara:\n> Passt es?",
	},
	"a signature stands below the older mail": {
		text: "Passt.\n\nAm 05.05.2026 um 10:12 schrieb Amara:\n> Passt es?\n\n-- \nJule Petersen\n",
		said: "Passt.", signature: "--\nJule Petersen", quoted: "Am 05.05.2026 um 10:12 schrieb Amara:\n> Passt es?",
	},
	"code is said, whatever it looks like": {
		text: "It prints:\n\n```\n-- \n> 5 May 2026 10:12\nOn 5 May 2026 at 10:12 a@b.example wrote:\n```\n\nWhy?\n",
		said: "It prints:\n\n```\n--\n> 5 May 2026 10:12\nOn 5 May 2026 at 10:12 a@b.example wrote:\n```\n\nWhy?",
	},
	"a smile is an answer": {
		text: "👍\n\nOn Tue, 5 May 2026 at 10:12, Amara <amara@desk.example> wrote:\n> Done.\n",
		said: "👍", quoted: "On Tue, 5 May 2026 at 10:12, Amara <amara@desk.example> wrote:\n> Done.",
	},
	"a line that a mailbox escaped is said": {
		text: "I walked.\n>From Leeds to Hamburg.\nIt was far.\n",
		said: "I walked.\n>From Leeds to Hamburg.\nIt was far.",
	},
	"line ends of every system are read": {
		text: "Yes.\r\n\r\nOn 5 May 2026 at 10:12, Amara wrote:\r> Done?\r\n",
		said: "Yes.", quoted: "On 5 May 2026 at 10:12, Amara wrote:\n> Done?",
	},
	"a mail without a word is empty": {text: " \r\n\n"},
}

func TestMailsAreTakenApart(t *testing.T) {
	for name, mail := range mails {
		t.Run(name, func(t *testing.T) {
			got := Split(mail.text)
			checkParts(t, mail.text, got)
			if diff := cmp.Diff(Parts{Said: mail.said, Signature: mail.signature, Quoted: mail.quoted}, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestForwardedMailsAreFound(t *testing.T) {
	tests := map[string]struct {
		text, before, embedded string
		ok                     bool
	}{
		"Gmail forwards": {
			text:   "Look.\n\n---------- Forwarded message ---------\nFrom: Lamp Shop <shop@lamp.example>\nSubject: Order\n\nIt is late.\n",
			before: "Look.", embedded: "From: Lamp Shop <shop@lamp.example>\nSubject: Order\n\nIt is late.", ok: true,
		},
		"Apple Mail forwards behind marks": {
			text:   "Schau mal.\n\nAnfang der weitergeleiteten Nachricht:\n\n> Von: Lampen <shop@lampen.example>\n> Betreff: Bestellung\n>\n> > Wann kommt sie?\n> Später.\n",
			before: "Schau mal.", embedded: "Von: Lampen <shop@lampen.example>\nBetreff: Bestellung\n\n> Wann kommt sie?\nSpäter.", ok: true,
		},
		"Outlook forwards under a rule": {
			text:   "FYI\n\n________________________________\nFrom: Shop <shop@lamp.example>\nSent: Tuesday, May 5, 2026 10:12 AM\nTo: Oscar\nSubject: Order\n\nLate.\n",
			before: "FYI", embedded: "From: Shop <shop@lamp.example>\nSent: Tuesday, May 5, 2026 10:12 AM\nTo: Oscar\nSubject: Order\n\nLate.", ok: true,
		},
		"nothing was written before it": {
			text:     "-------- Weitergeleitete Nachricht --------\nBetreff: Bestellung\nVon: shop@lampen.example\n\nSpäter.\n",
			embedded: "Betreff: Bestellung\nVon: shop@lampen.example\n\nSpäter.", ok: true,
		},
		"an answer is no forward": {text: "Yes.\n\nOn 5 May 2026 at 10:12, Amara wrote:\n> Done?\n"},
		"words are no forward":    {text: "The forwarded message: where is it?\n"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			before, embedded, ok := Forwarded(test.text)
			if before != test.before || embedded != test.embedded || ok != test.ok {
				t.Errorf("got %q, %q, %v", before, embedded, ok)
			}
		})
	}
}

func TestALongMailIsTakenApartToItsEnd(t *testing.T) {
	text := "Yes.\n\nOn 5 May 2026 at 10:12, Amara wrote:\n" + strings.Repeat("> Done?\n", 2*most)
	p := Split(text)
	checkParts(t, text, p)
	if p.Said != "Yes." {
		t.Errorf("said %.100q", p.Said)
	}
}
