-- The schema. Tables stand below the package that writes them; packages above it only read them.
--
-- For every table:
--   id            is minted by us and grows with time (database.ID), except that of a post.
--   blog_id       is blogs.id, post_id is posts.id, actor_id is remote_actors.id.
--   times         are UTC milliseconds since 1970. 0 is never, or not yet. A time that may be NULL
--                 is one at which something is due, and NULL where nothing is.
--   *_hash        is a SHA-256. Ids and addresses are looked up by theirs: they are long and
--                 case-sensitive, and an index of MySQL is neither.
--   hash_version  is the version of the content hash. Rows with an older one are hashed again.
--   lease_until   One process works on the row until then, and others leave it alone.
--
-- Every statement does nothing where its table or index exists, so that the file can run again
-- after an interruption. Column order, names, NULL and DEFAULT are the same as for MySQL.

-- +goose Up

-- Written by package feeds and its sub-packages: blogs, their feeds and their posts.

-- A blog with its own actor. username, base_url and handle_host are fixed when the blog is created:
-- every id is made from this row, never from today's configuration. Written by feeds.
--   origin           the actor id on that day; the ids of posts are derived from it, wherever the
--                    blog moves
--   from_public_url  base_url came from the setting public_url, not from --url
--   handle_host      the host in the handle, with its port where it has one
--   site_host        the host of site_url, spelt as pageurl.Key spells hosts
--   many_authors     the feed has had more than one author: each post then names its own
--   settings         what the owner has set for this blog, settings.Settings as JSON; NULL for the
--                    defaults
--   also_known_as    ids of accounts elsewhere that may move their followers here, one a line
--   moved_to         id of the account that the followers were moved to at moved_at; '' for none
CREATE TABLE IF NOT EXISTS blogs (
	id              INTEGER NOT NULL,
	origin          TEXT NOT NULL,
	base_url        TEXT NOT NULL,
	from_public_url INTEGER NOT NULL,
	username        TEXT NOT NULL,
	handle_host     TEXT NOT NULL,
	title           TEXT NOT NULL,
	summary         TEXT NOT NULL,
	site_url        TEXT NOT NULL,
	site_host       TEXT NOT NULL,
	feed_url        TEXT NOT NULL,
	language        TEXT NOT NULL,
	icon_url        TEXT NOT NULL,
	image_url       TEXT NOT NULL,
	many_authors    INTEGER NOT NULL DEFAULT 0,
	settings        TEXT NULL,
	also_known_as   TEXT NULL,
	moved_to        TEXT NOT NULL DEFAULT '',
	moved_at        INTEGER NOT NULL DEFAULT 0,
	created_at      INTEGER NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (base_url, username),
	UNIQUE (handle_host, username)
) STRICT;
CREATE INDEX IF NOT EXISTS blogs_name ON blogs (username);
CREATE INDEX IF NOT EXISTS blogs_site ON blogs (site_host);

-- What the poller remembers of a blog's feed. Written by feeds.
--   next_at         when the feed is polled next
--   etag, last_modified, body_hash  of the last readable answer; a known body is not parsed again
--   moved_to        where the feed's address redirects to permanently; '' where it does not
--   imported        the history is stored; it is never announced
--   changed_at      when a poll last found a new or edited post
--   failures        in a row; last_error is a sentence for the owner
--   retry_at        until then the feed's server wants to be left alone (Retry-After); a poll that
--                   somebody asks for waits, too
--   read_at         when the feed's server last sent the feed itself, and not 304
--   deaf_at         when it was last caught answering 304 though there was news
--   stopped_at      since then the feed is not polled any more
--   gone            answers of 410 in a row
--   feed_format     such as "RSS 2.0", for the owner
--   feed_charset    how its characters were read, by name ("windows-1252"); '' where every encoding reads them alike
--   feed_host, link_host, feed_title, feed_language  tell this feed from another site's
--   most_new        the most posts that one poll brought and that were not held
--   missing         how many posts should be in the feed and are not
--   ttl, skip_hours, skip_days, cache_until  when the feed wants to be polled: minutes, a bit for
--                   each hour of the day (UTC), a bit for each day of the week, and the end of the
--                   HTTP cache's time
--   hub_url, topic_url  the feed's WebSub hub and its own name there; '' without one
--   hub_changed_at  set until the subscriptions follow a change of these two
--   pushed_at       since then somebody says that there is news; 0 once a poll has looked
--   answered_at     when a poll last looked because of that
CREATE TABLE IF NOT EXISTS polls (
	blog_id        INTEGER NOT NULL,
	next_at        INTEGER NOT NULL,
	lease_until    INTEGER NOT NULL,
	etag           TEXT NOT NULL,
	last_modified  TEXT NOT NULL,
	body_hash      BLOB NULL,
	hash_version   INTEGER NOT NULL,
	moved_to       TEXT NOT NULL,
	imported       INTEGER NOT NULL,
	polled_at      INTEGER NOT NULL,
	succeeded_at   INTEGER NOT NULL,
	changed_at     INTEGER NOT NULL,
	failures       INTEGER NOT NULL,
	last_error     TEXT NOT NULL,
	retry_at       INTEGER NOT NULL DEFAULT 0,
	read_at        INTEGER NOT NULL DEFAULT 0,
	deaf_at        INTEGER NOT NULL DEFAULT 0,
	stopped_at     INTEGER NOT NULL DEFAULT 0,
	gone           INTEGER NOT NULL DEFAULT 0,
	feed_format    TEXT NOT NULL DEFAULT '',
	feed_charset   TEXT NOT NULL DEFAULT '',
	feed_host      TEXT NOT NULL DEFAULT '',
	link_host      TEXT NOT NULL DEFAULT '',
	feed_title     TEXT NOT NULL DEFAULT '',
	feed_language  TEXT NOT NULL DEFAULT '',
	most_new       INTEGER NOT NULL DEFAULT 0,
	missing        INTEGER NOT NULL DEFAULT 0,
	ttl            INTEGER NOT NULL DEFAULT 0,
	skip_hours     INTEGER NOT NULL DEFAULT 0,
	skip_days      INTEGER NOT NULL DEFAULT 0,
	cache_until    INTEGER NOT NULL DEFAULT 0,
	hub_url        TEXT NOT NULL DEFAULT '',
	topic_url      TEXT NOT NULL DEFAULT '',
	hub_changed_at INTEGER NULL,
	pushed_at      INTEGER NOT NULL DEFAULT 0,
	answered_at    INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (blog_id)
) STRICT;
CREATE INDEX IF NOT EXISTS polls_due ON polls (next_at);
CREATE INDEX IF NOT EXISTS polls_hub ON polls (hub_changed_at);

