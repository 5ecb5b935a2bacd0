package message_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/hearthdesk/hearth/channels/email/message"
)

// BenchmarkParse reads a mail as customers send it: some KB of text, its HTML, a logo of 20 KB.
func BenchmarkParse(b *testing.B) {
	out := answer()
	out.Text = strings.Repeat("Das Paket ist noch nicht da, können Sie bitte nachsehen? ", 40)
	out.HTML = "<div>" + strings.Repeat(`<p class="x">Das Paket ist noch nicht da, <b>können</b> Sie bitte nachsehen?</p>`, 40) + `<img src="cid:logo@hearth"></div>`
	out.Files[0].Data = []byte(strings.Repeat(string(logo), 1200))
	raw, err := message.Compose(out)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := message.Parse(raw); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkParseCorpus reads the mails of one peer; ms/mail is the mean.
func BenchmarkParseCorpus(b *testing.B) {
	for _, kind := range []string{"zammad", "chatwoot", "redmine", "spamassassin-spam"} {
		b.Run(kind, func(b *testing.B) {
			var raws [][]byte
			size := 0
			for _, path := range mails(b, filepath.Join(corpus(b, "mail"), kind)) {
				raw := read(b, path)
				raws, size = append(raws, raw), size+len(raw)
			}
			b.SetBytes(int64(size))
			for b.Loop() {
				for _, raw := range raws {
					if _, err := message.Parse(raw); err != nil {
						b.Fatal(err)
					}
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(raws))/1e6, "ms/mail")
			b.ReportMetric(float64(size)/float64(len(raws))/1024, "KB/mail")
		})
	}
}

func BenchmarkCompose(b *testing.B) {
	out := answer()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := message.Compose(out); err != nil {
			b.Fatal(err)
		}
	}
}
