package quote

import (
	"strings"
	"testing"
)

// pages are HTML mails written by us after what mail programs send; said and folded are their visible words, a line each.
var pages = map[string]struct{ html, said, folded string }{
	"words alone are left as they came": {
		html: `<p>Where is my <b>order</b>?`, said: "Where is my order?",
	},
	"Gmail answers": {
		html:   `<div dir="ltr">Monday is fine.</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Tue, 5 May 2026 at 10:12, Amara &lt;<a href="mailto:a@desk.example">a@desk.example</a>&gt; wrote:<br></div><blockquote class="gmail_quote" style="margin:0 0 0 .8ex;border-left:1px #ccc solid;padding-left:1ex"><div>Is Monday fine?</div></blockquote></div>`,
		said:   "Monday is fine.",
		folded: "On Tue, 5 May 2026 at 10:12, Amara <a@desk.example> wrote:\nIs Monday fine?",
	},
	"Gmail answers between the lines": {
		html:   `<div class="gmail_quote"><div class="gmail_attr">On Tue, 5 May 2026 at 10:12, Amara &lt;a@desk.example&gt; wrote:<br></div><blockquote class="gmail_quote">Which colour?</blockquote><div>Blue.</div><blockquote class="gmail_quote">How many?</blockquote><div>Three.</div></div>`,
		said:   "Which colour?\nBlue.\nHow many?\nThree.",
		folded: "On Tue, 5 May 2026 at 10:12, Amara <a@desk.example> wrote:",
	},
	"Gmail forwards": {
		html: `<div>Look at this.</div><div class="gmail_quote"><div class="gmail_attr">---------- Forwarded message ---------<br>From: Shop &lt;shop@lamp.example&gt;<br>Subject: Order<br></div>Your order is late.</div>`,
		said: "Look at this.\n---------- Forwarded message ---------\nFrom: Shop <shop@lamp.example>\nSubject: Order\nYour order is late.",
	},
	"Gmail marks its signature": {
		html: `<div>Yes.</div><div>-- </div><div class="gmail_signature" data-smartmail="gmail_signature"><div>Oscar</div><img src="logo.png"></div>`,
		said: "Yes.", folded: "--\nOscar\n￼",
	},
	"Gmail indents": {
		html: `<div>I said:</div><blockquote style="margin:0 0 0 40px;border:none;padding:0px"><div>three lamps</div></blockquote>`,
		said: "I said:\nthree lamps",
	},
	"Outlook draws a line above a header block": {
		html: `<div class="WordSection1"><p class="MsoNormal">Anbei das Foto.<o:p></o:p></p><p class="MsoNormal"><o:p>&nbsp;</o:p></p>` +
			`<div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal"><b>Von:</b> Amara Okafor &lt;a@desk.example&gt;<br><b>Gesendet:</b> Dienstag, 5. Mai 2026 10:12<br><b>An:</b> Jule<br><b>Betreff:</b> Ihr Rad</p></div></div><p class="MsoNormal">Haben Sie ein Foto?</p></div>`,
		said:   "Anbei das Foto.",
		folded: "Von: Amara Okafor <a@desk.example>\nGesendet: Dienstag, 5. Mai 2026 10:12\nAn: Jule\nBetreff: Ihr Rad\nHaben Sie ein Foto?",
	},
	"Outlook writes in a language nobody knows": {
		html:   `<div><p class="MsoNormal">Qapla'!</p><div style="border:none; border-top:solid #B5C4DF 1.0pt; padding:3.0pt 0in 0in 0in"><p class="MsoNormal"><b>Ngeh'vo':</b> Amara<br><b>Poh:</b> wa'</p></div><p class="MsoNormal">nuqneH</p></div>`,
		said:   "Qapla'!",
		folded: "Ngeh'vo': Amara\nPoh: wa'\nnuqneH",
	},
	"Outlook on the web marks what it answers": {
		html:   `<div style="font-family:Calibri">See photo.</div><div id="appendonsend"></div><hr style="display:inline-block;width:98%"><div id="divRplyFwdMsg" dir="ltr"><font face="Calibri"><b>From:</b> Amara<br><b>Sent:</b> Tuesday, May 5, 2026 10:12 AM<br><b>To:</b> Oscar<br><b>Subject:</b> Bike</font></div><div>Photo, please.</div>`,
		said:   "See photo.",
		folded: "________\nFrom: Amara\nSent: Tuesday, May 5, 2026 10:12 AM\nTo: Oscar\nSubject: Bike\nPhoto, please.",
	},
	"Outlook on the phone marks what it answers": {
		html:   `<div>Ja.</div><div id="ms-outlook-mobile-signature"><div>Outlook für Android beziehen</div></div><div id="mail-editor-reference-message-container"><div>Amara fragte etwas.</div></div>`,
		said:   "Ja.",
		folded: "Outlook für Android beziehen\nAmara fragte etwas.",
	},
	"Apple Mail introduces inside the quotation": {
		html:   `<div>Yes, I can.</div><br id="lineBreakAtBeginningOfMessage"><div><blockquote type="cite"><div>On 5 May 2026, at 10:12, Amara &lt;a@desk.example&gt; wrote:</div><br><div>Can you?</div></blockquote></div>`,
		said:   "Yes, I can.",
		folded: "On 5 May 2026, at 10:12, Amara <a@desk.example> wrote:\nCan you?",
	},
	"Apple Mail answers below": {
		html:   `<div><blockquote type="cite"><div>On 5 May 2026, at 10:12, Amara &lt;a@desk.example&gt; wrote:</div><div>Can you?</div></blockquote></div><div>Yes, I can.</div>`,
		said:   "Yes, I can.",
		folded: "On 5 May 2026, at 10:12, Amara <a@desk.example> wrote:\nCan you?",
	},
	"an iPhone says so": {
		html:   `<div dir="ltr">Passt.</div><div dir="ltr"><br>Von meinem iPhone gesendet</div><div dir="ltr"><br><blockquote type="cite">Am 05.05.2026 um 10:12 schrieb Amara &lt;a@desk.example&gt;:<br><br></blockquote></div><blockquote type="cite"><div>Passt es?</div></blockquote>`,
		said:   "Passt.",
		folded: "Von meinem iPhone gesendet\nAm 05.05.2026 um 10:12 schrieb Amara <a@desk.example>:\nPasst es?",
	},
	"Yahoo marks its quotation": {
		html:   `<div class="ydp1234yahoo-style-wrap"><div>Fine with me.</div></div><div id="yahoo_quoted_123" class="ydp1234yahoo_quoted"><div>On Tuesday, 5 May 2026 at 10:12:00 CEST, Amara &lt;a@desk.example&gt; wrote:</div><div>Is it fine?</div></div>`,
		said:   "Fine with me.",
		folded: "On Tuesday, 5 May 2026 at 10:12:00 CEST, Amara <a@desk.example> wrote:\nIs it fine?",
	},
	"Thunderbird marks its introduction": {
		html:   `<p>Montag passt.</p><div class="moz-cite-prefix">Am 05.05.26 um 10:12 schrieb Amara:<br></div><blockquote type="cite" cite="mid:x"><p>Passt Montag?</p></blockquote><div class="moz-signature">-- <br>Jule</div>`,
		said:   "Montag passt.",
		folded: "Am 05.05.26 um 10:12 schrieb Amara:\nPasst Montag?\n--\nJule",
	},
	"Thunderbird lets people write inside its introduction": {
		html:   `<div class="moz-cite-prefix">Montag passt.<br><br>Dienstag auch.<br><br>Mittwoch nicht.<br><br>Am 05.05.26 um 10:12 schrieb Amara:<br></div><blockquote type="cite">Passt Montag?</blockquote>`,
		said:   "Montag passt.\nDienstag auch.\nMittwoch nicht.",
		folded: "Am 05.05.26 um 10:12 schrieb Amara:\nPasst Montag?",
	},
	"ProtonMail marks both": {
		html:   `<div>Gladly.</div><div class="protonmail_signature_block"><div class="protonmail_signature_block-proton">Sent with Proton Mail secure email.</div></div><div class="protonmail_quote">On Tuesday, May 5th, 2026 at 10:12, Amara &lt;a@desk.example&gt; wrote:<br><blockquote class="protonmail_quote" type="cite">Would you?</blockquote></div>`,
		said:   "Gladly.",
		folded: "Sent with Proton Mail secure email.\nOn Tuesday, May 5th, 2026 at 10:12, Amara <a@desk.example> wrote:\nWould you?",
	},
	"GMX names its quotation": {
		html:   `<div>Gerne.<div name="quote" style="margin:10px 5px 5px 10px; border-left:2px solid #C3D9E5"><div><b>Gesendet:</b> Dienstag, 05. Mai 2026 um 10:12 Uhr<br><b>Von:</b> "Amara" &lt;a@desk.example&gt;<br><b>Betreff:</b> Rad</div><div name="quoted-content">Möchten Sie?</div></div></div>`,
		said:   "Gerne.",
		folded: "Gesendet: Dienstag, 05. Mai 2026 um 10:12 Uhr\nVon: \"Amara\" <a@desk.example>\nBetreff: Rad\nMöchten Sie?",
	},
	"a card in a table is folded": {
		html: `<p>Bitte um Rückruf.</p><p>Mit freundlichen Grüßen</p><table><tr><td>Jule Petersen</td></tr><tr><td>Tel.:</td><td>+49 40 123456</td></tr><tr><td>Mail:</td><td>jule@nordlicht.example</td></tr></table>`,
		said: "Bitte um Rückruf.", folded: "Mit freundlichen Grüßen\nJule Petersen\nTel.: +49 40 123456\nMail: jule@nordlicht.example",
	},
	"plain text in HTML is read like plain text": {
		html: "<pre>Yes.\n\nOn 5 May 2026 at 10:12, Amara wrote:\n&gt; Done?\n</pre>",
		said: "Yes.", folded: "On 5 May 2026 at 10:12, Amara wrote:\n> Done?",
	},
	"a picture is an answer": {
		html: `<img src="cid:1"><blockquote type="cite">Do you have a photo?</blockquote>`,
		said: "￼", folded: "Do you have a photo?",
	},
	"a page of nothing but a quotation is shown": {
		html: `<blockquote type="cite">Do you have a photo?</blockquote>`, said: "Do you have a photo?",
	},
}