-- WebSub: one row for each pair of hub and topic that a blog's feed has named. Written by
-- feeds/websub; feeds has them renewed when a blog's base URL changes.
--   name_hash      of hub and topic together
--   token          the last part of our callback's address
--   secret         signs what the hub sends
--   state          wanted, active, leaving, denied or failed
--   next_at        when the hub is asked again
--   failures       requests since the hub last confirmed anything
--   verified_at    when the hub last asked whether we mean it
--   expires_at     when the hub forgets us
--   pushed_at      when the hub last told of news
CREATE TABLE IF NOT EXISTS subscriptions (
	id            INTEGER NOT NULL,
	blog_id       INTEGER NOT NULL,
	hub_url       TEXT NOT NULL,
	topic_url     TEXT NOT NULL,
	name_hash     BLOB NOT NULL,
	token         TEXT NOT NULL,
	token_hash    BLOB NOT NULL,
	secret        TEXT NOT NULL,
	state         TEXT NOT NULL,
	next_at       INTEGER NULL,
	lease_until   INTEGER NOT NULL,
	failures      INTEGER NOT NULL,
	failing_since INTEGER NOT NULL,
	last_error    TEXT NOT NULL,
	verified_at   INTEGER NOT NULL,
	expires_at    INTEGER NOT NULL,
	pushed_at     INTEGER NOT NULL,
	created_at    INTEGER NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (blog_id, name_hash),
	UNIQUE (token_hash)
) STRICT;
CREATE INDEX IF NOT EXISTS subscriptions_due ON subscriptions (next_at);

-- Tokens with which whatever publishes a blog may have its feed polled at once. Only the hash of a
-- token is kept. Written by feeds.
--   note  what the token is for, in the owner's words
CREATE TABLE IF NOT EXISTS hooks (
	id         INTEGER NOT NULL,
	blog_id    INTEGER NOT NULL,
	token_hash BLOB NOT NULL,
	note       TEXT NOT NULL,
	created_at INTEGER NOT NULL,
	used_at    INTEGER NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (token_hash)
) STRICT;
CREATE INDEX IF NOT EXISTS hooks_blog ON hooks (blog_id, id);

-- One row for each post, for ever. Written by feeds.
--   id             derived from blog, identity and generation, so that a poll after a crash or a
--                  restored backup finds the same post again
--   generation     0, and one more each time the post came back after its removal
--   published_at   never later than first_seen_at, but for a post that waits or waited for its date
--   edited_at      when the last edit was found
--   content_hash   of the feed's item, before any rendering of ours
--   attachments    the sound and video that the feed encloses, and the pictures of the post, as JSON
--   announce       the post and its edits are told to followers; false for history
--   due_at         when the announcer compares the post with its announcement; NULL when there is
--                  nothing to tell
--   held_at        since then the post is kept from the public, by the rule held_by (flood, foreign,
--                  doubt, dated, early or locked), for the reason held_why; held_like is the post that it may be
--   removed_by     gone (its page was gone) or owner
--   pinned_at      when its owner pinned it by hand
--   absent_since   when it left the feed, 0 while it is listed; absent_polls counts the good polls
--                  since then that should have had it
CREATE TABLE IF NOT EXISTS posts (
	id            TEXT NOT NULL,
	blog_id       INTEGER NOT NULL,
	guid          TEXT NOT NULL,
	guid_hash     BLOB NOT NULL,
	generation    INTEGER NOT NULL DEFAULT 0,
	url           TEXT NOT NULL,
	title         TEXT NOT NULL,
	teaser        TEXT NOT NULL,
	content       TEXT NOT NULL,
	image_url     TEXT NOT NULL,
	image_alt     TEXT NOT NULL,
	tags          TEXT NOT NULL,
	author        TEXT NOT NULL,
	language      TEXT NOT NULL,
	attachments   TEXT NULL,
	published_at  INTEGER NOT NULL,
	first_seen_at INTEGER NOT NULL,
	edited_at     INTEGER NOT NULL,
	content_hash  BLOB NOT NULL,
	hash_version  INTEGER NOT NULL,
	announce      INTEGER NOT NULL,
	due_at        INTEGER NULL,
	held_at       INTEGER NOT NULL DEFAULT 0,
	held_by       TEXT NOT NULL DEFAULT '',
	held_why      TEXT NOT NULL DEFAULT '',
	held_like     TEXT NOT NULL DEFAULT '',
	removed_at    INTEGER NOT NULL,
	removed_by    TEXT NOT NULL DEFAULT '',
	pinned_at     INTEGER NOT NULL DEFAULT 0,
	absent_since  INTEGER NOT NULL DEFAULT 0,
	absent_polls  INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (id)
) STRICT;
CREATE INDEX IF NOT EXISTS posts_due ON posts (due_at);
CREATE INDEX IF NOT EXISTS posts_guid ON posts (blog_id, guid_hash);
CREATE INDEX IF NOT EXISTS posts_newest ON posts (blog_id, removed_at, published_at, id);
CREATE INDEX IF NOT EXISTS posts_listed ON posts (blog_id, absent_since);
CREATE INDEX IF NOT EXISTS posts_held ON posts (held_at);
CREATE INDEX IF NOT EXISTS posts_pinned ON posts (blog_id, pinned_at);

