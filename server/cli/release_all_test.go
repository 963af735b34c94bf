package cli

import (
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/server/database/databasetest"
	"github.com/bloghorn/bloghorn/server/exit"
)

// TestKindsOfPostsThatAllDoesNotMean: what is not for everybody yet goes out by its own id alone.
func TestKindsOfPostsThatAllDoesNotMean(t *testing.T) {
	t.Parallel()
	farm := newFarm(t, 1, 1)
	us := startWith(t, databasetest.SQLiteURL(t), farm, nil)
	farm.allFollow(us.blog.ActorID())
	us.feed.publish("secret", "Protected: Secret", "<p>Say the password.</p>")
	us.held(1)
	us.expects(exit.OK, "Left out: 1 post (behind a password)", "post", "release", "--all", "tea", "--yes")
	us.expects(exit.OK, "Left out: 1 post (behind a password)", "post", "history", "--all", "tea")
	ids, _ := us.held(1)
	us.expects(exit.OK, "nobody finds it while it is held", "post", "show", ids[0])
	if _, said := us.command("post", "list", "--state", "waiting"); strings.Contains(said, "Secret") {
		t.Errorf("waiting: %s", said)
	}
	us.expects(exit.OK, "Announced", "post", "release", ids[0])
	eventually(t, "the Create", func() bool { return farm.arrived("Create") == 1 })
}
