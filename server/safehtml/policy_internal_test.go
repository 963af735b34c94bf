package safehtml

import "testing"

// TestGatesStandAlone: what the tree builder would let through by a mistake ends here.
func TestGatesStandAlone(t *testing.T) {
	const strict = ` rel="nofollow ugc noopener noreferrer"`
	for in, want := range map[string]struct{ comment, article string }{
		`<a href="https://x.example/"` + strict + `>x</a>`: {
			`<a href="https://x.example/"` + strict + `>x</a>`,
			`<a href="https://x.example/"` + strict + `>x</a>`,
		},
		`<a href="http://x.example/">x</a>`: {`<a href="http://x.example/">x</a>`, `<a href="http://x.example/">x</a>`},
		`<a href="mailto:a@x.example">x</a>`: {
			`<a href="mailto:a@x.example">x</a>`,
			`<a href="mailto:a@x.example">x</a>`,
		},
		`<a href="javascript:x()">x</a>`:                    {`x`, `x`},
		`<a href="data:text/html,x">x</a>`:                  {`x`, `x`},
		`<a href="ftp://x.example/">x</a>`:                  {`x`, `x`},
		`<img src="data:image/png,x">`:                      {``, ``},
		`<img src="https://x.example/1.png" onerror="x()">`: {``, `<img src="https://x.example/1.png">`},
		`<p style="x" id="y" onclick="z()">x</p>`:           {`<p>x</p>`, `<p>x</p>`},
		`<span class="mention ellipsis">x</span>`: {
			`<span class="mention ellipsis">x</span>`,
			`<span class="mention ellipsis">x</span>`,
		},
		`<span class="mention admin">x</span>`: {`<span>x</span>`, `<span>x</span>`},
		`<a href="https://x.example/" rel="opener">x</a>`: {
			`<a href="https://x.example/">x</a>`,
			`<a href="https://x.example/">x</a>`,
		},
		`<a href="https://x.example/" rel="me tag">x</a>`: {
			`<a href="https://x.example/">x</a>`,
			`<a href="https://x.example/" rel="me tag">x</a>`,
		},
		`<a href="https://x.example/" target="_top">x</a>`: {
			`<a href="https://x.example/">x</a>`,
			`<a href="https://x.example/">x</a>`,
		},
		`<h2>a</h2><ruby>b<rp>(</rp><rt>c</rt></ruby>`: {`ab(c`, `<h2>a</h2><ruby>b<rp>(</rp><rt>c</rt></ruby>`},
		`<figure><sub>a</sub><sup>b</sup><s>c</s><figcaption>d</figcaption></figure>`: {`abcd`,
			`<figure><sub>a</sub><sup>b</sup><s>c</s><figcaption>d</figcaption></figure>`},
		`<ol start="3" reversed="" type="a"><li value="2">x</li></ol>`: {
			`<ol start="3" reversed=""><li value="2">x</li></ol>`,
			`<ol start="3" reversed=""><li value="2">x</li></ol>`,
		},
		`<ol start="x" reversed="yes"><li value="x">x</li></ol>`: {`<ol><li>x</li></ol>`, `<ol><li>x</li></ol>`},
		`<img src="https://x.example/" alt="a" title="b" width="1" height="2">`: {``,
			`<img src="https://x.example/" alt="a" title="b" width="1" height="2">`},
		`<img src="https://x.example/" width="100%" height="x">`: {``, `<img src="https://x.example/">`},
		`<blockquote><pre><code><em><strong><b><i><u><del>x<br></del></u></i></b></strong></em></code></pre></blockquote>`: {
			`<blockquote><pre><code><em><strong><b><i><u><del>x<br></del></u></i></b></strong></em></code></pre></blockquote>`,
			`<blockquote><pre><code><em><strong><b><i><u><del>x<br></del></u></i></b></strong></em></code></pre></blockquote>`},
		`<ul><li>x</li></ul>`: {`<ul><li>x</li></ul>`, `<ul><li>x</li></ul>`},
		`<script>x</script><iframe src="/"></iframe><form>y</form>`: {`y`, `y`},
	} {
		if got := commentGate().Sanitize(in); got != want.comment {
			t.Errorf("%s\n got %s\nwant %s in a comment", in, got, want.comment)
		}
		if got := articleGate().Sanitize(in); got != want.article {
			t.Errorf("%s\n got %s\nwant %s in an article", in, got, want.article)
		}
	}
}