-- The addresses that a post has had: how a page finds its thread. Written by feeds.
--   page_key  pageurl.Key of the address
CREATE TABLE IF NOT EXISTS post_aliases (
	page_key   BLOB NOT NULL,
	post_id    TEXT NOT NULL,
	blog_id    INTEGER NOT NULL,
	created_at INTEGER NOT NULL,
	PRIMARY KEY (page_key, post_id)
) STRICT;
CREATE INDEX IF NOT EXISTS post_aliases_post ON post_aliases (post_id);

-- What is known of a post's web page. Written by feeds/pages.
--   etag, last_modified  of the answer that title and text_digest were read from
--   status         of the last answer; 0 where there was none
--   base_hash      the post's content_hash when title and text_digest were read; NULL before
--   feed_hash      the content hash of the feed's item, where the post has since taken its text
--                  from the page, or the feed has a password form in its place; NULL otherwise
--   trusted        the text found on the page was the post's text
--   filled         what the page gave because the feed did not say, such as "image author"
--   looks          answers so far
--   gone_since     the first 404 or 410 in a row
--   check_at       when the page is fetched next
CREATE TABLE IF NOT EXISTS pages (
	post_id       TEXT NOT NULL,
	blog_id       INTEGER NOT NULL,
	etag          TEXT NOT NULL,
	last_modified TEXT NOT NULL,
	status        INTEGER NOT NULL,
	title         TEXT NOT NULL,
	text_digest   BLOB NULL,
	base_hash     BLOB NULL,
	feed_hash     BLOB NULL,
	trusted       INTEGER NOT NULL,
	filled        TEXT NOT NULL,
	looks         INTEGER NOT NULL,
	gone_since    INTEGER NOT NULL,
	checked_at    INTEGER NOT NULL,
	check_at      INTEGER NULL,
	lease_until   INTEGER NOT NULL,
	PRIMARY KEY (post_id)
) STRICT;
CREATE INDEX IF NOT EXISTS pages_due ON pages (check_at);

-- Written by package publisher: our actors' keys, remote actors, followers and what they were told.

-- Private keys of our own actors, sealed with the secret key. A retired key stays until nothing is
-- left that it has to sign or prove. Written by publisher.
--   owner       the actor's id; '' for the row of kind check
--   kind        rsa signs requests, ed25519 signs documents (FEP-8b32), and check is a known text
--               that tells whether the secret key is the right one
--   fragment    the end of the key's id, with the row's id in it; '' for the check
--   signs_from  when it takes over from the key before, whose retired_at that is
--   retired_at  0 for the last key of an actor and kind; the unique key lets there be one
--   shown_till  when a retired key leaves its actor's document: for rsa when it is retired, for
--               ed25519 a month later, or at once where the key is stolen
CREATE TABLE IF NOT EXISTS actor_keys (
	id         INTEGER NOT NULL,
	owner_hash BLOB NOT NULL,
	owner      TEXT NOT NULL,
	kind       TEXT NOT NULL,
	fragment   TEXT NOT NULL DEFAULT '',
	sealed     BLOB NOT NULL,
	public_pem TEXT NOT NULL,
	created_at INTEGER NOT NULL,
	signs_from INTEGER NOT NULL DEFAULT 0,
	retired_at INTEGER NOT NULL,
	shown_till INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (id),
	UNIQUE (owner_hash, kind, retired_at)
) STRICT;

-- A person or server elsewhere. Written by publisher.
--   uri             the actor's id; uri_hash finds it
--   host            the authority of uri: the name, and the port where one is written
--   shared_gone_at  when the shared inbox answered 404 or 410; for a week the personal inboxes
--                   behind it are used instead
--   no_index        the author wants nothing of theirs in search engines
--   hides_unlisted, hides_public  the author shows unlisted or public posts only to people who are
--                   logged in to a fediverse server
CREATE TABLE IF NOT EXISTS remote_actors (
	id             INTEGER NOT NULL,
	uri_hash       BLOB NOT NULL,
	uri            TEXT NOT NULL,
	host           TEXT NOT NULL,
	type           TEXT NOT NULL,
	username       TEXT NOT NULL,
	handle         TEXT NOT NULL,
	name           TEXT NOT NULL,
	url            TEXT NOT NULL,
	avatar_url     TEXT NOT NULL,
	inbox          TEXT NOT NULL,
	shared_inbox   TEXT NOT NULL,
	followers_uri  TEXT NOT NULL,
	fetched_at     INTEGER NOT NULL,
	gone_at        INTEGER NOT NULL,
	shared_gone_at INTEGER NOT NULL DEFAULT 0,
	no_index       INTEGER NOT NULL DEFAULT 0,
	hides_unlisted INTEGER NOT NULL DEFAULT 0,
	hides_public   INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (id),
	UNIQUE (uri_hash)
) STRICT;
CREATE INDEX IF NOT EXISTS remote_actors_host ON remote_actors (host);
CREATE INDEX IF NOT EXISTS remote_actors_inbox ON remote_actors (inbox);
CREATE INDEX IF NOT EXISTS remote_actors_shared ON remote_actors (shared_inbox);
CREATE INDEX IF NOT EXISTS remote_actors_shared_gone ON remote_actors (shared_gone_at);

