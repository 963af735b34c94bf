package safehtml_test

import (
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/server/safehtml"
)

// kind is one thing that blogs write, and what is left of it; "=" in text and comment means the same as the field before.
type kind struct{ raw, article, text string }

func checkKinds(t *testing.T, kinds map[string]kind) {
	t.Helper()
	for name, k := range kinds {
		article := safehtml.Article(k.raw, page)
		if article.String() != k.article {
			t.Errorf("%s\n got %s\nwant %s", name, article, k.article)
		}
		check(t, k.raw, article)
		check(t, k.raw, safehtml.Comment(k.raw))
		if again := safehtml.Article(article.String(), nil); again != article {
			t.Errorf("%s: cleaned again, %s became %s", name, article, again)
		}
		if text := safehtml.Text(k.raw); text != k.text {
			t.Errorf("%s, as text\n got %q\nwant %q", name, text, k.text)
		}
	}
}

func TestKindsOfFormulas(t *testing.T) {
	checkKinds(t, map[string]kind{
		"KaTeX": {
			`The area <span class="katex"><span class="katex-mathml"><math xmlns="http://www.w3.org/1998/Math/MathML"><semantics><mrow><mi>π</mi>` +
				`<msup><mi>r</mi><mn>2</mn></msup></mrow><annotation encoding="application/x-tex">\pi r^2</annotation></semantics></math></span>` +
				`<span class="katex-html" aria-hidden="true"><span class="base">πr2</span></span></span> of a cup`,
			`The area $\pi r^2$ of a cup`, `The area $\pi r^2$ of a cup`,
		},
		"MathML by hand": {
			`<p>so <math><mi>x</mi><mo>=</mo><mfrac><mrow><mo>-</mo><mi>b</mi></mrow><mrow><mn>2</mn><mi>a</mi></mrow></mfrac></math>.</p>`,
			`<p>so x=(-b)/(2a).</p>`, `so x=(-b)/(2a).`,
		},
		"a sum": {
			`<math display="block"><munderover><mo>∑</mo><mrow><mi>i</mi><mo>=</mo><mn>1</mn></mrow><mi>n</mi></munderover><msqrt><msub><mi>a</mi><mi>i</mi></msub></msqrt></math>`,
			`∑ᵢ₌₁ⁿ√aᵢ`, `∑ᵢ₌₁ⁿ√aᵢ`,
		},
		"a function and an accent": {
			`<math><mi>sin</mi><mo>&#x2061;</mo><mover><mi>v</mi><mo>→</mo></mover></math>`, `sin v→`, `sin v→`,
		},
		"MathJax as a script": {
			`With <span class="MathJax_Preview">a+b</span><script type="math/tex" id="M1">a+b</script> cups`, `With $a+b$ cups`, `With $a+b$ cups`,
		},
		"an encyclopedia": {
			`Energy <span><span style="display: none;"><math alttext="{\displaystyle E=mc^{2}}"><mi>E</mi></math></span>` +
				`<img src="https://media.example/svg/9f" class="mwe-math-fallback-image-inline" alt="{\displaystyle E=mc^{2}}"></span>!`,
			`Energy $E=mc^{2}$!`, `Energy $E=mc^{2}$!`,
		},
		"a picture of TeX": {
			`is <img src="https://s0.example/latex.php?latex=e%5E%7Bi%5Cpi%7D" alt="e^{i\pi}" class="latex" />`, `is $e^{i\pi}$`, `is $e^{i\pi}$`,
		},
		"dollars": {`costs $n^2$ or $$n \log n$$`, `costs $n^2$ or $$n \log n$$`, `costs $n^2$ or $$n \log n$$`},
		"never closed": {
			`<p>so <math><mi>x</mi> is it.</p><p>On.</p>`, `<p>so x is it.</p><p>On.</p>`, `so x is it. On.`,
		},
	})
}