func TestPagesAreTakenApart(t *testing.T) {
	for name, page := range pages {
		t.Run(name, func(t *testing.T) {
			said, folded := SplitHTML(page.html)
			if got := outline(t, said); got != page.said {
				t.Errorf("said %q, want %q", got, page.said)
			}
			if got := outline(t, folded); got != page.folded {
				t.Errorf("folded %q, want %q", got, page.folded)
			}
			if folded == "" && said != page.html {
				t.Errorf("nothing is folded, and yet the page changed: %q", said)
			}
		})
	}
}

// outline is the visible words of a page, blank lines aside.
func outline(t *testing.T, page string) string {
	t.Helper()
	var all []string
	for l := range strings.Lines(visible(t, page)) {
		if l = bare(l); l != "" {
			all = append(all, strings.Join(strings.Fields(l), " "))
		}
	}
	return strings.Join(all, "\n")
}

func TestFramesStayAroundTheWordsOfBothParts(t *testing.T) {
	said, folded := SplitHTML(`<style>p{color:red}</style><div style="color:blue"><p>Yes.</p><blockquote><table><tr><td>Old</td></tr></table></blockquote></div>`)
	if want := `<html><head><style>p{color:red}</style></head><body><div style="color:blue"><p>Yes.</p></div></body></html>`; said != want {
		t.Errorf("said %s", said)
	}
	if want := `<html><head><style>p{color:red}</style></head><body><div style="color:blue"><blockquote><table><tbody><tr><td>Old</td></tr></tbody></table></blockquote></div></body></html>`; folded != want {
		t.Errorf("folded %s", folded)
	}
}