-- Public keys of remote actors, and the memory of keys that could not be had, so that a stranger
-- cannot make us ask for one again and again. Written by publisher.
--   fetched_at  when pem was last had
--   tried_at    when the key's server was last asked
--   failure     why that failed: unreachable, gone, deleted, or "refused: " and the reason; ''
--               after a success
CREATE TABLE IF NOT EXISTS remote_keys (
	key_hash   BLOB NOT NULL,
	key_uri    TEXT NOT NULL,
	owner_hash BLOB NULL,
	owner_uri  TEXT NOT NULL,
	pem        TEXT NOT NULL,
	fetched_at INTEGER NOT NULL,
	tried_at   INTEGER NOT NULL,
	failure    TEXT NOT NULL,
	PRIMARY KEY (key_hash)
) STRICT;
CREATE INDEX IF NOT EXISTS remote_keys_owner ON remote_keys (owner_hash);
CREATE INDEX IF NOT EXISTS remote_keys_tried ON remote_keys (tried_at);

-- Who follows which blog. Written by publisher.
--   follow_uri  the id of the Follow
CREATE TABLE IF NOT EXISTS followers (
	blog_id     INTEGER NOT NULL,
	actor_id    INTEGER NOT NULL,
	follow_uri  TEXT NOT NULL,
	follow_hash BLOB NOT NULL,
	created_at  INTEGER NOT NULL,
	PRIMARY KEY (blog_id, actor_id)
) STRICT;
CREATE INDEX IF NOT EXISTS followers_actor ON followers (actor_id);
CREATE INDEX IF NOT EXISTS followers_follow ON followers (follow_hash);

-- Followers whose inbox answered 404 or 410. Their actor's document is asked for once a day, and a
-- follower is removed only after that is gone on three days. Written by publisher.
--   strikes  the days on which the document was gone
CREATE TABLE IF NOT EXISTS departures (
	actor_id   INTEGER NOT NULL,
	due_at     INTEGER NOT NULL,
	strikes    INTEGER NOT NULL,
	created_at INTEGER NOT NULL,
	PRIMARY KEY (actor_id)
) STRICT;
CREATE INDEX IF NOT EXISTS departures_due ON departures (due_at);

-- What the world has been told of a post. Written by publisher.
--   content_hash  of the post as last told
--   revision      how many Updates were sent
--   created_at    of the Create; deleted_at of the Delete
--   updated_at    the "updated" of the last Update
--   told_at       when the last of these activities was made
--   community     id of the group that the post went into, so that its edits and its removal go
--                 there whatever the blog does later; '' for none
CREATE TABLE IF NOT EXISTS announcements (
	post_id      TEXT NOT NULL,
	blog_id      INTEGER NOT NULL,
	content_hash BLOB NOT NULL,
	hash_version INTEGER NOT NULL,
	revision     INTEGER NOT NULL,
	created_at   INTEGER NOT NULL,
	updated_at   INTEGER NOT NULL,
	told_at      INTEGER NOT NULL,
	deleted_at   INTEGER NOT NULL,
	community    TEXT NOT NULL DEFAULT '',
	PRIMARY KEY (post_id)
) STRICT;
CREATE INDEX IF NOT EXISTS announcements_blog ON announcements (blog_id, created_at);

-- The posts that followers were told are pinned. What differs from it is told with Add and Remove.
-- Written by publisher.
CREATE TABLE IF NOT EXISTS featured (
	blog_id    INTEGER NOT NULL,
	post_id    TEXT NOT NULL,
	created_at INTEGER NOT NULL,
	PRIMARY KEY (blog_id, post_id)
) STRICT;

-- The community (a Group, FEP-1b12) that a blog posts into, at most one. Written by publisher.
--   follow_uri  the id of the blog's Follow
--   state       pending, accepted or rejected, as the group has answered
CREATE TABLE IF NOT EXISTS communities (
	blog_id     INTEGER NOT NULL,
	actor_uri   TEXT NOT NULL,
	follow_uri  TEXT NOT NULL,
	follow_hash BLOB NOT NULL,
	state       TEXT NOT NULL,
	asked_at    INTEGER NOT NULL,
	answered_at INTEGER NOT NULL,
	PRIMARY KEY (blog_id)
) STRICT;
CREATE INDEX IF NOT EXISTS communities_follow ON communities (follow_hash);

-- Whom a handle, or the address of a profile, means that a text of ours names. Written by publisher.
--   actor_hash  the digest of the actor's id; that of nothing where nobody has the name
CREATE TABLE IF NOT EXISTS names (
	name_hash  BLOB NOT NULL,
	actor_hash BLOB NOT NULL,
	asked_at   INTEGER NOT NULL,
	PRIMARY KEY (name_hash)
) STRICT;
CREATE INDEX IF NOT EXISTS names_asked ON names (asked_at);

-- A page that several blogs of one server have as a post. Each announcement of such a post writes
-- turn as it was read, plus one: of two at the same moment one collides and looks again. Written by
-- publisher.
CREATE TABLE IF NOT EXISTS page_turns (
	page_key BLOB NOT NULL,
	turn     INTEGER NOT NULL,
	PRIMARY KEY (page_key)
) STRICT;