func TestKindsOfEmojiPictures(t *testing.T) {
	checkKinds(t, map[string]kind{
		"WordPress": {
			`Tea <img draggable="false" role="img" class="emoji" alt="🫖" src="https://s.w.example/images/core/emoji/15/svg/1fad6.svg"> time`,
			`Tea 🫖 time`, `Tea 🫖 time`,
		},
		"an old smiley": {
			`No <img src="/wp-includes/images/smilies/icon_sad.gif" alt=":-(" class="wp-smiley"/>`, `No :-(`, `No :-(`,
		},
		"a forum":  {`<img src="/images/emoji/twitter/tada.png?v=12" title=":tada:" class="emoji" alt=":tada:">`, `:tada:`, `:tada:`},
		"no class": {`<b>Go</b> <img src="https://cdn.example/u/1f1ea-1f1fa.png" alt="🇪🇺">`, `<b>Go</b> 🇪🇺`, `Go 🇪🇺`},
		"a picture of something": {
			`<img src="/cup.jpg" alt="Ein Becher ☕">`, `<img src="https://blog.example/cup.jpg" alt="Ein Becher ☕"/>`, ``,
		},
	})
	if got := safehtml.Comment(`Nice <img class="emoji" alt="☕" src="https://x.example/e.png">`).String(); got != "Nice ☕" {
		t.Errorf("in a comment: %s", got)
	}
}

func TestKindsOfPlayers(t *testing.T) {
	checkKinds(t, map[string]kind{
		"a film": {
			`<p>See</p><iframe width="560" height="315" src="https://www.youtube.com/embed/aB3_x-Y?feature=oembed" title="How to pour" allowfullscreen></iframe><p>and</p>`,
			`<p>See</p><p><a href="https://www.youtube.com/watch?v=aB3_x-Y">How to pour</a></p><p>and</p>`, `See How to pour and`,
		},
		"without a title": {
			`<iframe src="//player.vimeo.com/video/7654321"></iframe>`, `<p><a href="https://vimeo.com/7654321">vimeo.com/7654321</a></p>`, ``,
		},
		"loaded later": {
			`<iframe src="about:blank" data-src="https://maps.example/?q=mill" title="Way to the mill"></iframe>`,
			`<p><a href="https://maps.example/?q=mill">Way to the mill</a></p>`, `Way to the mill`,
		},
		"Medium": {
			`<iframe src="" width="0" height="0" frameborder="0"><a href="https://medium.example/media/1/href">https://medium.example/media/1/href</a></iframe>`,
			`<a href="https://medium.example/media/1/href">https://medium.example/media/1/href</a>`, `https://medium.example/media/1/href`,
		},
		"PeerTube": {
			`<iframe title="Kettle" src="https://tube.example/videos/embed/2f0e-11?title=0"></iframe>`,
			`<p><a href="https://tube.example/w/2f0e-11">Kettle</a></p>`, `Kettle`,
		},
		"sound with sources": {
			`<audio controls aria-label="Rain"><source src="/rain.ogg"><source src="/rain.mp3">Your browser plays no sound.</audio>`,
			`<p><a href="https://blog.example/rain.ogg">Rain</a></p>`, `Rain`,
		},
		"never closed": {
			`<p>A</p><iframe src="https://video.example/9" title="Nine"/><p>B</p>`,
			`<p>A</p><p><a href="https://video.example/9">Nine</a></p><p>B</p>`, `A Nine B`,
		},
		"a tracker":          {`a<iframe src="https://count.example/" width="1" height="1"></iframe>`, `a`, `a`},
		"a hidden frame":     {`a<iframe src="https://count.example/" style="display:none;visibility:hidden"></iframe>b`, `ab`, `ab`},
		"a script":           {`a<iframe src="javascript:alert(1)"></iframe><video src="data:video/mp4,x"></video>b`, `ab`, `ab`},
		"a script, entitled": {`<iframe src=" java&#10;script:alert(1)" title="x"></iframe>`, `x`, `x`},
	})
}

