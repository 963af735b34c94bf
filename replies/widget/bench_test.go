package widget_test

import (
	"testing"

	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

// Each reading goes over HTTP on loopback, so a third of a millisecond of it is not ours.
func BenchmarkThreadOf100Comments(b *testing.B) {
	w := newWorld(b, databasetest.Open(b))
	for range 100 {
		w.say(comment{html: "<p>Four minutes, and not a second more.</p>"})
	}
	b.Run("rendered", func(b *testing.B) {
		for b.Loop() {
			w.count(0, 1, 0)
			w.get(w.at("/comments"))
		}
	})
	b.Run("kept", func(b *testing.B) {
		for b.Loop() {
			w.get(w.at("/comments"))
		}
	})
	b.Run("304", func(b *testing.B) {
		answer, _ := w.get(w.at("/comments"))
		etag := answer.Header.Get("ETag")
		for b.Loop() {
			w.get(w.at("/comments"), "If-None-Match", etag)
		}
	})
}
