package message

import (
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

func TestCharsetsAreGuessed(t *testing.T) {
	cases := map[string]struct {
		enc  encoding.Encoding
		text string
	}{
		"a German subject":                  {charmap.Windows1252, "Rückgabe der Schuhe, Größe 42"},
		"a German sentence":                 {charmap.ISO8859_1, "Guten Tag, ich möchte meine Bestellung ändern. Viele Grüße"},
		"a French sentence":                 {charmap.Windows1252, "Bonjour, je n’ai pas reçu ma commande à l’adresse indiquée."},
		"a Spanish subject":                 {charmap.ISO8859_1, "¿Dónde está mi pedido?"},
		"a Swedish subject":                 {charmap.ISO8859_1, "Fråga om återbetalning"},
		"a Czech sentence":                  {charmap.Windows1250, "Dobrý den, prosím o vrácení peněz za objednávku, děkuji."},
		"a Polish sentence":                 {charmap.Windows1250, "Dzień dobry, chciałbym zwrócić zamówienie, ponieważ paczka była uszkodzona."},
		"a Hungarian sentence":              {charmap.Windows1250, "Kedves ügyfélszolgálat, a csomagom még nem érkezett meg, kérem segítsenek. Köszönöm, Őri"},
		"a Turkish sentence":                {charmap.Windows1254, "Merhaba, siparişim hâlâ gelmedi, lütfen yardımcı olur musunuz? Teşekkürler, çok bekledim, doğru mu"},
		"a Russian subject":                 {charmap.Windows1251, "Возврат товара"},
		"a Russian sentence":                {charmap.Windows1251, "Здравствуйте, где мой заказ? Он должен был прийти вчера."},
		"a Russian subject in KOI8":         {charmap.KOI8R, "Вопрос по заказу 1234"},
		"a Russian sentence in KOI8":        {charmap.KOI8R, "Здравствуйте, где мой заказ? Он должен был прийти вчера."},
		"a Greek sentence":                  {charmap.Windows1253, "Καλημέρα, πού είναι η παραγγελία μου;"},
		"a Hebrew sentence":                 {charmap.Windows1255, "שלום, איפה ההזמנה שלי? אני מחכה כבר שבוע"},
		"an Arabic sentence":                {charmap.Windows1256, "مرحبا، أين طلبي؟ لم يصل حتى الآن"},
		"a Thai sentence":                   {charmap.Windows874, "สวัสดีครับ ผมยังไม่ได้รับสินค้าที่สั่งไป"},
		"a Chinese subject":                 {simplifiedchinese.GBK, "退货运费补贴"},
		"a Chinese name":                    {simplifiedchinese.GBK, "王晓明"},
		"a Russian word":                    {charmap.Windows1251, "Привет"},
		"a Chinese sentence":                {simplifiedchinese.GBK, "您好，我的订单还没有收到，请帮我查询一下。"},
		"a Chinese sentence from Taiwan":    {traditionalchinese.Big5, "您好，我的訂單還沒有收到，請幫我查詢一下。"},
		"a Japanese subject in Shift-JIS":   {japanese.ShiftJIS, "注文について"},
		"a Japanese sentence in Shift-JIS":  {japanese.ShiftJIS, "お世話になっております。注文した商品がまだ届きません。"},
		"a Japanese sentence in EUC-JP":     {japanese.EUCJP, "お世話になっております。注文した商品がまだ届きません。"},
		"a Korean sentence":                 {korean.EUCKR, "안녕하세요, 주문한 상품이 아직 도착하지 않았습니다."},
		"a Korean subject":                  {korean.EUCKR, "배송 문의"},
		"English with a dash and quotes":    {charmap.Windows1252, "It’s broken – “please” help"},
		"one accented letter":               {charmap.Windows1252, "Café"},
		"a price":                           {charmap.Windows1252, "I paid 20 € for it"},
		"a mostly English text in Japanese": {japanese.ShiftJIS, "Order 1234 for Example Inc.: 返品したいです"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			raw, err := c.enc.NewEncoder().Bytes([]byte(c.text))
			if err != nil {
				t.Fatal(err)
			}
			if got, charset, sure := guess(raw); got != c.text {
				t.Errorf("%s (%v): %q, want %q", charset, sure, got, c.text)
				for _, c := range charsets() {
					t.Log(c.name, c.score(raw))
				}
			}
		})
	}
}