func TestKindsOfWordsInRemovedElements(t *testing.T) {
	checkKinds(t, map[string]kind{
		"quotation":        {`He said <q>no, <q>never</q> again</q>.`, `He said “no, ‘never’ again”.`, `He said “no, ‘never’ again”.`},
		"object":           {`<object data="/m.svg"><p>A map of the mill</p></object>on`, `<p>A map of the mill</p>on`, `A map of the mill on`},
		"object of a file": {`<object data="/m.pdf" aria-label="The map"></object>`, `<p><a href="https://blog.example/m.pdf">The map</a></p>`, `The map`},
		"canvas":           {`<canvas>Sales rose by a third.</canvas>`, `Sales rose by a third.`, `Sales rose by a third.`},
		"noscript": {
			`<noscript><a href="https://poll.example/3">Vote</a><img src="/px.gif"></noscript>`, `<a href="https://poll.example/3">Vote</a>`, `Vote`,
		},
		"noscript, of itself": {`a<noscript>Please enable JavaScript to see <a href="/c">comments</a>.</noscript>`, `a`, `a`},
		"an old listing":      {`<xmp><b>bold</b></xmp>`, `<pre>&lt;b&gt;bold&lt;/b&gt;</pre>`, `<b>bold</b>`},
		"tasks": {
			`<ul><li><input type="checkbox" disabled checked> boil</li><li><input type="checkbox" disabled=""> pour</li></ul>`,
			`<ul><li>☑  boil</li><li>☐  pour</li></ul>`, `☑ boil ☐ pour`,
		},
		"a drawing":              {`<svg role="img" aria-label="Tea sold, by year"><text>2019</text></svg>`, `Tea sold, by year`, `Tea sold, by year`},
		"an icon":                {`<svg aria-hidden="true"><title>arrow</title></svg>on`, `on`, `on`},
		"a video, not closed":    {`<video src="/a.mp4" title="A"><p>The rest of it.</p>`, `<p>The rest of it.</p>`, `The rest of it.`},
		"a text box, not closed": {`<p>A</p><textarea/><p>B</p>`, `<p>A</p><p>B</p>`, `A B`},
	})
}

func TestKindsOfMarksInPlainText(t *testing.T) {
	for raw, want := range map[string]string{
		`about 3·10<sup>-9</sup> m`:                               `about 3·10⁻⁹ m`,
		`CO<sub>2</sub> and C<sub>6</sub>H<sub>12</sub>`:          `CO₂ and C₆H₁₂`,
		`x<sup>n</sup> + e<sup>x+1</sup>`:                         `xⁿ + eˣ⁺¹`,
		`2<sup>n/2</sup>`:                                         `2^(n/2)`,
		`a<sub>i</sub>, v<sub>max</sub>, b<sub>n+1</sub>`:         `aᵢ, v_max, bₙ₊₁`,
		`the 1<sup>st</sup>, le XIX<sup>e</sup>, 2<sup>ème</sup>`: `the 1st, le XIXe, 2ème`,
		`T<sub>e</sub>X`:                                          `TeX`,
		`Kettle<sup>TM</sup> and Pot<sup>®</sup>`:                 `Kettle™ and Pot®`,
		`Kettle<sup>improved</sup>`:                               `Kettle improved`,
		`<sup>1</sup>⁄<sub>2</sub> cup`:                           `¹⁄₂ cup`,
		`costs <del>9</del> <ins>7</ins>`:                         `costs ~~9~~ 7`,
		`<s><b>hate</b></s> love`:                                 `~~hate~~ love`,
		`<ruby>茶<rt>ちゃ</rt></ruby>と<ruby>湯<rp>(</rp><rt>ゆ</rt><rp>)</rp></ruby>`: `茶(ちゃ)と湯(ゆ)`,
	} {
		if got := safehtml.Text(raw); got != want {
			t.Errorf("%s\n got %s\nwant %s", raw, got, want)
		}
	}
	if got := safehtml.Comment(`10<sup>6</sup> H<sub>2</sub>O`).String(); got != `10⁶ H₂O` {
		t.Errorf("in a comment: %s", got)
	}
}

