package delivery_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/delivery"
	"github.com/bloghorn/bloghorn/publisher/signature"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

// TestServerThatRemembersTheOldKeyGetsEverythingLater: Lemmy, which says 400 to what it cannot
// verify, as others do to what they never take.
func TestServerThatRemembersTheOldKeyGetsEverythingLater(t *testing.T) {
	for age, want := range map[time.Duration]string{47 * time.Hour: delivery.Pending, 49 * time.Hour: delivery.Refused} {
		databasetest.Each(t, func(t *testing.T, db *database.DB) {
			w := newWorld()
			w.answers(always(400))
			worker := newWorker(db, w, (&clock{now: noon}).Now)
			worker.Keys = func(context.Context, string) (signature.Key, error) {
				return signature.Key{ID: actor + "#now", Private: key().Private, Since: noon.Add(-age)}, nil
			}
			inbox := "https://lemmy.example/inbox"
			enqueue(t, db, activity("Create", post, noon), noon, inbox)
			stop := start(t, worker)
			defer stop()
			got := waitForRow(t, db, inbox, func(d delivery.Delivery) bool { return d.Attempts > 0 })
			if got.State != want || got.LastStatus != 400 {
				t.Errorf("%v after the change: %s, %d; want %s", age, got.State, got.LastStatus, want)
			}
		})
	}
}

// TestNewsOfTheSenderIsSignedWithTheKeyOfItsTime: while nobody answers, at whatever try; who
// dislikes that key gets the one of now. All else is signed with that from the beginning.
func TestNewsOfTheSenderIsSignedWithTheKeyOfItsTime(t *testing.T) {
	for _, test := range []struct {
		name, kind, object string
		first              error // what the network says to the first try
		want               string
	}{
		{"an Update of the sender", "Update", actor, nil, "then 401, then 401, now 202"},
		{"an Update of the sender to a host that was away", "Update", actor, errors.New("connection refused"), "then 0, then 401, then 401, now 202"},
		{"an Update of a post", "Update", post, nil, "now 202"},
		{"a Move of the sender", "Move", actor, nil, "now 202"},
	} {
		t.Run(test.name, func(t *testing.T) {
			databasetest.Each(t, func(t *testing.T, db *database.DB) {
				w, c := newWorld(), &clock{now: noon}
				var asked []string
				fail := test.first
				w.answers(func(r *http.Request) (*http.Response, error) {
					id, err := signature.KeyID(r)
					if err != nil {
						return nil, err
					}
					_, which, _ := strings.Cut(id, "#")
					switch {
					case fail != nil:
						fail, asked = nil, append(asked, which+" 0")
						return nil, test.first
					case which == "then":
						asked = append(asked, which+" 401")
						return respond(r, 401, ""), nil
					}
					asked = append(asked, which+" 202")
					return respond(r, 202, ""), nil
				})
				worker := newWorker(db, w, c.Now)
				named := func(name string) signature.Key { return signature.Key{ID: actor + "#" + name, Private: key().Private} }
				worker.Keys = func(context.Context, string) (signature.Key, error) { return named("now"), nil }
				worker.KeysThen = func(_ context.Context, sender string, at time.Time) (signature.Key, error) {
					if sender != actor || !at.Equal(noon) {
						t.Errorf("asked for the key of %s at %v", sender, at)
					}
					return named("then"), nil
				}
				inbox := "https://a.example/inbox"
				enqueue(t, db, activity(test.kind, test.object, noon), noon, inbox)
				c.advance(time.Hour)
				stop := start(t, worker)
				for tries := 1; row(t, db, inbox).State != delivery.Delivered && tries <= 3; tries++ {
					waitForRow(t, db, inbox, func(d delivery.Delivery) bool { return d.Attempts == tries })
					c.advance(time.Hour)
				}
				waitForRow(t, db, inbox, func(d delivery.Delivery) bool { return d.State == delivery.Delivered })
				stop()
				if got := strings.Join(asked, ", "); got != test.want {
					t.Errorf("asked %q, want %q", got, test.want)
				}
			})
		})
	}
}
