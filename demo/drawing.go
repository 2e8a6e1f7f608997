package demo

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strings"
)

// airwayDrawing is a picture of a neck from the side: the way from the mouth is closed, the tube below it is the only airway.
func airwayDrawing() []byte {
	const width, height = 480, 320
	skin, air, tube, closed := color.NRGBA{0xf3, 0xd9, 0xc4, 0xff}, color.NRGBA{0xff, 0xff, 0xff, 0xff}, color.NRGBA{0x00, 0x5e, 0xb8, 0xff}, color.NRGBA{0xb5, 0x1d, 0x12, 0xff}
	img := image.NewPaletted(image.Rect(0, 0, width, height), color.Palette{air, skin, tube, closed, color.Black})
	box := func(x0, y0, x1, y1 int, c uint8) {
		for y := y0; y < y1; y++ {
			for x := x0; x < x1; x++ {
				img.SetColorIndex(x, y, c)
			}
		}
	}
	box(120, 20, 360, 300, 1)  // head and neck
	box(230, 60, 260, 300, 0)  // the windpipe
	box(260, 60, 360, 84, 0)   // from the mouth
	box(222, 120, 268, 150, 3) // closed
	box(240, 196, 460, 214, 2) // the tube, coming in from the front
	box(240, 196, 252, 280, 2)
	for i := range 26 { // a cross over the way from the mouth
		box(300+i, 60+i, 304+i, 64+i, 3)
		box(326-i, 60+i, 330-i, 64+i, 3)
	}
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, img); err != nil {
		panic(err) // cannot be: memory takes every byte
	}
	return b.Bytes()
}

// pdfLetter is a PDF of one page (PDF 1.4) with a title and lines of plain ASCII.
func pdfLetter(title string, lines ...string) []byte {
	escape := strings.NewReplacer(`\`, `\\`, "(", `\(`, ")", `\)`).Replace
	var page strings.Builder
	fmt.Fprintf(&page, "BT /F1 20 Tf 56 770 Td (%s) Tj ET\n", escape(title))
	for i, line := range lines {
		fmt.Fprintf(&page, "BT /F1 12 Tf 56 %d Td (%s) Tj ET\n", 730-20*i, escape(line))
	}
	objects := []string{
		"<< /Type /Catalog /Pages 2 0 R >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
		fmt.Sprintf("<< /Length %d >>\nstream\n%sendstream", page.Len(), page.String()),
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
	}
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	offsets := make([]int, len(objects))
	for i, object := range objects {
		offsets[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, object)
	}
	table := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, offset := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, table)
	return b.Bytes()
}
