package cli

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/delivery"
	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/server/app"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
	"github.com/bloghorn/bloghorn/server/exit"
)

// TestDeliveriesAreLookedAfterWhileTheServerRuns types every command of `bloghorn delivery` beside a running server.
func TestDeliveriesAreLookedAfterWhileTheServerRuns(t *testing.T) {
	t.Parallel()
	databasetest.EachURL(t, func(t *testing.T, databaseURL string) {
		r := start(t, databaseURL, nil)
		const host = "127.0.0.1:9" // nothing listens there
		r.enqueue("https://" + host + "/inbox")
		eventually(t, "the first try", func() bool { return strings.Contains(r.delivery("list", "--host", host), "next try") })

		id, _, _ := strings.Cut(r.delivery("list", "--state", "pending"), " ")
		if shown := r.delivery("show", id); !strings.Contains(shown, host) || !strings.Contains(shown, "pending") {
			t.Errorf("show says\n%s", shown)
		}
		r.typed(exit.Refused, "drop", "--host", host)
		r.typed(exit.Usage, "drop", id, "--host", host)
		r.typed(exit.Usage, "retry")
		r.typed(exit.Usage, "list", "--state", "lost")
		r.typed(exit.NotFound, "show", "nothing")
		r.typed(exit.NotFound, "resume", host)
		r.delivery("pause", "https://"+strings.ToUpper(host)+"/users/ada", "--for", "1d")
		r.delivery("resume", host)
		r.delivery("retry", "--host", host)
		eventually(t, "the second try", func() bool { return !strings.Contains(r.delivery("show", id), "tries        1\n") })
		r.delivery("retry", id)
		r.delivery("drop", "--host", host, "--yes")
		eventually(t, "the end of it", func() bool { return strings.Contains(r.delivery("show", id), "given up by hand") })

		var sums map[string]any
		if err := json.Unmarshal([]byte(r.delivery("ledger", "--json")), &sums); err != nil || sums["agrees"] != true || sums["cancelled"] != 1.0 {
			t.Errorf("%v %v", sums, err)
		}
		if _, err := r.DB.Exec(t.Context(), `DELETE FROM deliveries`); err != nil {
			t.Fatal(err)
		}
		if out := r.typed(exit.Failed, "ledger"); !strings.Contains(out, "enqueued  1") {
			t.Errorf("ledger says\n%s", out)
		}
	})
}

// enqueue has the blog send something.
func (r *running) enqueue(inbox string) {
	r.t.Helper()
	now := time.Now()
	id := database.NewID(now)
	err := r.DB.InTx(r.t.Context(), func(tx *database.Tx) error {
		return delivery.Enqueue(r.t.Context(), tx, delivery.Activity{
			ID: id, URI: fmt.Sprint(r.base, "/activities/", id), Sender: r.blog.ActorID(), Kind: "Create", Body: []byte("{}"),
		}, r.blog.ID, []string{inbox}, now)
	})
	if err != nil {
		r.t.Fatal(err)
	}
	r.Wake()
}

func (r *running) delivery(args ...string) string {
	r.t.Helper()
	return r.typed(exit.OK, args...)
}

// typed runs `bloghorn delivery …` on the database of the running server, expects an exit code and gives what it printed.
func (r *running) typed(want int, args ...string) string {
	r.t.Helper()
	var stdout, stderr strings.Builder
	args = append([]string{"delivery"}, args...)
	args = append(args, "--database-url", r.Settings.Database.URL, "--data-dir", r.Settings.DataDir, "--public-url", r.base)
	if got := run(app.Outside{NewKey: fediversetest.NewKey}.Within(r.t.Context()), args, &stdout, &stderr); got != want {
		r.t.Fatalf("%q exits with %d, want %d\n%s%s", args, got, want, &stdout, &stderr)
	}
	return stdout.String()
}
