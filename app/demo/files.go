package demo

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"strings"
)

// attachment is a file that goes along with words.
type attachment struct {
	name, kind string
	data       []byte
}

// attach makes the file a scene asks for, such as photo, invoice or txt:measures.
func attach(r *rand.Rand, what, lang string, facts map[string]string) attachment {
	kind, name, named := strings.Cut(what, ":")
	switch kind {
	case "photo":
		return attachment{fmt.Sprintf("IMG_%04d.png", 1000+r.IntN(24)*37), "image/png", photo(r.Uint64N(24))}
	case "txt":
		var b strings.Builder
		for room := 1; room <= 12; room++ {
			fmt.Fprintf(&b, "%2d  %d cm\n", room, 120+(room*37)%90)
		}
		return attachment{name + ".txt", "text/plain", []byte(b.String())}
	}
	title := kind
	if named {
		title = name
	}
	lines := []string{"Hobbin & Wick", "Lamps and furniture, the old tram depot", "", upper(title) + " " + facts["order"], facts["name"], "", facts["product"] + ", " + facts["price"]}
	if lang == "de" {
		lines[1] = "Lampen und Möbel, altes Straßenbahndepot"
	}
	if named { // the customer's own
		lines = []string{upper(title), facts["name"], facts["city"]}
	}
	return attachment{title + "-" + facts["order"] + ".pdf", "application/pdf", pdf(lines)}
}

// photo is a small picture of wood with something wrong with it.
func photo(seed uint64) []byte {
	r := rand.New(rand.NewPCG(seed, 7)) //nolint:gosec // a picture of a scratch is no secret
	const w, h = 200, 150
	img := image.NewPaletted(image.Rect(0, 0, w, h), shades(r))
	wave := 3 + r.IntN(9)
	for y := range h {
		for x := range w {
			img.SetColorIndex(x, y, uint8((y*y/wave+x/7+(x*y)/(90*wave))%7)) //nolint:gosec // below 7
		}
	}
	x, y := 30+r.IntN(60), 20+r.IntN(90)
	for i := range 60 + r.IntN(40) { // the scratch
		for j := range 2 {
			img.SetColorIndex(x+i, y+i/(2+wave/3)+j, 7)
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		return nil // a buffer takes all
	}
	return b.Bytes()
}

func shades(r *rand.Rand) color.Palette {
	base := []uint8{uint8(120 + r.IntN(80)), uint8(80 + r.IntN(50)), uint8(40 + r.IntN(40))} //nolint:gosec // below 256
	all := color.Palette{}
	for i := range uint8(7) {
		all = append(all, color.RGBA{base[0] + 5*i, base[1] + 5*i, base[2] + 4*i, 255})
	}
	return append(all, color.RGBA{250, 244, 230, 255})
}

// pdf is one page with some lines of text (ISO 32000-1, 7.5).
func pdf(lines []string) []byte {
	var text strings.Builder
	text.WriteString("BT /F1 12 Tf 60 780 Td 16 TL\n")
	for _, l := range lines {
		fmt.Fprintf(&text, "(%s) Tj T*\n", latin(l))
	}
	text.WriteString("ET")
	objects := []string{
		"<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 4 0 R >> >> /Contents 5 0 R >>",
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
		fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", text.Len(), text.String()),
	}
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	at := make([]int, len(objects))
	for i, o := range objects {
		at[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, a := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", a)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, start)
	return b.Bytes()
}

// latin writes a line as the font knows it (WinAnsi), with what would end it marked.
func latin(s string) string {
	var b []byte
	for _, c := range s {
		switch {
		case c == '(' || c == ')' || c == '\\':
			b = append(b, '\\', byte(c))
		case c == '€':
			b = append(b, 0x80)
		case c < 256:
			b = append(b, byte(c)) //nolint:gosec // below 256
		default:
			b = append(b, '?')
		}
	}
	return string(b)
}
