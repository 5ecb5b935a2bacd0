package text_test

import (
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/hearthdesk/hearth/base/text"
)

func TestWhatAMailMayShow(t *testing.T) {
	const rel = ` rel="noopener noreferrer" target="_blank"`
	tests := map[string]struct{ raw, safe string }{
		"words":                                 {"Grüße & <3", "Grüße &amp; &lt;3"},
		"a paragraph":                           {"<p>one<p>two", "<p>one<p>two"},
		"a table of a newsletter":               {`<table width="600" cellpadding=0 bgcolor="#ffffff" align=center><tr><td valign="top" style="padding:10px 0">x</td></tr></table>`, `<table width="600" cellpadding="0" bgcolor="#ffffff" align="center"><tr><td valign="top" style="padding: 10px 0">x</td></tr></table>`},
		"a link":                                {`<a href="https://shop.example/?a=1&amp;b=2" onclick="x()" target="_top" class=button>buy</a>`, `<a href="https://shop.example/?a=1&amp;b=2"` + rel + `>buy</a>`},
		"a link with a space and a line end":    {"<a href=\" https://shop.example/a b\r\n/c\">x</a>", `<a href="https://shop.example/a%20b/c"` + rel + `>x</a>`},
		"a link that leaves the scheme out":     {`<a href="//shop.example/x">x</a>`, `<a href="https://shop.example/x"` + rel + `>x</a>`},
		"a link with a share in it":             {`<a href="http://shop.example/50%">x</a>`, `<a href="http://shop.example/50%"` + rel + `>x</a>`},
		"a mail address and a phone number":     {`<a href="mailto:a@b.example">m</a><a href="TEL:+49">t</a>`, `<a href="mailto:a@b.example"` + rel + `>m</a><a href="TEL:+49"` + rel + `>t</a>`},
		"a link to a script":                    {`<a href=" java` + "\t" + `script:alert(1)">x</a>`, "x"},
		"a link to data":                        {`<a href="data:text/html,<script>alert(1)</script>">x</a>`, "x"},
		"a link into our own house":             {`<a href="/api/v1/tickets">x</a><a href="\\evil.example">y</a>`, "xy"},
		"a link within the mail":                {`<a name="top">x</a><a href="#top">up</a>`, "xup"},
		"a link within a link":                  {`<a href="http://a.example/">a<a href="http://b.example/">b</a>`, `<a href="http://a.example/"` + rel + `>a</a><a href="http://b.example/"` + rel + `>b</a>`},
		"a map on a picture":                    {`<img usemap="#m" alt="menu"><map name="m"><area shape="rect" coords="0,0,9,9" href="http://a.example/"><area href="javascript:x"></map>`, `<img usemap="#m" alt="menu"><map name="m"><area shape="rect" coords="0,0,9,9" href="http://a.example/"` + rel + `></map>`},
		"scripts and style sheets":              {`a<script>x</script><style>p{color:red}</style><link rel=stylesheet href=x>b`, "ab"},
		"what stands in the head":               {`<html><head><title>Our news</title><meta http-equiv=refresh content="0;url=http://x"><base href="http://x/"></head>hello</html>`, "hello"},
		"forms keep their words":                {`<form action="http://x"><label>Name</label><input name=n><button>Send</button></form>`, "NameSend"},
		"frames, media and drawings":            {`<iframe src=x>i</iframe><video src=x></video><object data=x>words</object><svg><text>drawn</text></svg><math><mi>x</mi></math>`, "wordsdrawnx"},
		"conditional comments":                  {"<!--[if mso]><p>Outlook</p><![endif]--><![if !mso]>others<![endif]>", "others"},
		"names that a page could trip over":     {`<p id=app name=x class="modal">x`, "<p>x"},
		"a layout table, for screen readers":    {`<table role="presentation"><tr><td role="alert">x</table>`, `<table role="presentation"><tr><td>x</table>`},
		"the colours of the whole mail":         {`<body bgcolor="#000000" text=white style="margin:0;background:url(x)">x</body>`, `<div style="background-color: #000000; color: white; margin: 0">x</div>`},
		"an unknown element keeps its words":    {`<o:p>x</o:p><blink>y</blink>`, "xy"},
		"end tags that would leave the message": {"</div></td></table><b>x</i></b></div>", "<b>x</b>"},
		"elements that never end":               {"<div><b>x<table><tr><td><i>y", "<div><b>x<table><tr><td><i>y</i></table></b></div>"},
		"an end tag within a table":             {"<div><table><tr><td></div>x</td></tr></table>y</div>", "<div><table><tr><td>x</td></tr></table>y</div>"},
		"crossed elements":                      {"<b><i>x</b>y</i>", "<b><i>x</i></b>y"},

		"a picture elsewhere":                    {`<img src="http://news.example/a.gif" alt="our shop" width=10 onerror=x>`, `<img alt="our shop" width="10" data-remote-src="http://news.example/a.gif">`},
		"a picture elsewhere, held already":      {`<img data-remote-src="https://news.example/a.gif">`, `<img data-remote-src="https://news.example/a.gif">`},
		"a picture elsewhere, in capitals":       {`<img src="HTTP://news.example/a.gif">`, `<img data-remote-src="HTTP://news.example/a.gif">`},
		"a picture that leaves the scheme out":   {`<img src="//news.example/a.gif">`, `<img data-remote-src="https://news.example/a.gif">`},
		"a picture in many sizes":                {`<img src="data:image/png;base64,iVBORw0=" srcset="http://news.example/a.gif 2x">`, `<img src="data:image/png;base64,iVBORw0=">`},
		"a picture of our own house":             {`<img src="/api/v1/sign-out">`, ""},
		"a drawing as a picture":                 {`<img src="data:image/svg+xml;base64,PHN2Zz4=" alt="x">`, `<img alt="x">`},
		"a picture that came along":              {`<img src="cid:part1%40mail" alt="x">`, `<img alt="x" data-cid="part1@mail">`},
		"a picture that came along, in brackets": {`<IMG SRC=" CID:<part1@mail>">`, `<img data-cid="part1@mail">`},
		"a picture that runs":                    {`<img src="javascript:alert(1)">`, ""},
		"a background elsewhere":                 {`<table background="http://x.example/a.gif"><tr><td background=//x.example/b.gif>x</table>`, `<table><tr><td>x</table>`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := text.SafeHTML(test.raw, text.Images{})
			if got != test.safe {
				t.Errorf("got  %s\nwant %s", got, test.safe)
			}
			if again := text.SafeHTML(got, text.Images{}); again != got {
				t.Errorf("a second time it is %s", again)
			}
		})
	}
}