func TestKindsOfWhatIsNotText(t *testing.T) {
	checkKinds(t, map[string]kind{
		// hidden
		"hidden":           {`a<span hidden>no</span><p style="color:red; display : none">no</p>b`, `ab`, `ab`},
		"for screens read": {`<a href="/1">More<span class="screen-reader-text"> about tea</span></a>`, `<a href="https://blog.example/1">More</a>`, `More`},
		"a preheader":      {`<div style="display:none;max-height:0">In this letter</div><p>Dear all</p>`, `<p>Dear all</p>`, `Dear all`},
		"folded":           {`<details><summary>Why</summary>Because</details>`, `<p>Why</p>Because`, `Why Because`},
		"until found":      {`<p hidden="until-found">Answer</p>`, `<p>Answer</p>`, `Answer`},
		"never closed":     {`<div style="display:none"><p>All of it</p>`, `<p>All of it</p>`, `All of it`},
		// anchors of headings
		"Docusaurus": {
			`<h2 id="a">Pots<a href="#a" class="hash-link" aria-label="Direct link to Pots" title="Direct link to Pots">&#8203;</a></h2>`,
			`<h2>Pots</h2>`, `Pots`,
		},
		"Sphinx":             {`<h3>Pots<a class="headerlink" href="#pots" title="Permalink">¶</a></h3>`, `<h3>Pots</h3>`, `Pots`},
		"a forge":            {`<h2><a id="pots" class="anchor" href="https://blog.example/2026/tea/#pots" aria-hidden="true"><svg></svg></a>Pots</h2>`, `<h2>Pots</h2>`, `Pots`},
		"MkDocs":             {`<h2><a class="toclink" href="#p">Pots</a></h2>`, `<h2><a href="https://blog.example/2026/tea/#p">Pots</a></h2>`, `Pots`},
		"a heading in words": {`<h4>Pots <a class="anchor" href="#p"><span class="sr-only">Link to heading</span>#</a></h4>`, `<h4>Pots </h4>`, `Pots`},
		// footnotes
		"a forge's notes": {
			`Tea<sup><a href="#user-content-fn-1" id="user-content-fnref-1" data-footnote-ref aria-describedby="footnote-label">1</a></sup>.` +
				`<ol><li>Green. <a href="#user-content-fnref-1" class="data-footnote-backref" aria-label="Back to reference 1">↩</a></li></ol>`,
			`Tea.<ol><li>Green. </li></ol>`, `Tea. Green.`,
		},
		"the block editor": {
			`Tea<sup data-fn="9b1c" class="fn"><a href="#9b1cd2aa-1" id="x">1</a></sup> is<li>So. <a href="#9b1c-link" aria-label="Jump to footnote reference 1">↩︎</a></li>`,
			`Tea is<p>So. </p>`, `Tea is So.`,
		},
		"a word processor": {
			`Tea<a href="#_ftn1" name="_ftnref1">[1]</a>. <p><a href="#_ftnref1" name="_ftn1">[1]</a> Green.</p>`, `Tea. <p> Green.</p>`, `Tea. Green.`,
		},
		"an encyclopedia's": {`Tea<sup class="reference"><a href="#cite_note-2">[b]</a></sup><a href="#cite_note-3"><sup>3</sup></a>`, `Tea`, `Tea`},
		"two at once":       {`Tea<sup><a href="#n1">1</a>,<a href="#n2">2</a></sup>`, `Tea`, `Tea`},
		"no note": {
			`step <a href="#s3">3</a> and <a href="#fn-keys">function keys</a>`,
			`step <a href="https://blog.example/2026/tea/#s3">3</a> and <a href="https://blog.example/2026/tea/#fn-keys">function keys</a>`,
			`step 3 and function keys`,
		},
		// line numbers
		"Chroma": {
			"<pre><code><span class=\"ln\">1</span>go run\n<span class=\"ln\">2</span>go test</code></pre>", "<pre><code>go run\ngo test</code></pre>", `go run go test`,
		},
		"Rouge": {
			"<table><tr><td class=\"rouge-gutter gl\"><pre class=\"lineno\">1\n2\n</pre></td><td class=\"rouge-code\"><pre>a\nb\n</pre></td></tr></table>",
			"<pre>a\nb\n</pre>", `a b`,
		},
		"Pygments":          {`<div class="linenodiv"><pre>10&#10;11</pre></div><pre>x = 1</pre>`, `<pre>x = 1</pre>`, `x = 1`},
		"a gutter of words": {`<div class="gutter">Mind the gap</div>`, `<p>Mind the gap</p>`, `Mind the gap`},
		// furniture
		"buttons":       {`<p>Tea</p><div class="sharedaddy sd-block"><h3>Share this:</h3><ul><li><a href="/?s=x">X</a></li></ul></div>`, `<p>Tea</p>`, `Tea`},
		"related":       {`<p>Tea</p><div id="jp-relatedposts"><h3>Related</h3><div><a href="/b">B</a></div></div><p>Pot</p>`, `<p>Tea</p><p>Pot</p>`, `Tea Pot`},
		"AddToAny":      {`<div class="a2a_kit a2a_kit_size_32"><a href="https://a2a.example/mastodon">Mastodon</a></div><p>Tea</p>`, `<p>Tea</p>`, `Tea`},
		"not closed":    {`<p>Tea</p><div class="share-buttons"><p>Pot</p>`, `<p>Tea</p><p>Pot</p>`, `Tea Pot`},
		"all there is":  {`<div class="reading-time">Some words</div>`, `<p>Some words</p>`, `Some words`},
		"a copy button": {`<pre>go run</pre><button class="copy">Copy</button>`, `<pre>go run</pre>`, `go run`},
	})
}

