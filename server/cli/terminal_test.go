package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/alecthomas/kong"

	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/exit"
)

// hostileName colours, renames the window, clears it, turns the direction and writes over the line.
const hostileName = "Eve\x1b[31m\x1b]0;gone\x07\u009b2J\u202eevil\u2066\u200f\u061c\rover\u2028end"

func TestTerminalShowsTextAndNothingElse(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ in, want string }{
		"plain text":          {"Grüße, 茶 👩‍🔬\tand\n", "Grüße, 茶 👩‍🔬\tand\n"},
		"escape sequences":    {"a\x1b[31mred\x1b]0;t\x07b\x7f\x00\x08", "a[31mred]0;tb"},
		"C1, two bytes":       {"a\u009b31mb\u0090c", "a31mbc"},
		"C1, one byte":        {"a\x9b31mb\xff", "a\ufffd31mb\ufffd"},
		"directions":          {"a\u202eb\u2066c\u2069d\u200ee\u200ff\u061cg\u202ah", "abcdefgh"},
		"lines by other name": {"a\u2028b\u2029c\rd\u0085e\vf", "abcdef"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, size := range []int{1, 2, 3, len(c.in)} { // a character may come in pieces
				var out bytes.Buffer
				door := &terminal{to: &out}
				for piece := range slices.Chunk([]byte(c.in), size) {
					if n, err := door.Write(piece); n != len(piece) || err != nil {
						t.Errorf("it took %d of %d, %v", n, len(piece), err)
					}
				}
				if out.String() != c.want {
					t.Errorf("by %d: it shows %q, want %q", size, out.String(), c.want)
				}
			}
		})
	}
}

// TestHostileNamesMoveNothingOnTheScreen puts a hostile name wherever a text is kept, and runs each command that shows something.
func TestHostileNamesMoveNothingOnTheScreen(t *testing.T) {
	t.Parallel()
	farm := newFarm(t, 1, 1)
	us := startWith(t, "sqlite:"+t.TempDir()+"/b.db", farm, nil)
	farm.allFollow(us.blog.ActorID())
	us.feed.publishMany(13)
	ids, _ := us.held(13)
	us.expects(exit.OK, "Announced", "post", "release", ids[0])
	eventually(t, "the Create", func() bool { return farm.arrived("Create") == 1 })
	delivered := us.deface(ids[0])
	tea := []string{"tea"}
	shown := map[string][]string{
		"blog list": nil, "blog show": tea, "blog html": tea, "feed show": tea, "feed held": tea, "feed hook list": tea, "post list": nil,
		"post show": ids[:1], "reply list": {"--all"}, "reply log": nil, "reply show": {database.ID(6).String()},
		"received list": nil, "received show": {database.ID(7).String()}, "quote list": nil, "report list": nil, "report show": {database.ID(3).String()},
		"follower list": tea, "follower export": tea, "key list": tea, "delivery list": nil, "delivery show": {delivered}, "delivery ledger": {"--json"},
		"block list": nil, "reaction list": ids[:1], "reaction show": {ids[0], hostileName}, "plan": {"tea", "--all"}, "preview": {us.feed.URL + "/" + hostileName},
		"post release": {hostileName}, "reply hide": {hostileName}, "block remove": {hostileName}, "feed refresh": {hostileName},
	}
	for _, command := range showing(t) {
		if _, ok := shown[command]; !ok {
			t.Errorf("%s shows something and is not tried here", command)
		}
	}
	for command, rest := range shown {
		_, said := us.command(append(append(strings.Fields(command), rest...), "--feed-allow-private", us.feed.host())...)
		if bad := strings.IndexFunc(said, func(r rune) bool { return !isShown(r) }); bad >= 0 {
			t.Errorf("%s shows %q", command, said)
		}
		if rest != nil && rest[0] == "--json" && !json.Valid([]byte(said)) {
			t.Errorf("%s is no JSON: %s", command, said)
		}
	}
	_, said := us.command("post", "list")
	if !strings.Contains(said, "Eve") || strings.ContainsFunc(said, func(r rune) bool { return unicode.IsControl(r) && r != '\n' }) {
		t.Errorf("post list says %q", said)
	}
}

