package replies_test

import (
	"testing"

	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/publisher/signature"
)

// TestTheNewerSchemeIsTheSameDoor: whoever signs by RFC 9421 may do what others may, and no forger
// more.
func TestTheNewerSchemeIsTheSameDoor(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.fedi.Scheme = signature.RFC9421
		c := newCast(w) // all of it signed by RFC 9421
		for name, attack := range attacks {
			if attack.status != 401 && attack.status != 403 {
				continue
			}
			w.unchanged(func() {
				sent := attack.send(c)
				if sent.Err != nil || sent.Status != attack.status {
					t.Errorf("%s: %d %q (%v), want %d", name, sent.Status, sent.Answer, sent.Err, attack.status)
				}
				wish := sent.Header.Get("Accept-Signature")
				if want := signature.Accepts("POST"); (wish == want) != (sent.Status == 401) {
					t.Errorf("%s: %d asks for %q", name, sent.Status, wish)
				}
			})
		}
		w.work()
		w.expect("ada: hers")
		w.accepted(c.ada.Reply(c.teaID, "the old way", fediversetest.SignedBy(signature.Cavage)))
		w.expect("ada: hers", "ada: the old way")
	})
}
