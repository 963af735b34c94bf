package schedule

import (
	"net/http"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/feeds/parser"
)

func TestCachesAreRespected(t *testing.T) {
	now := noon.Format(http.TimeFormat)
	for _, test := range []struct {
		header map[string]string
		want   time.Duration
	}{
		{nil, 0},
		{map[string]string{"Cache-Control": "max-age=600"}, 10 * time.Minute},
		{map[string]string{"Cache-Control": "public, Max-Age=600, s-maxage=9000"}, 10 * time.Minute},
		{map[string]string{"Cache-Control": "s-maxage=9000"}, 0},
		{map[string]string{"Cache-Control": `max-age="600"`, "Age": "120"}, 8 * time.Minute},
		{map[string]string{"Cache-Control": "max-age=600", "Age": "9000"}, 0},
		{map[string]string{"Cache-Control": "max-age=600, max-age=0"}, 10 * time.Minute},
		{map[string]string{"Cache-Control": "max-age=600, no-cache"}, 0},
		{map[string]string{"Cache-Control": "no-store, max-age=600"}, 0},
		{map[string]string{"Cache-Control": "max-age=-5"}, 0},
		{map[string]string{"Cache-Control": "max-age=soon"}, 0},
		{map[string]string{"Cache-Control": "max-age=999999999999"}, parser.MaxTTL},
		{map[string]string{"Cache-Control": "max-age=99999999999999999999999"}, 0},
		{map[string]string{"Expires": noon.Add(time.Hour).Format(http.TimeFormat)}, time.Hour},
		{map[string]string{"Expires": noon.Add(time.Hour).Format(http.TimeFormat), "Date": noon.Add(30 * time.Minute).Format(http.TimeFormat)}, 30 * time.Minute},
		{map[string]string{"Expires": noon.AddDate(900, 0, 0).Format(http.TimeFormat), "Date": now}, parser.MaxTTL},
		{map[string]string{"Expires": "0"}, 0},
		{map[string]string{"Expires": "Thu, 19 Nov 1981 08:52:00 GMT", "Date": now}, 0},
		{map[string]string{"Expires": noon.Add(time.Hour).Format(http.TimeFormat), "Cache-Control": "max-age=60"}, time.Minute},
	} {
		header := http.Header{}
		for name, value := range test.header {
			header.Set(name, value)
		}
		if got := FreshFor(header, noon); got != test.want {
			t.Errorf("%v: %v, want %v", test.header, got, test.want)
		}
	}
}
