package feeds

import (
	"net/http"
	"testing"
	"time"
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
		{map[string]string{"Cache-Control": "max-age=999999999999"}, maxTTL},
		{map[string]string{"Cache-Control": "max-age=99999999999999999999999"}, 0},
		{map[string]string{"Expires": noon.Add(time.Hour).Format(http.TimeFormat)}, time.Hour},
		{map[string]string{"Expires": noon.Add(time.Hour).Format(http.TimeFormat), "Date": noon.Add(30 * time.Minute).Format(http.TimeFormat)}, 30 * time.Minute},
		{map[string]string{"Expires": noon.AddDate(900, 0, 0).Format(http.TimeFormat), "Date": now}, maxTTL},
		{map[string]string{"Expires": "0"}, 0},
		{map[string]string{"Expires": "Thu, 19 Nov 1981 08:52:00 GMT", "Date": now}, 0},
		{map[string]string{"Expires": noon.Add(time.Hour).Format(http.TimeFormat), "Cache-Control": "max-age=60"}, time.Minute},
	} {
		header := http.Header{}
		for name, value := range test.header {
			header.Set(name, value)
		}
		if got := freshFor(header, noon); got != test.want {
			t.Errorf("%v: %v, want %v", test.header, got, test.want)
		}
	}
}

func TestWishesOfFeedsAreRead(t *testing.T) {
	for _, test := range []struct {
		says ownWords
		want Wishes
	}{
		{ownWords{}, Wishes{}},
		{ownWords{ttl: " 60 "}, Wishes{TTL: time.Hour}},
		{ownWords{ttl: "0"}, Wishes{}},
		{ownWords{ttl: "-5"}, Wishes{}},
		{ownWords{ttl: "an hour"}, Wishes{}},
		{ownWords{ttl: "999999999999"}, Wishes{TTL: maxTTL}},
		{ownWords{ttl: "60", period: "daily"}, Wishes{TTL: time.Hour}},
		{ownWords{period: "hourly", frequency: "1"}, Wishes{}},
		{ownWords{period: "hourly"}, Wishes{}},
		{ownWords{period: "\n\thourly\t", frequency: "\n2\n"}, Wishes{TTL: 30 * time.Minute}},
		{ownWords{period: "Daily", frequency: "4"}, Wishes{TTL: 6 * time.Hour}},
		{ownWords{period: "weekly", frequency: "0"}, Wishes{TTL: 7 * 24 * time.Hour}},
		{ownWords{period: "never", frequency: "3"}, Wishes{}},
		{ownWords{period: "hourly", frequency: "1000000"}, Wishes{}},
		{ownWords{hours: []string{"0", " 23", "24", "25", "-1", "noon"}, days: []string{"Sunday", " saturday ", "Caturday"}},
			Wishes{SkipHours: 1<<0 | 1<<23, SkipDays: 1<<0 | 1<<6}},
		{ownWords{days: []string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"}}, Wishes{}},
	} {
		if got := test.says.wishes(); got != test.want {
			t.Errorf("%+v: %+v, want %+v", test.says, got, test.want)
		}
	}
}