-- Written by package publisher/delivery: what leaves, to whom, and how those servers are.

-- The exact bytes of each activity that leaves, stored once however many inboxes it goes to.
-- Written by publisher/delivery.
--   sender       id of the actor that signs
--   object_hash  of sender and object: a sender's activities about one object reach a host in order
--   joined_body  for an Update, the Create with the same state, for inboxes that never got the
--                first Create
--   enqueued     how many deliveries there ever were, to check the ledger against
--   folded       how many deliveries succeeded so long ago that only their number is kept
CREATE TABLE IF NOT EXISTS activities (
	id          INTEGER NOT NULL,
	uri         TEXT NOT NULL,
	uri_hash    BLOB NOT NULL,
	sender      TEXT NOT NULL,
	kind        TEXT NOT NULL,
	object_hash BLOB NOT NULL,
	body        BLOB NOT NULL,
	joined_body BLOB NULL,
	enqueued    INTEGER NOT NULL DEFAULT 0,
	folded      INTEGER NOT NULL,
	created_at  INTEGER NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (uri_hash)
) STRICT;
CREATE INDEX IF NOT EXISTS activities_object ON activities (object_hash, id);

-- One row for each activity and inbox: the queue while it is pending, the ledger afterwards.
-- Written by publisher/delivery.
--   object_hash      that of the activity
--   state            pending, delivered, refused, gone, expired or cancelled
--   next_attempt_at  a claim moves it, with lease_until and lease_token
--   lease_token      of the last claim; recording a result with an older one changes nothing
--   expires_at       when tries end
--   last_status, last_answer  of the last try; 0 and why where there was no answer
--   joined           the activity's joined_body is sent
--   unsure           a try may have arrived although it seemed to fail
CREATE TABLE IF NOT EXISTS deliveries (
	activity_id     INTEGER NOT NULL,
	inbox_hash      BLOB NOT NULL,
	inbox           TEXT NOT NULL,
	host            TEXT NOT NULL,
	blog_id         INTEGER NOT NULL,
	object_hash     BLOB NOT NULL,
	joined          INTEGER NOT NULL DEFAULT 0,
	state           TEXT NOT NULL,
	attempts        INTEGER NOT NULL,
	unsure          INTEGER NOT NULL DEFAULT 0,
	next_attempt_at INTEGER NOT NULL,
	expires_at      INTEGER NOT NULL,
	lease_until     INTEGER NOT NULL,
	lease_token     INTEGER NOT NULL,
	last_status     INTEGER NOT NULL,
	last_answer     TEXT NOT NULL,
	created_at      INTEGER NOT NULL,
	settled_at      INTEGER NOT NULL,
	PRIMARY KEY (activity_id, inbox_hash)
) STRICT;
CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (state, next_attempt_at);
CREATE INDEX IF NOT EXISTS deliveries_order ON deliveries (object_hash, host, state, activity_id);
CREATE INDEX IF NOT EXISTS deliveries_host ON deliveries (host, state, activity_id);
CREATE INDEX IF NOT EXISTS deliveries_blog ON deliveries (blog_id);

-- The health of each host that has failed, taken something or asked for something. Rows that nobody
-- needs go after half a year. Written by publisher/delivery.
--   failures       in a row, those of one moment counted once; the first was at failing_since, and
--                  the last that counted at failed_at
--   paused_until   until then a failing host is left alone
--   held_until     until then an operator wants it left alone
--   doomed_at      when it was first seen to have failed for 90 days
--   succeeded_at   when it first took something, or last recovered; 0 for a host that never took
--                  anything
--   spoke_at       when somebody there first asked for something whose answer goes to it; 0 as well
--                  where it had taken something before that
--   purged_at, purged  when followers were given up with the host, and how many so far
CREATE TABLE IF NOT EXISTS hosts (
	host          TEXT NOT NULL,
	failures      INTEGER NOT NULL,
	failed_at     INTEGER NOT NULL DEFAULT 0,
	failing_since INTEGER NOT NULL,
	paused_until  INTEGER NOT NULL,
	held_until    INTEGER NOT NULL DEFAULT 0,
	doomed_at     INTEGER NOT NULL DEFAULT 0,
	purged_at     INTEGER NOT NULL DEFAULT 0,
	purged        INTEGER NOT NULL DEFAULT 0,
	succeeded_at  INTEGER NOT NULL,
	spoke_at      INTEGER NOT NULL DEFAULT 0,
	last_error    TEXT NOT NULL,
	updated_at    INTEGER NOT NULL,
	PRIMARY KEY (host)
) STRICT;
CREATE INDEX IF NOT EXISTS hosts_paused ON hosts (paused_until);

-- Hosts that accept a signature by RFC 9421 and, when last asked, none by draft-cavage. All others
-- are sent draft-cavage first. Written by publisher/delivery.
--   expires_at  a week after it was learned; then the host is like any other
CREATE TABLE IF NOT EXISTS host_schemes (
	host       TEXT NOT NULL,
	expires_at INTEGER NOT NULL,
	PRIMARY KEY (host)
) STRICT;
CREATE INDEX IF NOT EXISTS host_schemes_old ON host_schemes (expires_at);

-- Written by package replies: what comes back, how it is shown, and moderation.