func TestWhatAStyleMayDo(t *testing.T) {
	tests := map[string]struct{ style, safe string }{
		"colours and sizes":          {"COLOR: #333; font-size:14px;line-height:1.5", "color: #333; font-size: 14px; line-height: 1.5"},
		"fonts with names":           {`font-family: "Helvetica Neue", 'Segoe UI', Arial, "游ゴシック"`, `font-family: "Helvetica Neue", 'Segoe UI', Arial, "游ゴシック"`},
		"a colour by numbers":        {"background-color:rgb(10, 20, 30); color: rgba(0,0,0,.5) !important", "background-color: rgb(10, 20, 30); color: rgba(0,0,0,.5) !important"},
		"a width that is worked out": {"width: calc(100% - 20px)", "width: calc(100% - 20px)"},
		"what hides the preview":     {"display:none;max-height:0;mso-hide:all", "display: none; max-height: 0"},
		"the colour of a background": {"background: #fff url(http://x.example/a.png) no-repeat", "background: #fff no-repeat"},
		"a background in quotes":     {`background:url("http://x.example/a).png") red`, "background: red"},
		"only a picture":             {"background-image:url(http://x.example/a.png)", ""},
		"a picture written out":      {"background:url(data:image/png;base64,AAAA)", ""},
		"an escaped picture":         {`background: u\72l(http://x.example/a.png)`, ""},
		"a comment in between":       {"background:u/**/rl(http://x.example);color:r/*x*/ed", ""},
		"a picture in a set":         {`background:image-set("http://x.example/a.png" 1x)`, ""},
		"a variable":                 {"--x:url(x);color:var(--x)", ""},
		"an expression":              {"width:expression(alert(1))", ""},
		"a behaviour":                {"behavior:url(x);-moz-binding:url(x)", ""},
		"leaving its place":          {"position:fixed;top:0;z-index:9;transform:scale(9);margin-left:-9px;margin:calc(0px - 9px);text-indent:-999px", ""},
		"a quote that never ends":    {`font-family:"Arial; color:red`, "color: red"},
		"a bracket that never ends":  {"color:rgb(1,2,3;width:1px", "width: 1px"},
		"a declaration in a value":   {"color:red}body{display:none", ""},
		"an end of the attribute":    {`color:red"><script>`, ""},
		"nothing":                    {" ; ;:;color:;:red", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			want := "<p>x"
			if test.safe != "" {
				want = `<p style="` + html.EscapeString(test.safe) + `">x`
			}
			if got := text.SafeHTML(`<p style="`+html.EscapeString(test.style)+`">x`, text.Images{}); got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

func TestImagesComeFromWhereTheyMay(t *testing.T) {
	const mail = `<img src="cid:logo@shop"><img src="cid:lost@shop" alt="lost"><img src="https://news.example/a.gif">`
	attachments := func(id string) (string, bool) { return "/api/v1/messages/files/" + id, id == "logo@shop" }
	tests := map[string]struct {
		images text.Images
		safe   string
	}{
		"nothing from anywhere": {text.Images{}, `<img data-cid="logo@shop"><img alt="lost" data-cid="lost@shop"><img data-remote-src="https://news.example/a.gif">`},
		"what came along":       {text.Images{Inline: attachments}, `<img src="/api/v1/messages/files/logo@shop"><img alt="lost" data-cid="lost@shop"><img data-remote-src="https://news.example/a.gif">`},
		"everything":            {text.Images{Inline: attachments, Remote: true}, `<img src="/api/v1/messages/files/logo@shop"><img alt="lost" data-cid="lost@shop"><img src="https://news.example/a.gif" referrerpolicy="no-referrer">`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := text.SafeHTML(mail, test.images); got != test.safe {
				t.Errorf("got  %s\nwant %s", got, test.safe)
			}
			stored := text.SafeHTML(mail, text.Images{})
			if got := text.SafeHTML(stored, test.images); got != test.safe {
				t.Errorf("from what was made safe before: %s\nwant %s", got, test.safe)
			}
		})
	}
}

func TestRemoteImagesAreSeen(t *testing.T) {
	tests := map[string]struct {
		raw  string
		want bool
	}{
		"a picture elsewhere":       {`<IMG SRC=http://x.example/a.gif>`, true},
		"one held back before":      {`<img data-remote-src="http://x.example/a.gif">`, true},
		"a picture that came along": {`<img src="cid:a"><img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">`, false},
		"one in a comment":          {`<!-- <img src=http://x.example/a.gif> -->`, false},
		"one in words":              {`&lt;img data-remote-src="http://x.example/a.gif">`, false},
		"only a link":               {`<a href="http://x.example/a.gif">x</a>`, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := text.RemoteImages(test.raw); got != test.want {
				t.Errorf("got %v", got)
			}
		})
	}
}

// However deep or crossed, the cost grows with the length alone.
func TestHostileMarkupIsRewrittenQuickly(t *testing.T) {
	tests := map[string]string{
		"depth":              strings.Repeat("<div>", 200_000),
		"end tags of others": strings.Repeat("<div>", 100_000) + strings.Repeat("</b>", 100_000),
		"one long style":     `<p style="` + strings.Repeat("a:b;", 200_000) + `">`,
		"many backgrounds":   `<p style="background:` + strings.Repeat("url(", 200_000) + `">`,
		"many attributes":    "<p " + strings.Repeat("title=x ", 100_000) + ">",
	}
	for name, raw := range tests {
		t.Run(name, func(t *testing.T) {
			safe := text.SafeHTML(raw, text.Images{})
			if len(safe) > len(raw) {
				t.Errorf("%d bytes became %d", len(raw), len(safe))
			}
			if depth := strings.Count(safe, "<div>"); depth > 300 || depth != strings.Count(safe, "</div>") {
				t.Errorf("%d deep, %d ended", depth, strings.Count(safe, "</div>"))
			}
		})
	}
}

func TestTheFrameLetsNothingInButItsImages(t *testing.T) {
	closed, open := text.FramePolicy(false), text.FramePolicy(true)
	for policy, images := range map[string]string{closed: "img-src data: 'self';", open: "img-src data: 'self' https: http:;"} {
		for _, part := range []string{"default-src 'none';", images, "form-action 'none'", "base-uri 'none'", "; sandbox " + text.FrameSandbox} {
			if !strings.Contains(policy, part) {
				t.Errorf("%q lacks %q", policy, part)
			}
		}
		if strings.Contains(policy, "script-src") || strings.Contains(policy, `"`) {
			t.Errorf("the policy is %q", policy)
		}
	}
	for _, more := range []string{"scripts", "forms", "top-navigation", "modals", "downloads"} { // the origin is only safe to keep while these are not
		if strings.Contains(text.FrameSandbox, more) {
			t.Errorf("the sandbox is %q", text.FrameSandbox)
		}
	}
	document := text.FrameDocument("<p>x", closed)
	within, _, _ := strings.Cut(closed, "; sandbox")
	if at := strings.Index(document, `content="`+within+`"`); at < 0 || at > strings.Index(document, "<p>x") || at > strings.Index(document, "<style>") {
		t.Errorf("the policy does not come before all else: %s", document)
	}
}

// allowed is what SafeHTML may leave, written down once more: a hole in the policy must be cut twice.
var allowed = strings.Fields(`a abbr acronym address area article aside b bdi bdo big blockquote br caption center cite code
	col colgroup dd del dfn dir div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main
	map mark menu nav ol p pre q rp rt ruby s samp section small span strike strong sub sup table tbody td tfoot th thead
	time tr tt u ul var wbr`)

func FuzzSafeHTML(f *testing.F) {
	for _, vector := range ours {
		f.Add(vector)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		safe := text.SafeHTML(raw, text.Images{})
		if again := text.SafeHTML(safe, text.Images{}); again != safe {
			t.Errorf("once  %q\ntwice %q", safe, again)
		}
		if strings.Contains(safe, "data-remote-src") != text.RemoteImages(raw) && !strings.Contains(raw, "data-remote-src") {
			t.Errorf("remote images are told wrongly of %q", safe)
		}
		harmless(t, safe)
	})
}

