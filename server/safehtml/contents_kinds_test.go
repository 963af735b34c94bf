package safehtml_test

import (
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/server/safehtml"
)

// What plugins make of a post's headings goes with its own heading and its switch; the headings stay, and so does what would leave nothing.
func TestKindsOfTablesOfContentsInTheText(t *testing.T) {
	for raw, want := range map[string]string{
		`<div id="ez-toc-container" class="ez-toc-v2_0_69 counter-hierarchy"><div class="ez-toc-title-container"><p class="ez-toc-title">Contents</p>` +
			`<span class="ez-toc-title-toggle"><a href="#" class="ez-toc-toggle">Toggle</a></span></div><nav><ul class="ez-toc-list"><li><a href="#a">A</a>` +
			`</li></ul></nav></div><h2><span class="ez-toc-section" id="a"></span>A<span class="ez-toc-section-end"></span></h2><p>Tea.</p>`: `<h2>A</h2><p>Tea.</p>`,
		`<h2><span class="ez-toc-section" id="a">A</span></h2><p>Tea.</p>`: `<h2>A</h2><p>Tea.</p>`,
		`<p>Tea.</p><div class="lwptoc lwptoc-autoWidth"><div class="lwptoc_i"><div class="lwptoc_header"><b class="lwptoc_title">Contents</b>` +
			`<span class="lwptoc_toggle"><a href="#">hide</a></span></div><div class="lwptoc_items"><a href="#a">A</a></div></div></div>`: `<p>Tea.</p>`,
		`<div class="wp-block-rank-math-toc-block" id="rank-math-toc"><h2>Contents</h2><nav><ul><li><a href="#a">A</a></li></ul></nav></div><p>Tea.</p>`: `<p>Tea.</p>`,
		`<div class="wp-block-yoast-seo-table-of-contents yoast-table-of-contents"><h2>Contents</h2><ul><li><a href="#a">A</a></li></ul></div>Tea.`:      `Tea.`,
		`<nav id="TableOfContents"><ul><li><a href="#a">A</a></li></ul></nav><p>Tea.</p>`:                                                                `<p>Tea.</p>`,
		`<div id="ez-toc-container"><p>Only this</p></div>`:                                                                                              `<p>Only this</p>`,
		`<nav id="TableOfContents"><a href="#a">A</a></nav>`:                                                                                             `<p><a href="https://blog.example/2026/tea/#a">A</a></p>`,
		`<section id="tableofcontents"><p>Tea.</p></section>`:                                                                                            `<p>Tea.</p>`,
		`<div class="toc"><p>A word on tables</p></div><p>T</p>`:                                                                                         `<p>A word on tables</p><p>T</p>`,
	} {
		if got := safehtml.Article(raw, page).String(); got != want {
			t.Errorf("%s\n got %s\nwant %s", raw, got, want)
		}
	}
}

func TestKindsOfReadingTimesBeforeTheText(t *testing.T) {
	for raw, want := range map[string]string{
		`<span class="span-reading-time rt-reading-time" style="display: block;"><span class="rt-label rt-prefix">Reading Time: </span> ` +
			`<span class="rt-time"> 3</span> <span class="rt-label rt-postfix">minutes</span></span><p>Tea.</p>`: `Tea.`,
		`<span class="rt-reading-time"><span>Lesedauer:</span> 3 Minuten</span>Tee.`: `Tee.`,
		`<div class="span-reading-time">2 min</div><p>Tea in two minutes.</p>`:       `Tea in two minutes.`,
		`<span class="rt-reading-time">3 minutes</span>`:                             `3 minutes`,
	} {
		if got := safehtml.Gist(raw); got != want {
			t.Errorf("%s\n got %q\nwant %q", raw, got, want)
		}
	}
}

// The buttons, counters and boxes of plugins are no words of the post, nor its beginning.
func TestKindsOfBoxesOfPlugins(t *testing.T) {
	for _, box := range []string{
		`<div class="sfsi_widget sfsi_shortcode_container"><div class="sfsi_wDiv">Follow by Email</div></div>`,
		`<div class='sfsi_Sicons sfsi_Sicons_position_left'><div><span>Please follow and like us:</span></div></div>`,
		`<div class="et_social_inline et_social_mobile_on"><div class="et_social_networks"><span class="et_social_count">12 Shares</span></div></div>`,
		`<div class="ns-buttons ns-inline"><a class="ns-button" href="/s">Share</a><div class="ns-total-share-count">7 shares</div></div>`,
		`<div class="ns-total-share-count">7 shares</div>`,
		`<div id='jp-relatedposts' class='jp-relatedposts'><h3 class="jp-relatedposts-headline"><em>Related</em></h3></div>`,
		`<nav class="jp-relatedposts-i2 wp-block-jetpack-related-posts"><a href="/b">Another post</a></nav>`,
		`<div class="sp-dsgvo-blocked-embedding-placeholder sp-dsgvo-blocked-embedding-placeholder-youtube"><div>We need your consent.</div></div>`,
		`<div class="wpconsent-iframe-placeholder"><div>Click here to accept marketing cookies.</div></div>`,
		`<div class="iub-cons-overlay">To watch this, accept cookies.</div>`,
		`<div class="ads">Advertisement</div>`,
		`<div class="ads"><a href="/buy">The best kettle of the year, now for a cup and a half. Buy it!</a></div>`,
		`<div class="ads"><script>x()</script>The best kettle of the year, now for a cup and a half. Buy it!</div>`,
	} {
		if got := safehtml.Gist(box + "<p>Tea.</p>"); got != "Tea." {
			t.Errorf("%s\n got %q", box, got)
		}
	}
	for _, prose := range []string{
		`<p class="ads">Advertisements paid for this blog for ten years.</p>`,
		`<div class="ad"><p>Here is the old <a href="/poster">poster of a tea house</a>, as it hung at our station. I like it.</p></div>`,
	} {
		if got := safehtml.Article(prose+"<p>Tea.</p>", page).String(); !strings.Contains(got, "for ten years.") && !strings.Contains(got, "at our station.") {
			t.Errorf("%s\n got %q", prose, got)
		}
	}
}