-- Public and unlisted replies and quotes. A private reply has no row here, so that no query of the
-- public pages can reach one. Written by replies.
--   parent_id     the reply that this one answers; 0 for the post itself
--   root_id       the answer to the post that this one hangs below: its branch; for a root its own id
--   root_at, sort_at  where the branch stands in the thread, and the reply in its branch: when they
--                 were published, but for a reply always later than what it answers
--   url_hash      finds a reply by its page; NULL where that is on another host than the reply
--   author_id     its author among remote_actors; 0 for the blog itself
--   kind          reply or quote
--   cw            content warning
--   attachments   links to media, as JSON; nothing of it is fetched
--   tags          mentions and emoji pictures, as JSON; nothing of it is fetched
--   content_hash  of the content as its author wrote it
--   visibility    public or unlisted
--   status        held, shown, withheld, hidden, deleted or expired (see replies/thread/reply.go)
--   published_at  as the author says, but never later than received_at
--   approved_at   when a moderator approved it, which makes its author known on this blog
--   site          the registrable domain of its author's server: how much waits is bounded by it
--   size          of html, cw, attachments and url, in bytes
--   let_go_at     when its text goes, because nobody shows it; NULL where it stays
--   status_rule   what gave it its status (replies/thread/why.go), status_evidence what that saw, and
--                 status_since when; '', '' and 0 where nothing but the usual happened
--   status_before the status that a block took from it, for when the block is lifted; of a deleted
--                 reply, that it was hidden; '' for none
--   rule_before   the status_rule that goes with status_before, and evidence_before what that saw
CREATE TABLE IF NOT EXISTS replies (
	id           INTEGER NOT NULL,
	blog_id      INTEGER NOT NULL,
	post_id      TEXT NOT NULL,
	parent_id    INTEGER NOT NULL,
	root_id      INTEGER NOT NULL,
	root_at      INTEGER NOT NULL,
	sort_at      INTEGER NOT NULL,
	object_hash  BLOB NOT NULL,
	object_uri   TEXT NOT NULL,
	url          TEXT NOT NULL,
	url_hash     BLOB NULL,
	author_id    INTEGER NOT NULL,
	kind         TEXT NOT NULL DEFAULT 'reply',
	html         TEXT NOT NULL,
	cw           TEXT NOT NULL,
	language     TEXT NOT NULL,
	attachments  TEXT NOT NULL,
	tags         TEXT NULL,
	content_hash BLOB NOT NULL,
	visibility   TEXT NOT NULL,
	status       TEXT NOT NULL,
	published_at INTEGER NOT NULL,
	edited_at    INTEGER NOT NULL,
	received_at  INTEGER NOT NULL,
	approved_at  INTEGER NOT NULL,
	site         TEXT NOT NULL DEFAULT '',
	size         INTEGER NOT NULL DEFAULT 0,
	let_go_at    INTEGER NULL,
	status_rule     TEXT NOT NULL DEFAULT '',
	status_evidence TEXT NOT NULL DEFAULT '',
	status_since    INTEGER NOT NULL DEFAULT 0,
	status_before   TEXT NOT NULL DEFAULT '',
	rule_before     TEXT NOT NULL DEFAULT '',
	evidence_before TEXT NOT NULL DEFAULT '',
	PRIMARY KEY (id),
	UNIQUE (object_hash)
) STRICT;
CREATE INDEX IF NOT EXISTS replies_thread ON replies (post_id, status, published_at);
CREATE INDEX IF NOT EXISTS replies_branches ON replies (post_id, status, root_at, root_id);
CREATE INDEX IF NOT EXISTS replies_branch ON replies (root_id, status, sort_at);
CREATE INDEX IF NOT EXISTS replies_queue ON replies (status, id);
CREATE INDEX IF NOT EXISTS replies_author ON replies (author_id, blog_id, approved_at);
CREATE INDEX IF NOT EXISTS replies_said ON replies (author_id, post_id, status, received_at);
CREATE INDEX IF NOT EXISTS replies_url ON replies (url_hash);
CREATE INDEX IF NOT EXISTS replies_held ON replies (blog_id, status, site, author_id, size);
CREATE INDEX IF NOT EXISTS replies_old ON replies (let_go_at);

-- Likes and boosts of a post or a reply, one that counts for each target, actor and kind. Written by
-- replies.
--   target_hash    of the id of the post or reply
--   kind           like or boost; a like may carry an emoji; or dislike, which is counted nowhere
--   place          0 for the one that counts; the others of the kind are covered by it, the last of
--                  them with the highest place
--   reply_id       0 for the post itself
--   activity_hash  of the activity's id; of '' where it has none
--   state          shown, blocked (by a block of its actor), hidden (by a moderator), or undone (by
--                  its actor while it was hidden: should it come again, it is hidden again);
--                  covered where place is not 0
CREATE TABLE IF NOT EXISTS reactions (
	target_hash   BLOB NOT NULL,
	actor_id      INTEGER NOT NULL,
	kind          TEXT NOT NULL,
	place         INTEGER NOT NULL DEFAULT 0,
	blog_id       INTEGER NOT NULL,
	post_id       TEXT NOT NULL,
	reply_id      INTEGER NOT NULL,
	emoji         TEXT NOT NULL,
	activity_hash BLOB NOT NULL,
	state         TEXT NOT NULL DEFAULT 'shown',
	created_at    INTEGER NOT NULL,
	PRIMARY KEY (target_hash, actor_id, kind, place)
) STRICT;
CREATE INDEX IF NOT EXISTS reactions_post ON reactions (post_id, kind);
CREATE INDEX IF NOT EXISTS reactions_reply ON reactions (reply_id, state, kind);
CREATE INDEX IF NOT EXISTS reactions_activity ON reactions (activity_hash);
CREATE INDEX IF NOT EXISTS reactions_actor ON reactions (actor_id, state);

