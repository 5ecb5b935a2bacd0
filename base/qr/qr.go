// Package qr draws square codes that a phone's camera reads: the way to /tell on a poster, the personal link of a phone.
package qr

import (
	"fmt"
	"image"
	"strings"

	"github.com/boombuler/barcode/qr"
)

// quiet is the margin that a reader needs around the code, in modules (ISO/IEC 18004, 9.1).
const quiet = 4

// SVG draws text as a QR code, black on white whatever the page around it looks like, in one unit a module. A quarter of it
// may be dirty or torn. Text longer than 1,200 bytes is an error.
func SVG(text string) (string, error) {
	code, err := qr.Encode(text, qr.Q, qr.Unicode)
	if err != nil {
		return "", fmt.Errorf("qr: %w", err)
	}
	box := code.Bounds()
	side := box.Dx() + 2*quiet
	var svg strings.Builder
	fmt.Fprintf(&svg, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" shape-rendering="crispEdges"><rect width="%d" height="%d" fill="#fff"/><path d="`, side, side, side, side)
	for y := range box.Dy() {
		row(&svg, code, y)
	}
	svg.WriteString(`" fill="#000"/></svg>`)
	return svg.String(), nil
}

// row writes the dark stretches of one line.
func row(svg *strings.Builder, code image.Image, y int) {
	width := code.Bounds().Dx()
	for x := 0; x < width; x++ {
		from := x
		for x < width && dark(code, x, y) {
			x++
		}
		if n := x - from; n > 0 {
			fmt.Fprintf(svg, "M%d %dh%dv1h-%dz", from+quiet, y+quiet, n, n)
		}
	}
}

func dark(code image.Image, x, y int) bool {
	r, _, _, _ := code.At(x, y).RGBA()
	return r == 0
}
