package feeds

import (
	"testing"
	"time"
)

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