-- The thread below a post. Written by replies.
--   version  grows in the same transaction as any visible change of the thread: it is the ETag
--   replies, likes, boosts, quotes  what readers see; likes and boosts are those of the post itself
CREATE TABLE IF NOT EXISTS threads (
	post_id    TEXT NOT NULL,
	version    INTEGER NOT NULL,
	replies    INTEGER NOT NULL,
	likes      INTEGER NOT NULL,
	boosts     INTEGER NOT NULL,
	quotes     INTEGER NOT NULL DEFAULT 0,
	changed_at INTEGER NOT NULL,
	PRIMARY KEY (post_id)
) STRICT;

-- The permissions that we gave to quote a post (FEP-044f). A row is for ever: an object whose
-- permission was revoked does not get it again. Written by replies.
--   instrument_uri  the id of the quoting object
--   actor_uri       its author
CREATE TABLE IF NOT EXISTS quotes (
	id              INTEGER NOT NULL,
	blog_id         INTEGER NOT NULL,
	post_id         TEXT NOT NULL,
	instrument_hash BLOB NOT NULL,
	instrument_uri  TEXT NOT NULL,
	actor_hash      BLOB NOT NULL,
	actor_uri       TEXT NOT NULL,
	created_at      INTEGER NOT NULL,
	revoked_at      INTEGER NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (instrument_hash, post_id)
) STRICT;
CREATE INDEX IF NOT EXISTS quotes_actor ON quotes (actor_hash, blog_id);

-- The journal of the inbox: what came, and what became of it. Rows are written for verified senders
-- only. Written by replies.
--   dedupe     a second activity with the same key is a duplicate (inbox.Inbound.dedupe); NULL for none
--   about_hash of the id of what it is about; NULL for none
--   blog_id    0 where it is about no single blog
--   state      queued (for the worker), done or dropped; verdict says why
--   body       only while the row is queued, and never of a private activity
--   forwarded  the sender is not the actor, so nothing in it is believed
--   cause_site, asks_site  the registrable domains of who caused the row, and of whom the worker asks
CREATE TABLE IF NOT EXISTS received (
	id              INTEGER NOT NULL,
	dedupe          BLOB NULL,
	uri             TEXT NOT NULL,
	type            TEXT NOT NULL,
	actor_uri       TEXT NOT NULL,
	blog_id         INTEGER NOT NULL,
	state           TEXT NOT NULL,
	verdict         TEXT NOT NULL,
	cause_site      TEXT NOT NULL DEFAULT '',
	asks_site       TEXT NOT NULL DEFAULT '',
	forwarded       INTEGER NOT NULL DEFAULT 0,
	attempts        INTEGER NOT NULL,
	next_attempt_at INTEGER NOT NULL,
	lease_until     INTEGER NOT NULL,
	received_at     INTEGER NOT NULL,
	body            BLOB NULL,
	about_hash      BLOB NULL,
	PRIMARY KEY (id),
	UNIQUE (dedupe)
) STRICT;
CREATE INDEX IF NOT EXISTS received_due ON received (state, next_attempt_at);
CREATE INDEX IF NOT EXISTS received_cause ON received (state, cause_site);
CREATE INDEX IF NOT EXISTS received_age ON received (received_at);
CREATE INDEX IF NOT EXISTS received_about ON received (about_hash);

-- What was deleted, undone or made private and is not in our tables, remembered for a while so that
-- it cannot arrive afterwards. What we had, and was deleted, keeps its row in replies. Written by
-- replies.
--   key_hash    of the case (deleted, private or undone), the actor, and the id of the object or
--               activity
--   created_at  when it was remembered; of what was undone, when the Undo was signed
--   keep        true for Deletes and private objects, which are remembered longer than Undos
CREATE TABLE IF NOT EXISTS tombstones (
	key_hash   BLOB NOT NULL,
	created_at INTEGER NOT NULL,
	keep       INTEGER NOT NULL,
	PRIMARY KEY (key_hash)
) STRICT;
CREATE INDEX IF NOT EXISTS tombstones_age ON tombstones (keep, created_at);

-- Collections on other servers that are read in rounds, because nobody tells us what is added to
-- them. A row stays for a month, also when its last round is over, so that what a thread makes us
-- find stays bounded. Written by replies.
--   uri         of the reply, the adopted post or the adopted account that the collection is of
--   kind        replies or adopted (the answers to one of those), or outbox (what an account posts)
--   collection  what is read; fallback is read where that is missing
--   page        where this round goes on; '' at its start
--   pages       read in this round
--   rounds      that are over
--   found       how much was new, in all rounds
--   due_at      0 when the last round is over
CREATE TABLE IF NOT EXISTS crawls (
	id          INTEGER NOT NULL,
	uri         TEXT NOT NULL,
	uri_hash    BLOB NOT NULL,
	blog_id     INTEGER NOT NULL,
	post_id     TEXT NOT NULL,
	kind        TEXT NOT NULL,
	collection  TEXT NOT NULL,
	fallback    TEXT NOT NULL,
	page        TEXT NOT NULL,
	pages       INTEGER NOT NULL,
	rounds      INTEGER NOT NULL,
	found       INTEGER NOT NULL,
	due_at      INTEGER NOT NULL,
	lease_until INTEGER NOT NULL,
	created_at  INTEGER NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (uri_hash)
) STRICT;
CREATE INDEX IF NOT EXISTS crawls_due ON crawls (due_at);
CREATE INDEX IF NOT EXISTS crawls_post ON crawls (post_id);
CREATE INDEX IF NOT EXISTS crawls_created ON crawls (created_at);