// harmless looks at the tree a browser would build.
func harmless(t *testing.T, safe string) {
	t.Helper()
	nodes, err := html.ParseFragment(strings.NewReader(safe), &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div})
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, name := range allowed {
		known[name] = true
	}
	for _, top := range nodes {
		for node := range top.Descendants() {
			if node.Type == html.ElementNode && (!known[node.Data] || node.Namespace != "") || node.Type == html.CommentNode {
				t.Errorf("<%s> in %q", node.Data, safe)
			}
			for _, attr := range node.Attr {
				checkAttribute(t, attr, safe)
			}
		}
	}
}

func checkAttribute(t *testing.T, attr html.Attribute, safe string) {
	t.Helper()
	scheme, _, _ := strings.Cut(strings.ToLower(attr.Val), ":")
	switch {
	case strings.HasPrefix(attr.Key, "on"), attr.Key == "srcset", attr.Key == "background", attr.Key == "id", attr.Key == "class":
	case attr.Key == "href" && scheme != "http" && scheme != "https" && scheme != "mailto" && scheme != "tel":
	case attr.Key == "src" && scheme != "data":
	case attr.Key == "style" && strings.ContainsAny(attr.Val, `\@<{}*&`), attr.Key == "style" && strings.Contains(strings.ToLower(attr.Val), "url"):
	default:
		return
	}
	t.Errorf("%s=%q in %q", attr.Key, attr.Val, safe)
}
