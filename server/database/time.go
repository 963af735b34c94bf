package database

import "time"

// MillisOrNull is Millis for a column in which no time is NULL.
func MillisOrNull(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return Millis(t)
}

// Millis is t as the tables store it: UTC milliseconds since 1970, 0 for the zero time.
func Millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// Time is what Millis stored, in UTC.
func Time(millis int64) time.Time {
	if millis == 0 {
		return time.Time{}
	}
	return time.UnixMilli(millis).UTC()
}