-- Accounts that a blog's owner has elsewhere. What they write there about a post of the blog is
-- adopted: answers to it belong under the post. Written by replies.
CREATE TABLE IF NOT EXISTS adopted_accounts (
	blog_id    INTEGER NOT NULL,
	actor_hash BLOB NOT NULL,
	actor_uri  TEXT NOT NULL,
	handle     TEXT NOT NULL,
	created_at INTEGER NOT NULL,
	PRIMARY KEY (blog_id, actor_hash)
) STRICT;
CREATE INDEX IF NOT EXISTS adopted_accounts_actor ON adopted_accounts (actor_hash);

-- What those accounts wrote about posts. Written by replies.
--   uri_hash  of the id of what was written; post_id is the post that it is about
CREATE TABLE IF NOT EXISTS adopted (
	uri_hash   BLOB NOT NULL,
	blog_id    INTEGER NOT NULL,
	post_id    TEXT NOT NULL,
	actor_hash BLOB NOT NULL,
	PRIMARY KEY (uri_hash)
) STRICT;
CREATE INDEX IF NOT EXISTS adopted_account ON adopted (blog_id, actor_hash);

-- Who is kept out. Written by replies.
--   blog_id  0 for every blog here
--   kind     actor or domain
--   value    the actor's id, or the domain in lower case, which stands for its subdomains as well
CREATE TABLE IF NOT EXISTS blocks (
	id         INTEGER NOT NULL,
	blog_id    INTEGER NOT NULL,
	kind       TEXT NOT NULL,
	value      TEXT NOT NULL,
	value_hash BLOB NOT NULL,
	reason     TEXT NOT NULL,
	created_at INTEGER NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (kind, value_hash, blog_id)
) STRICT;

-- The log of moderation: who did what to what, when and why. Rows are only ever added. Written by
-- replies.
--   blog_id  0 for every blog here
--   what     such as approve, hide or block (moderation.Decision has the list)
--   target   the id of a reply, quote or report, or an actor or domain
CREATE TABLE IF NOT EXISTS decisions (
	id          INTEGER NOT NULL,
	blog_id     INTEGER NOT NULL,
	who         TEXT NOT NULL,
	what        TEXT NOT NULL,
	target      TEXT NOT NULL,
	target_hash BLOB NOT NULL,
	why         TEXT NOT NULL,
	created_at  INTEGER NOT NULL,
	PRIMARY KEY (id)
) STRICT;
CREATE INDEX IF NOT EXISTS decisions_target ON decisions (target_hash);
CREATE INDEX IF NOT EXISTS decisions_blog ON decisions (blog_id, id);

-- What other servers have reported to us (Flag). It is for the owner's eyes alone. Written by
-- replies.
--   site       the registrable domain that reports; how much one may report is limited by it
--   actor_uri  who reports, mostly a server's own actor
--   objects    the reported ids that are ours, a JSON list
--   reason     plain text
--   closed_at  0 while the report waits for the owner
CREATE TABLE IF NOT EXISTS reports (
	id         INTEGER NOT NULL,
	blog_id    INTEGER NOT NULL,
	site       TEXT NOT NULL,
	actor_uri  TEXT NOT NULL,
	objects    TEXT NOT NULL,
	reason     TEXT NOT NULL,
	created_at INTEGER NOT NULL,
	closed_at  INTEGER NOT NULL,
	closed_by  TEXT NOT NULL,
	PRIMARY KEY (id)
) STRICT;
CREATE INDEX IF NOT EXISTS reports_site ON reports (site, created_at);
CREATE INDEX IF NOT EXISTS reports_open ON reports (closed_at, id);

-- Written by package admin: who may open the admin pages.

-- Links into the admin pages that work once. Only the hash of a link's token is kept. Written by
-- admin.
CREATE TABLE IF NOT EXISTS tokens (
	token_hash BLOB NOT NULL,
	kind       TEXT NOT NULL,
	created_at INTEGER NOT NULL,
	expires_at INTEGER NOT NULL,
	used_at    INTEGER NOT NULL,
	PRIMARY KEY (token_hash)
) STRICT;
CREATE INDEX IF NOT EXISTS tokens_age ON tokens (expires_at);

-- Browsers that are signed in to the admin pages. Only the hash of the cookie is kept. Written by
-- admin.
CREATE TABLE IF NOT EXISTS sessions (
	token_hash BLOB NOT NULL,
	who        TEXT NOT NULL,
	created_at INTEGER NOT NULL,
	seen_at    INTEGER NOT NULL,
	expires_at INTEGER NOT NULL,
	PRIMARY KEY (token_hash)
) STRICT;
CREATE INDEX IF NOT EXISTS sessions_age ON sessions (expires_at);

-- Written by package database.

-- How processes wake each other. version, of the one row that there is, grows when a process ends
-- that has changed rows. Those that serve read it once a second, and look at all their tables when
-- it has changed.
CREATE TABLE IF NOT EXISTS wakeups (
	id      INTEGER NOT NULL,
	version INTEGER NOT NULL,
	PRIMARY KEY (id)
) STRICT;

-- Empty, always: whoever asks whether the database can be written writes a row and deletes it in one
-- transaction.
CREATE TABLE IF NOT EXISTS probes (
	id INTEGER NOT NULL,
	PRIMARY KEY (id)
) STRICT;

-- Goose's own table of the versions that have run. Two processes may both find that one is missing, and
-- wait for each other; the second fails here, and its transaction, the file again, is undone.
CREATE UNIQUE INDEX IF NOT EXISTS goose_db_version_once ON goose_db_version (version_id);
