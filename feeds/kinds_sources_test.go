package feeds_test

import (
	"strings"
	"testing"
)

func TestKindsOfPictureSources(t *testing.T) {
	t.Parallel()
	for img, want := range map[string]string{
		`<amp-img src="/1.jpg" alt="Cup" width="600" height="400" layout="responsive"></amp-img>`: "1.jpg",
		`<amp-img src="/1.jpg" alt="Cup"><noscript><img src="/2.jpg"></noscript></amp-img>`:       "1.jpg",
		`<img alt="Cup" srcset="/s.jpg 300w, /l.jpg 1200w, /m.jpg 600w">`:                         "l.jpg",
		`<img alt="Cup" srcset="/s.jpg, /l.jpg 2x">`:                                              "l.jpg",
		`<img alt="Cup" srcset="/w_1,h_2/s.jpg">`:                                                 "w_1,h_2/s.jpg",
		`<img alt="Cup" src="data:image/gif;base64,R0lG" srcset="/s.jpg 1x,/m.jpg 1.5x">`:         "m.jpg",
		`<img alt="Cup" src="data:image/gif;base64,R0lG" data-srcset="/s.jpg 10w">`:               "s.jpg",
		`<img alt="Cup" data-src="/1.jpg" srcset="/s.jpg 300w">`:                                  "1.jpg",
		`<img alt="Cup" src="/1.jpg" srcset="/s.jpg 300w">`:                                       "1.jpg",
		`<img alt="Cup" srcset=" , ">`:                                                            "",
	} {
		p := only(t, `<rss version="2.0"><channel><title>T</title><item><guid>1</guid><description><![CDATA[<p>Tea `+img+` x</p>]]></description></item></channel></rss>`)
		if want == "" {
			if p.ImageURL != "" || strings.Contains(p.Content.String(), "<img") {
				t.Errorf("%s: %s, %s", img, p.ImageURL, p.Content)
			}
			continue
		}
		want = "https://tea.example/" + want
		if p.ImageURL != want || p.ImageAlt != "Cup" || strings.Count(p.Content.String(), "<img") != 1 || !strings.Contains(p.Content.String(), `src="`+want+`"`) {
			t.Errorf("%s:\n got %s, %s\nwant %s", img, p.ImageURL, p.Content, want)
		}
	}
}