// TestKindsOfWhatPeopleWrite: what somebody writes below a post is shown as the other servers show it, whatever its classes say.
func TestKindsOfWhatPeopleWriteStaysInComments(t *testing.T) {
	for raw, want := range map[string]string{
		`<p hidden>seen elsewhere</p>`:                       `<p>seen elsewhere</p>`,
		`<span class="share">Shared</span>`:                  `Shared`,
		`<a href="https://x.example/#fn1">[1]</a>`:           `<a href="https://x.example/#fn1" rel="nofollow ugc noopener noreferrer">[1]</a>`,
		`<ol start="4"><li>four</li><li value="9">nine</ol>`: `<ol start="4"><li>four</li><li value="9">nine</li></ol>`,
		`<ol reversed start="-2"><li>x</ol>`:                 `<ol start="-2" reversed=""><li>x</li></ol>`,
		`<ol start="1e9"><li>x</ol>`:                         `<ol><li>x</li></ol>`,
	} {
		if got := safehtml.Comment(raw).String(); got != want {
			t.Errorf("%s\n got %s\nwant %s", raw, got, want)
		}
	}
}

func TestKindsOfBeginningsThatAreNoGist(t *testing.T) {
	for raw, want := range map[string]string{
		`<figure><img src="/a.jpg"><figcaption>Photo: Fern</figcaption></figure><p>Tea.</p>`:                                             `Tea.`,
		`<div class="wp-caption"><img src="/a.jpg"><p class="wp-caption-text">Photo</p></div><p>Tea.</p>`:                                `Tea.`,
		`<table class="tr-caption-container"><tr><td><img src="/a.jpg"></td></tr><tr><td class="tr-caption">Photo</td></tr></table>Tea.`: `Tea.`,
		`<div id="ez-toc-container"><p>Contents</p><ul><li><a href="#a">A</a></li></ul></div><p>Tea.</p>`:                                `Tea.`,
		`<nav id="TableOfContents"><ul><li><a href="#a">A</a></li></ul></nav><p>Tea.</p>`:                                                `Tea.`,
		`<h2>Inhaltsverzeichnis</h2><ol><li><a href="#a">A</a><ul><li><a href="#b">B</a></li></ul></li></ol><p>Tea.</p>`:                 `Tea.`,
		`<ul><li><a href="https://blog.example/2026/tea/#a">A</a></li><li><a href="https://blog.example/2026/tea/#b">B</a></ul>Tea.`:     `Tea.`,
		`<ul><li><a href="/a">A</a>, and why</li><li><a href="#b">B</a></li></ul>Tea.`:                                                   `A, and why B Tea.`,
		`<iframe src="https://www.youtube.com/embed/1" title="YouTube video player"></iframe><p>Tea.</p>`:                                `Tea.`,
		`<figure><img src="/a.jpg"><figcaption>Only a photo</figcaption></figure>`:                                                       `Only a photo`,
		`<figure><blockquote>Tea.</blockquote><figcaption>Fern</figcaption></figure>`:                                                    `Tea.`,
		`<div class="embed-privacy-container is-disabled embed-youtube"><button>Zeigen</button><div class="embed-privacy-overlay"><p>Hier klicken, um den Inhalt von YouTube anzuzeigen.</p></div><div class="embed-privacy-footer"><a href="https://www.youtube.com/watch?v=1">Inhalt direkt öffnen</a></div></div><p>Tea.</p>`: `Tea.`,
		`<div class="BorlabsCookie"><div class="_brlbs-content-blocker"><div class="_brlbs-embed"><p>Mit dem Laden des Videos akzeptieren Sie die Datenschutzerklärung.<br><a href="https://x.example/">Mehr erfahren</a></p><a class="_brlbs-btn" role="button">Video laden</a></div></div></div><p>Tea.</p>`:                   `Tea.`,
		`<div class="brlbs-cmpnt-container brlbs-cmpnt-content-blocker"><p>Vous voyez un contenu de substitution.</p></div><p>Tea.</p>`:                                                                                                                                                                                          `Tea.`,
		`<div class="cookieconsent-optout-marketing">Please <a href="javascript:Cookiebot.renew()">accept marketing-cookies</a> to watch this.</div><p>Tea.</p>`:                                                                                                                                                                 `Tea.`,
		`<div class="fusion-privacy-placeholder"><div class="fusion-privacy-label">For privacy reasons YouTube needs your permission.</div></div><p>Tea.</p>`:                                                                                                                                                                    `Tea.`,
		`<div class="video-wrapped"><div class="video-wrapped-nojs"><span>Bitte JavaScript einschalten</span></div></div>Click to accept cookies: a history.`:                                                                                                                                                                    `Click to accept cookies: a history.`,
		`<div class="shariff"><ul class="shariff-buttons"><li><a href="https://x.example/">teilen</a> <span class="shariff-count">12</span></li></ul></div>Tea.`:                                                                                                                                                                 `Tea.`,
		`<span class="share-count">12</span><div class="nc_tweetContainer"><span class="swp_count">1.2K <span>Shares</span></span></div>Tea.`:                                                                                                                                                                                    `Tea.`,
	} {
		if got := safehtml.Gist(raw); got != want {
			t.Errorf("%s\n got %q\nwant %q", raw, got, want)
		}
	}
}

