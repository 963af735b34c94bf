package admin_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/replies"
	"github.com/bloghorn/bloghorn/server/database"
)

// fixture is a blog with a post, a held reply to it, and a delivery that fails.
type fixture struct {
	t     *testing.T
	db    *database.DB
	reply database.ID
}

const (
	blogID, authorID, replyID, activityID = 1 << 40, 2 << 40, 3 << 40, 4 << 40
	postID                                = "aaaaaaaaaaaaaaaaaaaaaaaaaa"
	hostile                               = `<script>alert("x")</script>&amp;`
	someTime                              = 1767600000000
)

type row map[string]any

func newFixture(t *testing.T, db *database.DB) fixture {
	t.Helper()
	f := fixture{t, db, database.ID(replyID)}
	f.insert("blogs", row{
		"id": blogID, "base_url": "https://fedi.example", "from_public_url": true, "username": "tea",
		"handle_host": "blog.example", "title": hostile, "summary": "", "site_url": "https://blog.example/",
		"site_host": "blog.example", "feed_url": "https://blog.example/feed", "language": "en", "icon_url": "",
		"image_url": "", "created_at": someTime,
	})
	f.insert("polls", row{
		"blog_id": blogID, "etag": "", "last_modified": "", "moved_to": "", "imported": true,
		"next_at": someTime + 600_000, "lease_until": 0, "polled_at": someTime, "succeeded_at": someTime - 60_000,
		"changed_at": 0, "failures": 3, "last_error": "the feed answers 503 " + hostile,
	})
	f.insert("posts", row{
		"id": postID, "blog_id": blogID, "guid": "g", "guid_hash": database.Hash("g"),
		"url": "https://blog.example/leaf", "title": "Leaf " + hostile, "teaser": "", "content": "<p>x</p>",
		"image_url": "", "image_alt": "", "tags": "[]", "author": "", "language": "", "published_at": someTime,
		"first_seen_at": someTime, "edited_at": 0, "content_hash": database.Hash("c"), "hash_version": 1,
		"announce": false, "removed_at": 0,
	})
	f.insertReply()
	f.insertDelivery()
	return f
}

func (f fixture) insertReply() {
	f.t.Helper()
	const actor, object = "https://far.example/users/eve", "https://far.example/notes/1"
	f.insert("remote_actors", row{
		"id": authorID, "uri_hash": database.Hash(actor), "uri": actor, "host": "far.example", "type": "Person",
		"username": "eve", "handle": "@eve@far.example", "name": hostile, "url": "javascript:alert(1)", "avatar_url": "",
		"inbox": actor + "/inbox", "shared_inbox": "", "followers_uri": "", "fetched_at": someTime, "gone_at": 0,
	})
	f.insert("replies", row{
		"id": replyID, "blog_id": blogID, "post_id": postID, "parent_id": 0, "object_hash": database.Hash(object),
		"object_uri": object, "url": "javascript:alert(2)", "author_id": authorID,
		"html": `<p>A fine leaf<script>alert(3)</script></p>`, "cw": hostile, "language": "en",
		"attachments": `[{"url":"javascript:alert(4)","name":"<b>picture</b>"}]`, "visibility": "public",
		"status": replies.Pending, "published_at": someTime, "edited_at": 0, "received_at": someTime, "approved_at": 0,
		"content_hash": database.Hash("h"),
	})
}

func (f fixture) insertDelivery() {
	f.t.Helper()
	const inbox = "https://slow.example/inbox"
	f.insert("activities", row{
		"id": activityID, "uri": "https://fedi.example/posts/1/create", "uri_hash": database.Hash("u"),
		"sender": "https://fedi.example/blogs/tea", "kind": "Create", "object_hash": database.Hash("o"), "folded": 0,
		"body": []byte("{}"), "created_at": someTime,
	})
	f.insert("deliveries", row{
		"activity_id": activityID, "inbox_hash": database.Hash(inbox), "inbox": inbox, "host": "slow.example",
		"blog_id": blogID, "object_hash": database.Hash("o"), "state": "pending", "attempts": 4,
		"next_attempt_at": someTime + 3_600_000, "expires_at": someTime + 86_400_000, "lease_until": 0, "lease_token": 0,
		"last_status": 502, "last_answer": "bad gateway " + hostile, "created_at": someTime, "settled_at": 0,
	})
}

func (f fixture) insert(table string, values row) {
	f.t.Helper()
	columns := slices.Sorted(maps.Keys(values))
	var args []any
	for _, c := range columns {
		args = append(args, values[c])
	}
	query := "INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ") VALUES (" + database.Marks(len(columns)) + ")"
	if _, err := f.db.Exec(f.t.Context(), query, args...); err != nil {
		f.t.Fatalf("%s: %v", table, err)
	}
}

// status is the state of the held reply.
func (f fixture) status() (status string) {
	f.t.Helper()
	if err := f.db.QueryRow(f.t.Context(), `SELECT status FROM replies WHERE id = ?`, f.reply).Scan(&status); err != nil {
		f.t.Fatal(err)
	}
	return status
}

// shown is how many replies a reader of the blog sees.
func (f fixture) shown() int {
	f.t.Helper()
	blog, err := feeds.BlogByID(f.t.Context(), f.db, blogID)
	if err != nil {
		f.t.Fatal(err)
	}
	post, err := feeds.PostByID(f.t.Context(), f.db, postID)
	if err != nil {
		f.t.Fatal(err)
	}
	thread, err := replies.ReadThread(f.t.Context(), f.db, blog, post)
	if err != nil {
		f.t.Fatal(err)
	}
	return len(thread.Items)
}
