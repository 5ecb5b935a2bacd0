package message

import (
	"bytes"
	"strings"
	"unicode"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

const (
	sample     = 4 << 10 // bytes looked at to guess a charset
	maxGuesses = 8       // of one mail; then the last one stands
)

// charset is one that mails are found to be written in without saying so, with the characters its languages use most.
type charset struct {
	enc      encoding.Encoding
	name     string
	frequent string
	among    bool // its letters stand among ASCII letters, as é does in French, not alone as in Greek
}

// charsets lists the likelier ones first: the first of equals wins.
func charsets() []charset {
	return []charset{
		{charmap.Windows1252, "windows-1252", "éèàçêëôûùîïâäöüßñóíáúãõåæøÄÖÜÉ’‘“”–…€°§´®¿¡", true},
		{charmap.Windows1250, "windows-1250", "ěščřžýáíéůúďťňąćęłńóśźżőűăâîşţäöüß–„”“’…ŁŚŻČŠŽŐŰŘ", true},
		{charmap.Windows1254, "windows-1254", "ışğİöüçâŞÖÜÇ’–…", true},
		{charmap.Windows1251, "windows-1251", "оеаинтсрвлкмдпуяыі", false},
		{charmap.KOI8R, "koi8-r", "оеаинтсрвлкмдпуяы", false},
		{charmap.Windows1253, "windows-1253", "αοιετσνηυρπκμλςάίόέ", false},
		{charmap.Windows1255, "windows-1255", "יוהלארתבשמנם", false},
		{charmap.Windows1256, "windows-1256", "اليمونرتبةعدسفهكقح", false},
		{charmap.Windows874, "windows-874", "านรอกเงมย่้ัี", false},
		{simplifiedchinese.GB18030, "gb18030", "的一是不了在人有我他这中大来上个国和也子时道说要出到为以会可就你年生对得多能自之而方后作里" +
			"用地所然家法些如民行工都水力动成同学部发心事分进现本样长理好化机规公司请谢您们件信问题电话产品服务客户高全新业市场" +
			"管训网价收付款账号开关系加订单货，。、：！？（）【】", false},
		{traditionalchinese.Big5, "big5", "的一是不了在人有我他這中大來上個國和也子時道說要出到為以會可就你年生對得多能自之而方後作裡" +
			"用地所然家法些如民行工都水力動成同學部發心事分進現本樣長理好化機規公司請謝您們件信問題電話產品服務客戶高全新業市場" +
			"，。、：！？（）【】", false},
		{japanese.ShiftJIS, "shift_jis", kana, false},
		{japanese.EUCJP, "euc-jp", kana, false},
		{korean.EUCKR, "euc-kr", "이다는에을의가고하지은를한로사기니리도인서자해시나으과아대정수일어요습합안드세보여전제주장부구상스그만문배송품불취", false},
	}
}

const kana = "のにはをたがでてとしれさいうるすりまかなこくらっあよけめせおきんものやどじみだちえわろつそばべーンスルトリイアラドシクレフジタグマロコテッメサカ、。"

// guess reads text of an unknown charset in the one that gives the likeliest letters; when none does, sure is false and
// the commonest one is taken.
func guess(data []byte) (text, name string, sure bool) {
	const unlikely = 0.3
	all := charsets()
	best, high := all[0], unlikely
	part := lineAround(data)
	for _, c := range all {
		if score := c.score(part); score > high {
			best, high, sure = c, score, true
		}
	}
	out, err := best.enc.NewDecoder().Bytes(data)
	if err != nil {
		return strings.ToValidUTF8(string(data), "\ufffd"), "", false
	}
	return string(out), best.name, sure
}

// lineAround is a stretch of whole lines from where data stops being ASCII.
func lineAround(data []byte) []byte {
	first := bytes.IndexFunc(data, func(c rune) bool { return c >= 0x80 })
	if first < 0 {
		return nil
	}
	data = data[bytes.LastIndexByte(data[:first], '\n')+1:]
	if len(data) <= sample {
		return data
	}
	data = data[:sample]
	if end := bytes.LastIndexByte(data, '\n'); end > sample/2 {
		return data[:end]
	}
	return data
}

// score is near 2 when data is everyday text in the charset and below 0 when it cannot be.
func (c charset) score(data []byte) float64 {
	out, err := c.enc.NewDecoder().Bytes(data)
	if err != nil {
		return -1
	}
	text := []rune(string(out))
	sum, count := 0.0, 0
	for i, char := range text {
		if char < 0x80 {
			continue
		}
		count++
		sum += c.weigh(char)
		if unicode.IsLetter(char) && c.among != (asciiLetter(text, i-1) || asciiLetter(text, i+1)) {
			sum--
		}
		if i > 0 && unicode.IsUpper(char) && unicode.IsLower(text[i-1]) { // nobody writes lIKE tHIS
			sum--
		}
	}
	if count == 0 {
		return 0
	}
	return sum / float64(count)
}

// weigh says how well a character becomes a text in this charset.
func (c charset) weigh(char rune) float64 {
	switch {
	case char == 0xfffd, char < 0xa0, unicode.Is(unicode.Co, char):
		return -8
	case strings.ContainsRune(c.frequent, char):
		return 2
	case char >= 0xff61 && char <= 0xff9f: // half-width kana: what other charsets look like in Shift-JIS
		return -0.5
	case unicode.Is(unicode.Han, char): // of which there are too many to list the frequent ones
		return 0.7
	case unicode.IsLetter(char):
		return 0.2
	case unicode.IsSymbol(char): // the boxes of KOI8, the fractions of Latin
		return -1
	}
	return -0.2
}

func asciiLetter(text []rune, i int) bool {
	return i >= 0 && i < len(text) && (text[i]|0x20) >= 'a' && (text[i]|0x20) <= 'z'
}