// TestKindsOfHostileBulkStayCheap: what is never closed is not looked for again and again.
func TestKindsOfHostileBulkStayCheap(t *testing.T) {
	for _, piece := range []string{
		"<math>", "<video>", "<object>", "<p hidden>", `<div class="share">`, `<a href="#1">`, `<a href="#1"><sup>`, "<iframe>", "<noscript>x", "<xmp>",
		"<svg role=img><title>", `<td class="gutter">1`, "<ul><li>", "<sup>1", "<s>x", "<ruby><rt>", "<math><mrow>", "<textarea/>", `<div class="toc">`,
	} {
		in := strings.Repeat(piece, 64<<10/len(piece))
		check(t, piece, safehtml.Article(in, page))
		check(t, piece, safehtml.Comment(in))
		safehtml.Gist(in)
	}
}

func TestKindsOfRaisedTextForReadersWithoutIt(t *testing.T) {
	for raw, want := range map[string]string{
		`<p>10<sup>6</sup> l of H<sub>2</sub>O</p>`:                      `<p>10⁶ l of H₂O</p>`,
		`<p>See<sup><a href="https://x.example/">here</a></sup></p>`:     `<p>See<sup><a href="https://x.example/">here</a></sup></p>`,
		`<ol start="3"><li><ruby>茶<rt>ちゃ</rt></ruby> <s>7</s></li></ol>`: `<ol start="3"><li><ruby>茶<rt>ちゃ</rt></ruby> <s>7</s></li></ol>`,
	} {
		h := safehtml.Article(raw, nil)
		level := safehtml.Level(h)
		if level.String() != want || safehtml.Level(level) != level {
			t.Errorf("%s\n got %s\nwant %s", h, level, want)
		}
		check(t, raw, level)
	}
}
