package parser

import (
	"testing"
	"time"
)

func TestWishesOfFeedsAreRead(t *testing.T) {
	for _, test := range []struct {
		says ownWords
		want PollHints
	}{
		{ownWords{}, PollHints{}},
		{ownWords{ttl: " 60 "}, PollHints{TTL: time.Hour}},
		{ownWords{ttl: "0"}, PollHints{}},
		{ownWords{ttl: "-5"}, PollHints{}},
		{ownWords{ttl: "an hour"}, PollHints{}},
		{ownWords{ttl: "999999999999"}, PollHints{TTL: MaxTTL}},
		{ownWords{ttl: "60", period: "daily"}, PollHints{TTL: time.Hour}},
		{ownWords{period: "hourly", frequency: "1"}, PollHints{}},
		{ownWords{period: "hourly"}, PollHints{}},
		{ownWords{period: "\n\thourly\t", frequency: "\n2\n"}, PollHints{TTL: 30 * time.Minute}},
		{ownWords{period: "Daily", frequency: "4"}, PollHints{TTL: 6 * time.Hour}},
		{ownWords{period: "weekly", frequency: "0"}, PollHints{TTL: 7 * 24 * time.Hour}},
		{ownWords{period: "never", frequency: "3"}, PollHints{}},
		{ownWords{period: "hourly", frequency: "1000000"}, PollHints{}},
		{ownWords{hours: []string{"0", " 23", "24", "25", "-1", "noon"}, days: []string{"Sunday", " saturday ", "Caturday"}},
			PollHints{SkipHours: 1<<0 | 1<<23, SkipDays: 1<<0 | 1<<6}},
		{ownWords{days: []string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"}}, PollHints{}},
	} {
		if got := test.says.wishes(); got != test.want {
			t.Errorf("%+v: %+v, want %+v", test.says, got, test.want)
		}
	}
}
