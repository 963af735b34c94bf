package safehtml_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/server/safehtml"
)

var soup = strings.Fields(`<p> </p> <b> </b> <i> </i> <a_href="/1"> <a_href="https://www.x.example/y"> <a_name="x"> </a> <span_class="invisible"> <span_class="mention">
	</span> <ul> </ul> <ol_start="2"> </ol> <li> </li> <div> </div> <blockquote> </blockquote> <pre> </pre> <code> </code> <h1> </h1> <h2> </h2> <h3> </h3>
	<table> <tr> <td> </td> </tr> </table> <ruby> <rt> </rt> <rp> </ruby> <figure> </figure> <figcaption> </figcaption> <img_src="/p.png"> <br> <br/> </br> <hr>
	<s> </s> <sub> </sub> <em> </em> <svg> </svg> <math> <style> </style> <script> </script> <!-- --> <![CDATA[ ]]> <template> </template> <form> </form> <font> </font>
	<dl> <dt> </dl> <section> </section> <q> </q> <iframe_src="/e"> </iframe> <video_src="/v"_title="v"> </video> <noscript> </noscript> <xmp> </xmp>
	<a_href="#fn1"> 1 ↩ <p_hidden> <div_class="share"> <span_class="lineno"> <img_class="emoji"_alt="☕"_src="/e.png"> <mi> </mi> <msup> </msup> <object> </object> text https:// www.x.example /y &amp; &lt;b&gt; &nbsp; &#10; > < " ' _ @tea`)

// Fuzzing by bytes seldom writes a whole tag; this writes nothing else.
func TestTagSoupComesOutAsBrowsersReadIt(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for n := range 5_000 {
		var in strings.Builder
		for range 1 + random.IntN(25) {
			in.WriteString(strings.ReplaceAll(soup[random.IntN(len(soup))], "_", " "))
		}
		t.Run(fmt.Sprint(n), func(t *testing.T) { checkStable(t, in.String()) })
		if t.Failed() {
			return
		}
	}
}

func checkStable(t *testing.T, in string) {
	t.Helper()
	article := safehtml.Article(in, page)
	check(t, in, article)
	if again := safehtml.Article(article.String(), nil); again != article {
		t.Errorf("article of %q:\nfirst %q\n then %q", in, article, again)
	}
	comment := safehtml.Comment(in)
	check(t, in, comment)
	if again := safehtml.Comment(comment.String()); again != comment {
		t.Errorf("comment of %q:\nfirst %q\n then %q", in, comment, again)
	}
	trimmed := safehtml.TrimMention(comment, "@tea@blog.example")
	if again := safehtml.Comment(trimmed.String()); again != trimmed {
		t.Errorf("trimmed comment of %q:\nfirst %q\n then %q", in, trimmed, again)
	}
}