// deface puts the name into every text that people read, and returns the reference of a delivery.
func (r *running) deface(postID string) string {
	r.t.Helper()
	exec := func(query string, args ...any) {
		r.t.Helper()
		if _, err := r.DB.Exec(r.t.Context(), query, args...); err != nil {
			r.t.Fatalf("%s: %v", query, err)
		}
	}
	exec(`INSERT INTO blocks (id, blog_id, kind, value, value_hash, reason, created_at) VALUES (1, 0, 'domain', ?, ?, ?, 1)`,
		hostileName, database.Hash("b"), hostileName)
	exec(`INSERT INTO decisions (id, blog_id, who, what, target, target_hash, why, created_at) VALUES (2, 0, ?, 'block', ?, ?, ?, 1)`,
		hostileName, hostileName, database.Hash("b"), hostileName)
	exec(`INSERT INTO reports (id, blog_id, site, actor_uri, objects, reason, created_at, closed_at, closed_by) VALUES (3, ?, ?, ?, '[]', ?, 1, 0, '')`,
		r.blog.ID, hostileName, hostileName, hostileName)
	exec(`INSERT INTO hooks (id, blog_id, token_hash, note, created_at, used_at) VALUES (4, ?, ?, ?, 1, 0)`, r.blog.ID, database.Hash("h"), hostileName)
	exec(`INSERT INTO quotes (id, blog_id, post_id, instrument_hash, instrument_uri, actor_hash, actor_uri, created_at, revoked_at)
		VALUES (5, ?, ?, ?, ?, ?, ?, 1, 0)`, r.blog.ID, postID, database.Hash("i"), hostileName, database.Hash("a"), hostileName)
	exec(`INSERT INTO replies (id, blog_id, post_id, parent_id, root_id, root_at, sort_at, object_hash, object_uri, url, author_id, html, cw, language, attachments, content_hash,
		visibility, status, published_at, edited_at, received_at, approved_at)
		SELECT 6, ?, ?, 0, 6, 1, 1, ?, ?, ?, id, ?, ?, '', '[]', ?, 'public', 'shown', 1, 0, 1, 1 FROM remote_actors LIMIT 1`,
		r.blog.ID, postID, database.Hash("o"), hostileName, hostileName, hostileName, hostileName, database.Hash("c"))
	exec(`UPDATE replies SET status_rule = 'hidden', status_evidence = ?, attachments = ?, status_since = 1`, hostileName, `[{"url": "https://x.test/", "name": `+strconv.Quote(hostileName)+`}]`)
	exec(`INSERT INTO received (id, uri, type, actor_uri, blog_id, state, verdict, cause_site, asks_site, attempts, next_attempt_at, lease_until, received_at, about_hash)
		VALUES (7, ?, ?, ?, ?, 'dropped', ?, ?, ?, 0, 1, 0, 1, ?)`, hostileName, hostileName, hostileName, r.blog.ID, hostileName, hostileName, hostileName,
		database.Hash(hostileName))
	exec(`INSERT INTO reactions (target_hash, actor_id, kind, blog_id, post_id, reply_id, emoji, activity_hash, created_at)
		SELECT ?, id, 'like', ?, ?, 0, ?, ?, 1 FROM remote_actors LIMIT 1`,
		database.Hash("t"), r.blog.ID, postID, hostileName, database.Hash("l"))
	for table, columns := range map[string][]string{
		"posts": {"title", "teaser", "author", "held_why", "url", "language"}, "blogs": {"title", "summary"}, "polls": {"last_error", "feed_title", "feed_format"},
		"remote_actors": {"name", "handle", "username", "url", "uri"}, "deliveries": {"last_answer"}, "hosts": {"last_error"},
	} {
		for _, column := range columns {
			exec(`UPDATE `+table+` SET `+column+` = ?`, hostileName)
		}
	}
	_, said := r.command("delivery", "list")
	fields := strings.Fields(said)
	if len(fields) == 0 {
		r.t.Fatal("there is no delivery")
	}
	return fields[0]
}

// showing are the commands whose names say that they show something.
func showing(t *testing.T) (commands []string) {
	t.Helper()
	parser, err := kong.New(new(newCommandLine()))
	if err != nil {
		t.Fatal(err)
	}
	for _, leaf := range parser.Model.Leaves(true) {
		words := strings.Fields(leaf.FullPath())[1:]
		if slices.Contains([]string{"list", "show", "held", "log", "export", "ledger", "plan", "preview", "html"}, words[len(words)-1]) {
			commands = append(commands, strings.Join(words, " "))
		}
	}
	if len(commands) < 15 {
		t.Fatal(fmt.Sprint("only these: ", commands))
	}
	return commands
}
