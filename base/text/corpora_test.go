package text_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// corpora is the folder of the material others wrote, which tests read where it lies; empty when it is not here.
func corpora(t *testing.T, kind string) string {
	t.Helper()
	dir := os.Getenv("HEARTH_CORPORA")
	if dir == "" {
		root, err := os.Getwd()
		if err != nil {
			t.Fatal(err)
		}
		for ; filepath.Dir(root) != root; root = filepath.Dir(root) {
			if _, err := os.Stat(filepath.Join(root, "go.mod")); err == nil {
				break
			}
		}
		dir = filepath.Join(root, "..", "shared", "corpora")
	}
	dir = filepath.Join(dir, kind)
	if _, err := os.Stat(dir); err != nil {
		t.Log("corpora are not here: " + dir)
		return ""
	}
	return dir
}

// vectors are all attacks we know: ours, then those of the corpora when they are here, each once.
func vectors(t *testing.T) []string {
	t.Helper()
	all := append([]string{}, ours...)
	dir := corpora(t, "html")
	if dir == "" {
		return all
	}
	seen := map[string]bool{}
	for _, name := range []string{"xss-vectors.jsonl", "dompurify-expect.jsonl", "bluemonday.jsonl", "bleach.jsonl"} {
		file, err := os.Open(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		lines := bufio.NewScanner(file)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			var row struct{ HTML, In, Payload string }
			if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
				t.Fatal(err)
			}
			if vector := row.HTML + row.In + row.Payload; !seen[vector] {
				seen[vector] = true
				all = append(all, vector)
			}
		}
		if err := lines.Err(); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// ours run, or load something from elsewhere, in as many ways as we know.
var ours = []string{
	`<script>alert(1)</script>`, `<img src=x onerror=alert(1)>`, `<svg onload=alert(1)>`, `<body onload=alert(1)>`,
	`<a href="javascript:alert(1)">read</a>`, `<a href="java&#9;script:alert(1)">read</a>`, `<iframe srcdoc="<script>alert(1)</script>"></iframe>`,
	`<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">`,
	`<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">`, `<noscript><p title="</noscript><img src=x onerror=alert(1)>">`,
	`<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>`, `<title><img src=x onerror=alert(1)></title><img src=x onerror=alert(1)>`,
	`<details open ontoggle=alert(1)>`, `<input autofocus onfocus=alert(1)>`, `<xmp><img src=x onerror=alert(1)></xmp><img src=x onerror=alert(1)>`,
	`<p style="background:url(javascript:alert(1));animation:x" onanimationstart=alert(1)>`, `<button formaction=javascript:alert(1)>x</button>`,

	`<img src="http://elsewhere.example/plain.gif">`, `<img src="//elsewhere.example/noscheme.gif">`, `<img src="https://elsewhere.example/tls.gif">`,
	`<img src="/relative.gif">`, `<img src="relative.gif">`, "<img src=\"ht\ntp://elsewhere.example/split.gif\">", `<img src="\\elsewhere.example\back.gif">`,
	`<img srcset="http://elsewhere.example/srcset.gif 1x">`, `<picture><source srcset="http://elsewhere.example/source.gif"><img></picture>`,
	`<image src="http://elsewhere.example/image.gif">`, `<input type=image src="http://elsewhere.example/input.gif">`,
	`<table background="http://elsewhere.example/table.gif"><tr><td background="http://elsewhere.example/td.gif">x</table>`,
	`<body background="http://elsewhere.example/body.gif">x`, `<video poster="http://elsewhere.example/poster.gif">`, `<audio src="http://elsewhere.example/a.mp3" autoplay>`,
	`<p style="background:url(http://elsewhere.example/bg.gif)">x`, `<p style="background-image:url('http://elsewhere.example/bgi.gif')">x`,
	`<p style="background:u\72l(http://elsewhere.example/escaped.gif)">x`, `<p style="background:image-set('http://elsewhere.example/set.gif' 1x)">x`,
	`<p style="background:/**/url(/**/http://elsewhere.example/comment.gif)">x`, `<p style="background:red;background:url(&quot;http://elsewhere.example/q.gif&quot;)">x`,
	`<ul><li style="list-style:url(http://elsewhere.example/list.gif)">x</ul>`, `<p style="content:url(http://elsewhere.example/content.gif)">x`,
	`<p style="border-image:url(http://elsewhere.example/border.gif) 30">x`, `<p style="cursor:url(http://elsewhere.example/cursor.gif),auto">x`,
	`<p style="-webkit-mask-image:url(http://elsewhere.example/mask.gif)">x`, `<p style="--x:url(http://elsewhere.example/var.gif);background:var(--x)">x`,
	`<style>@import url(http://elsewhere.example/import.css);</style>`, `<style>body{background:url(http://elsewhere.example/style.gif)}</style>x`,
	`<style>@font-face{font-family:f;src:url(http://elsewhere.example/font.woff)}p{font-family:f}</style><p>x`,
	`<link rel=stylesheet href="http://elsewhere.example/link.css">`, `<link rel=preload as=image href="http://elsewhere.example/preload.gif">`,
	`<link rel=prefetch href="http://elsewhere.example/prefetch.gif">`, `<link rel=icon href="http://elsewhere.example/icon.gif">`,
	`<meta http-equiv=refresh content="0;url=http://elsewhere.example/refresh">`, `<base href="http://elsewhere.example/"><img src="base.gif">`,
	`<iframe src="http://elsewhere.example/frame.html"></iframe>`, `<object data="http://elsewhere.example/object.html"></object>`, `<embed src="http://elsewhere.example/embed.html">`,
	`<svg><image href="http://elsewhere.example/svg.gif" width=9 height=9 /></svg>`, `<svg><use href="http://elsewhere.example/use.svg#x"/></svg>`,
	`<svg><rect width=9 height=9 style="fill:url(http://elsewhere.example/fill.svg#x)"/></svg>`, `<svg><filter id=f><feImage href="http://elsewhere.example/fe.gif"/></filter><rect width=9 height=9 filter=url(#f) /></svg>`,
	`<video><source src="http://elsewhere.example/v.mp4"><track default src="http://elsewhere.example/t.vtt"></video>`,
	`<p style="position:fixed;top:0;left:0;width:100%;height:100%;z-index:9999">over everything`, `<div style="margin-top:-500px">over the page`,
}
