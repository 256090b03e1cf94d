package extract

import "testing"

func TestWithoutArchiveBar(t *testing.T) {
	for what, test := range map[string]struct{ page, want string }{
		"comments": {
			"<body><!-- BEGIN WAYBACK TOOLBAR INSERT --><div id=x>27 captures</div><!-- END WAYBACK TOOLBAR INSERT --><P Class=A>Text</P></body>",
			"<body><P Class=A>Text</P></body>",
		},
		"ids":             {`<div id="wm-ipp-base"><div>27 <div>captures</div></div></div><DIV ID="donato">Give</DIV><p id="wm">Text`, `<p id="wm">Text`},
		"no bar":          {`<body><div ID="Content" title='a"b'>Text &amp; more<br/></div></body>`, `<body><div ID="Content" title='a"b'>Text &amp; more<br/></div></body>`},
		"a beginning":     {"a<!-- BEGIN WAYBACK TOOLBAR INSERT -->b", "a<!-- BEGIN WAYBACK TOOLBAR INSERT -->b"},
		"an unended one":  {`a<div id="wm-ipp">b`, "a"},
		"nothing":         {"", ""},
		"scripts are raw": {`<script>if (a<b) x("<div id=wm-ipp>")</script>t`, `<script>if (a<b) x("<div id=wm-ipp>")</script>t`},
	} {
		if got := string(WithoutArchiveBar([]byte(test.page))); got != test.want {
			t.Errorf("%s: %q, want %q", what, got, test.want)
		}
	}
}
