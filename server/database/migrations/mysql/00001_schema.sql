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
-- MySQL commits each statement that changes the schema by itself, so an interrupted migration
-- leaves some of its tables behind. Every statement therefore does nothing where its table exists,
-- and the file can run again. Indexes are part of their table, because MySQL has no CREATE INDEX IF
-- NOT EXISTS. Column order, names, NULL and DEFAULT are the same as for SQLite.

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
	id              BIGINT NOT NULL,
	origin          VARCHAR(512) NOT NULL,
	base_url        VARCHAR(255) NOT NULL,
	from_public_url BOOLEAN NOT NULL,
	username        VARCHAR(30) NOT NULL,
	handle_host     VARCHAR(255) NOT NULL,
	title           VARCHAR(500) NOT NULL,
	summary         TEXT NOT NULL,
	site_url        VARCHAR(2048) NOT NULL,
	site_host       VARCHAR(255) NOT NULL,
	feed_url        VARCHAR(2048) NOT NULL,
	language        VARCHAR(35) NOT NULL,
	icon_url        VARCHAR(2048) NOT NULL,
	image_url       VARCHAR(2048) NOT NULL,
	many_authors    BOOLEAN NOT NULL DEFAULT 0,
	settings        TEXT NULL,
	also_known_as   TEXT NULL,
	moved_to        VARCHAR(2048) NOT NULL DEFAULT '',
	moved_at        BIGINT NOT NULL DEFAULT 0,
	created_at      BIGINT NOT NULL,
	PRIMARY KEY (id),
	UNIQUE KEY blogs_address (base_url, username),
	UNIQUE KEY blogs_handle (handle_host, username),
	KEY blogs_name (username),
	KEY blogs_site (site_host)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

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
	blog_id        BIGINT NOT NULL,
	next_at        BIGINT NOT NULL,
	lease_until    BIGINT NOT NULL,
	etag           VARCHAR(500) NOT NULL,
	last_modified  VARCHAR(100) NOT NULL,
	body_hash      BINARY(32) NULL,
	hash_version   INT NOT NULL,
	moved_to       VARCHAR(2048) NOT NULL,
	imported       BOOLEAN NOT NULL,
	polled_at      BIGINT NOT NULL,
	succeeded_at   BIGINT NOT NULL,
	changed_at     BIGINT NOT NULL,
	failures       INT NOT NULL,
	last_error     TEXT NOT NULL,
	retry_at       BIGINT NOT NULL DEFAULT 0,
	read_at        BIGINT NOT NULL DEFAULT 0,
	deaf_at        BIGINT NOT NULL DEFAULT 0,
	stopped_at     BIGINT NOT NULL DEFAULT 0,
	gone           INT NOT NULL DEFAULT 0,
	feed_format    VARCHAR(30) NOT NULL DEFAULT '',
	feed_charset   VARCHAR(40) NOT NULL DEFAULT '',
	feed_host      VARCHAR(255) NOT NULL DEFAULT '',
	link_host      VARCHAR(255) NOT NULL DEFAULT '',
	feed_title     VARCHAR(500) NOT NULL DEFAULT '',
	feed_language  VARCHAR(35) NOT NULL DEFAULT '',
	most_new       INT NOT NULL DEFAULT 0,
	missing        INT NOT NULL DEFAULT 0,
	ttl            INT NOT NULL DEFAULT 0,
	skip_hours     INT NOT NULL DEFAULT 0,
	skip_days      INT NOT NULL DEFAULT 0,
	cache_until    BIGINT NOT NULL DEFAULT 0,
	hub_url        VARCHAR(2048) NOT NULL DEFAULT '',
	topic_url      VARCHAR(2048) NOT NULL DEFAULT '',
	hub_changed_at BIGINT NULL,
	pushed_at      BIGINT NOT NULL DEFAULT 0,
	answered_at    BIGINT NOT NULL DEFAULT 0,
	PRIMARY KEY (blog_id),
	KEY polls_due (next_at),
	KEY polls_hub (hub_changed_at)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

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
	id            BIGINT NOT NULL,
	blog_id       BIGINT NOT NULL,
	hub_url       VARCHAR(2048) NOT NULL,
	topic_url     VARCHAR(2048) NOT NULL,
	name_hash     BINARY(32) NOT NULL,
	token         VARCHAR(64) NOT NULL,
	token_hash    BINARY(32) NOT NULL,
	secret        VARCHAR(64) NOT NULL,
	state         VARCHAR(12) NOT NULL,
	next_at       BIGINT NULL,
	lease_until   BIGINT NOT NULL,
	failures      INT NOT NULL,
	failing_since BIGINT NOT NULL,
	last_error    VARCHAR(500) NOT NULL,
	verified_at   BIGINT NOT NULL,
	expires_at    BIGINT NOT NULL,
	pushed_at     BIGINT NOT NULL,
	created_at    BIGINT NOT NULL,
	PRIMARY KEY (id),
	UNIQUE KEY subscriptions_name (blog_id, name_hash),
	UNIQUE KEY subscriptions_token (token_hash),
	KEY subscriptions_due (next_at)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- Tokens with which whatever publishes a blog may have its feed polled at once. Only the hash of a
-- token is kept. Written by feeds.
--   note  what the token is for, in the owner's words
CREATE TABLE IF NOT EXISTS hooks (
	id         BIGINT NOT NULL,
	blog_id    BIGINT NOT NULL,
	token_hash BINARY(32) NOT NULL,
	note       VARCHAR(200) NOT NULL,
	created_at BIGINT NOT NULL,
	used_at    BIGINT NOT NULL,
	PRIMARY KEY (id),
	UNIQUE KEY hooks_token (token_hash),
	KEY hooks_blog (blog_id, id)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

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
	id            CHAR(26) NOT NULL,
	blog_id       BIGINT NOT NULL,
	guid          TEXT NOT NULL,
	guid_hash     BINARY(32) NOT NULL,
	generation    INT NOT NULL DEFAULT 0,
	url           VARCHAR(2048) NOT NULL,
	title         TEXT NOT NULL,
	teaser        TEXT NOT NULL,
	content       MEDIUMTEXT NOT NULL,
	image_url     VARCHAR(2048) NOT NULL,
	image_alt     TEXT NOT NULL,
	tags          TEXT NOT NULL,
	author        VARCHAR(500) NOT NULL,
	language      VARCHAR(35) NOT NULL,
	attachments   TEXT NULL,
	published_at  BIGINT NOT NULL,
	first_seen_at BIGINT NOT NULL,
	edited_at     BIGINT NOT NULL,
	content_hash  BINARY(32) NOT NULL,
	hash_version  INT NOT NULL,
	announce      BOOLEAN NOT NULL,
	due_at        BIGINT NULL,
	held_at       BIGINT NOT NULL DEFAULT 0,
	held_by       VARCHAR(10) NOT NULL DEFAULT '',
	held_why      VARCHAR(500) NOT NULL DEFAULT '',
	held_like     VARCHAR(26) NOT NULL DEFAULT '',
	removed_at    BIGINT NOT NULL,
	removed_by    VARCHAR(10) NOT NULL DEFAULT '',
	pinned_at     BIGINT NOT NULL DEFAULT 0,
	absent_since  BIGINT NOT NULL DEFAULT 0,
	absent_polls  INT NOT NULL DEFAULT 0,
	PRIMARY KEY (id),
	KEY posts_due (due_at),
	KEY posts_guid (blog_id, guid_hash),
	KEY posts_newest (blog_id, removed_at, published_at, id),
	KEY posts_listed (blog_id, absent_since),
	KEY posts_held (held_at),
	KEY posts_pinned (blog_id, pinned_at)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- The addresses that a post has had: how a page finds its thread. Written by feeds.
--   page_key  pageurl.Key of the address
CREATE TABLE IF NOT EXISTS post_aliases (
	page_key   BINARY(32) NOT NULL,
	post_id    CHAR(26) NOT NULL,
	blog_id    BIGINT NOT NULL,
	created_at BIGINT NOT NULL,
	PRIMARY KEY (page_key, post_id),
	KEY post_aliases_post (post_id)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

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
	post_id       CHAR(26) NOT NULL,
	blog_id       BIGINT NOT NULL,
	etag          VARCHAR(500) NOT NULL,
	last_modified VARCHAR(100) NOT NULL,
	status        INT NOT NULL,
	title         VARCHAR(500) NOT NULL,
	text_digest   BINARY(32) NULL,
	base_hash     BINARY(32) NULL,
	feed_hash     BINARY(32) NULL,
	trusted       BOOLEAN NOT NULL,
	filled        VARCHAR(100) NOT NULL,
	looks         INT NOT NULL,
	gone_since    BIGINT NOT NULL,
	checked_at    BIGINT NOT NULL,
	check_at      BIGINT NULL,
	lease_until   BIGINT NOT NULL,
	PRIMARY KEY (post_id),
	KEY pages_due (check_at)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

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
	id         BIGINT NOT NULL,
	owner_hash BINARY(32) NOT NULL,
	owner      VARCHAR(2048) NOT NULL,
	kind       VARCHAR(20) NOT NULL,
	fragment   VARCHAR(64) NOT NULL DEFAULT '',
	sealed     MEDIUMBLOB NOT NULL,
	public_pem TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	signs_from BIGINT NOT NULL DEFAULT 0,
	retired_at BIGINT NOT NULL,
	shown_till BIGINT NOT NULL DEFAULT 0,
	PRIMARY KEY (id),
	UNIQUE KEY actor_keys_owner (owner_hash, kind, retired_at)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- A person or server elsewhere. Written by publisher.
--   uri             the actor's id; uri_hash finds it
--   host            the authority of uri: the name, and the port where one is written
--   shared_gone_at  when the shared inbox answered 404 or 410; for a week the personal inboxes
--                   behind it are used instead
--   no_index        the author wants nothing of theirs in search engines
--   hides_unlisted, hides_public  the author shows unlisted or public posts only to people who are
--                   logged in to a fediverse server
CREATE TABLE IF NOT EXISTS remote_actors (
	id             BIGINT NOT NULL,
	uri_hash       BINARY(32) NOT NULL,
	uri            VARCHAR(2048) NOT NULL,
	host           VARCHAR(255) NOT NULL,
	type           VARCHAR(50) NOT NULL,
	username       VARCHAR(255) NOT NULL,
	handle         VARCHAR(511) NOT NULL,
	name           VARCHAR(500) NOT NULL,
	url            VARCHAR(2048) NOT NULL,
	avatar_url     VARCHAR(2048) NOT NULL,
	inbox          VARCHAR(2048) NOT NULL,
	shared_inbox   VARCHAR(2048) NOT NULL,
	followers_uri  VARCHAR(2048) NOT NULL,
	fetched_at     BIGINT NOT NULL,
	gone_at        BIGINT NOT NULL,
	shared_gone_at BIGINT NOT NULL DEFAULT 0,
	no_index       BOOLEAN NOT NULL DEFAULT 0,
	hides_unlisted BOOLEAN NOT NULL DEFAULT 0,
	hides_public   BOOLEAN NOT NULL DEFAULT 0,
	PRIMARY KEY (id),
	UNIQUE KEY remote_actors_uri (uri_hash),
	KEY remote_actors_host (host),
	KEY remote_actors_inbox (inbox(191)),
	KEY remote_actors_shared (shared_inbox(191)),
	KEY remote_actors_shared_gone (shared_gone_at)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- Public keys of remote actors, and the memory of keys that could not be had, so that a stranger
-- cannot make us ask for one again and again. Written by publisher.
--   fetched_at  when pem was last had
--   tried_at    when the key's server was last asked
--   failure     why that failed: unreachable, gone, deleted, or "refused: " and the reason; ''
--               after a success
CREATE TABLE IF NOT EXISTS remote_keys (
	key_hash   BINARY(32) NOT NULL,
	key_uri    VARCHAR(2048) NOT NULL,
	owner_hash BINARY(32) NULL,
	owner_uri  VARCHAR(2048) NOT NULL,
	pem        TEXT NOT NULL,
	fetched_at BIGINT NOT NULL,
	tried_at   BIGINT NOT NULL,
	failure    VARCHAR(500) NOT NULL,
	PRIMARY KEY (key_hash),
	KEY remote_keys_owner (owner_hash),
	KEY remote_keys_tried (tried_at)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- Who follows which blog. Written by publisher.
--   follow_uri  the id of the Follow
CREATE TABLE IF NOT EXISTS followers (
	blog_id     BIGINT NOT NULL,
	actor_id    BIGINT NOT NULL,
	follow_uri  VARCHAR(2048) NOT NULL,
	follow_hash BINARY(32) NOT NULL,
	created_at  BIGINT NOT NULL,
	PRIMARY KEY (blog_id, actor_id),
	KEY followers_actor (actor_id),
	KEY followers_follow (follow_hash)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- Followers whose inbox answered 404 or 410. Their actor's document is asked for once a day, and a
-- follower is removed only after that is gone on three days. Written by publisher.
--   strikes  the days on which the document was gone
CREATE TABLE IF NOT EXISTS departures (
	actor_id   BIGINT NOT NULL,
	due_at     BIGINT NOT NULL,
	strikes    INT NOT NULL,
	created_at BIGINT NOT NULL,
	PRIMARY KEY (actor_id),
	KEY departures_due (due_at)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- What the world has been told of a post. Written by publisher.
--   content_hash  of the post as last told
--   revision      how many Updates were sent
--   created_at    of the Create; deleted_at of the Delete
--   updated_at    the "updated" of the last Update
--   told_at       when the last of these activities was made
--   community     id of the group that the post went into, so that its edits and its removal go
--                 there whatever the blog does later; '' for none
CREATE TABLE IF NOT EXISTS announcements (
	post_id      CHAR(26) NOT NULL,
	blog_id      BIGINT NOT NULL,
	content_hash BINARY(32) NOT NULL,
	hash_version INT NOT NULL,
	revision     INT NOT NULL,
	created_at   BIGINT NOT NULL,
	updated_at   BIGINT NOT NULL,
	told_at      BIGINT NOT NULL,
	deleted_at   BIGINT NOT NULL,
	community    VARCHAR(2048) NOT NULL DEFAULT '',
	PRIMARY KEY (post_id),
	KEY announcements_blog (blog_id, created_at)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- The posts that followers were told are pinned. What differs from it is told with Add and Remove.
-- Written by publisher.
CREATE TABLE IF NOT EXISTS featured (
	blog_id    BIGINT NOT NULL,
	post_id    CHAR(26) NOT NULL,
	created_at BIGINT NOT NULL,
	PRIMARY KEY (blog_id, post_id)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- The community (a Group, FEP-1b12) that a blog posts into, at most one. Written by publisher.
--   follow_uri  the id of the blog's Follow
--   state       pending, accepted or rejected, as the group has answered
CREATE TABLE IF NOT EXISTS communities (
	blog_id     BIGINT NOT NULL,
	actor_uri   VARCHAR(2048) NOT NULL,
	follow_uri  VARCHAR(2048) NOT NULL,
	follow_hash BINARY(32) NOT NULL,
	state       VARCHAR(20) NOT NULL,
	asked_at    BIGINT NOT NULL,
	answered_at BIGINT NOT NULL,
	PRIMARY KEY (blog_id),
	KEY communities_follow (follow_hash)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- Whom a handle, or the address of a profile, means that a text of ours names. Written by publisher.
--   actor_hash  the digest of the actor's id; that of nothing where nobody has the name
CREATE TABLE IF NOT EXISTS names (
	name_hash  BINARY(32) NOT NULL,
	actor_hash BINARY(32) NOT NULL,
	asked_at   BIGINT NOT NULL,
	PRIMARY KEY (name_hash),
	KEY names_asked (asked_at)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- A page that several blogs of one server have as a post. Each announcement of such a post writes
-- turn as it was read, plus one: of two at the same moment one collides and looks again. Written by
-- publisher.
CREATE TABLE IF NOT EXISTS page_turns (
	page_key BINARY(32) NOT NULL,
	turn     BIGINT NOT NULL,
	PRIMARY KEY (page_key)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

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
	id          BIGINT NOT NULL,
	uri         VARCHAR(2048) NOT NULL,
	uri_hash    BINARY(32) NOT NULL,
	sender      VARCHAR(2048) NOT NULL,
	kind        VARCHAR(30) NOT NULL,
	object_hash BINARY(32) NOT NULL,
	body        MEDIUMBLOB NOT NULL,
	joined_body MEDIUMBLOB NULL,
	enqueued    INT NOT NULL DEFAULT 0,
	folded      INT NOT NULL,
	created_at  BIGINT NOT NULL,
	PRIMARY KEY (id),
	UNIQUE KEY activities_uri (uri_hash),
	KEY activities_object (object_hash, id)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

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
	activity_id     BIGINT NOT NULL,
	inbox_hash      BINARY(32) NOT NULL,
	inbox           VARCHAR(2048) NOT NULL,
	host            VARCHAR(255) NOT NULL,
	blog_id         BIGINT NOT NULL,
	object_hash     BINARY(32) NOT NULL,
	joined          INT NOT NULL DEFAULT 0,
	state           VARCHAR(12) NOT NULL,
	attempts        INT NOT NULL,
	unsure          INT NOT NULL DEFAULT 0,
	next_attempt_at BIGINT NOT NULL,
	expires_at      BIGINT NOT NULL,
	lease_until     BIGINT NOT NULL,
	lease_token     BIGINT NOT NULL,
	last_status     INT NOT NULL,
	last_answer     VARCHAR(512) NOT NULL,
	created_at      BIGINT NOT NULL,
	settled_at      BIGINT NOT NULL,
	PRIMARY KEY (activity_id, inbox_hash),
	KEY deliveries_due (state, next_attempt_at),
	KEY deliveries_order (object_hash, host, state, activity_id),
	KEY deliveries_host (host, state, activity_id),
	KEY deliveries_blog (blog_id)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

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
	host          VARCHAR(255) NOT NULL,
	failures      INT NOT NULL,
	failed_at     BIGINT NOT NULL DEFAULT 0,
	failing_since BIGINT NOT NULL,
	paused_until  BIGINT NOT NULL,
	held_until    BIGINT NOT NULL DEFAULT 0,
	doomed_at     BIGINT NOT NULL DEFAULT 0,
	purged_at     BIGINT NOT NULL DEFAULT 0,
	purged        INT NOT NULL DEFAULT 0,
	succeeded_at  BIGINT NOT NULL,
	spoke_at      BIGINT NOT NULL DEFAULT 0,
	last_error    VARCHAR(512) NOT NULL,
	updated_at    BIGINT NOT NULL,
	PRIMARY KEY (host),
	KEY hosts_paused (paused_until)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- Hosts that accept a signature by RFC 9421 and, when last asked, none by draft-cavage. All others
-- are sent draft-cavage first. Written by publisher/delivery.
--   expires_at  a week after it was learned; then the host is like any other
CREATE TABLE IF NOT EXISTS host_schemes (
	host       VARCHAR(255) NOT NULL,
	expires_at BIGINT NOT NULL,
	PRIMARY KEY (host),
	KEY host_schemes_old (expires_at)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

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
	id           BIGINT NOT NULL,
	blog_id      BIGINT NOT NULL,
	post_id      CHAR(26) NOT NULL,
	parent_id    BIGINT NOT NULL,
	root_id      BIGINT NOT NULL,
	root_at      BIGINT NOT NULL,
	sort_at      BIGINT NOT NULL,
	object_hash  BINARY(32) NOT NULL,
	object_uri   VARCHAR(2048) NOT NULL,
	url          VARCHAR(2048) NOT NULL,
	url_hash     BINARY(32) NULL,
	author_id    BIGINT NOT NULL,
	kind         VARCHAR(10) NOT NULL DEFAULT 'reply',
	html         MEDIUMTEXT NOT NULL,
	cw           TEXT NOT NULL,
	language     VARCHAR(35) NOT NULL,
	attachments  TEXT NOT NULL,
	tags         TEXT NULL,
	content_hash BINARY(32) NOT NULL,
	visibility   VARCHAR(12) NOT NULL,
	status       VARCHAR(12) NOT NULL,
	published_at BIGINT NOT NULL,
	edited_at    BIGINT NOT NULL,
	received_at  BIGINT NOT NULL,
	approved_at  BIGINT NOT NULL,
	site         VARCHAR(255) NOT NULL DEFAULT '',
	size         BIGINT NOT NULL DEFAULT 0,
	let_go_at    BIGINT NULL,
	status_rule     VARCHAR(20) NOT NULL DEFAULT '',
	status_evidence VARCHAR(2048) NOT NULL DEFAULT '',
	status_since    BIGINT NOT NULL DEFAULT 0,
	status_before   VARCHAR(12) NOT NULL DEFAULT '',
	rule_before     VARCHAR(20) NOT NULL DEFAULT '',
	evidence_before VARCHAR(2048) NOT NULL DEFAULT '',
	PRIMARY KEY (id),
	UNIQUE KEY replies_object (object_hash),
	KEY replies_thread (post_id, status, published_at),
	KEY replies_branches (post_id, status, root_at, root_id),
	KEY replies_branch (root_id, status, sort_at),
	KEY replies_queue (status, id),
	KEY replies_author (author_id, blog_id, approved_at),
	KEY replies_said (author_id, post_id, status, received_at),
	KEY replies_url (url_hash),
	KEY replies_held (blog_id, status, site, author_id, size),
	KEY replies_old (let_go_at)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

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
	target_hash   BINARY(32) NOT NULL,
	actor_id      BIGINT NOT NULL,
	kind          VARCHAR(12) NOT NULL,
	place         BIGINT NOT NULL DEFAULT 0,
	blog_id       BIGINT NOT NULL,
	post_id       CHAR(26) NOT NULL,
	reply_id      BIGINT NOT NULL,
	emoji         VARCHAR(100) NOT NULL,
	activity_hash BINARY(32) NOT NULL,
	state         VARCHAR(12) NOT NULL DEFAULT 'shown',
	created_at    BIGINT NOT NULL,
	PRIMARY KEY (target_hash, actor_id, kind, place),
	KEY reactions_post (post_id, kind),
	KEY reactions_reply (reply_id, state, kind),
	KEY reactions_activity (activity_hash),
	KEY reactions_actor (actor_id, state)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- The thread below a post. Written by replies.
--   version  grows in the same transaction as any visible change of the thread: it is the ETag
--   replies, likes, boosts, quotes  what readers see; likes and boosts are those of the post itself
CREATE TABLE IF NOT EXISTS threads (
	post_id    CHAR(26) NOT NULL,
	version    BIGINT NOT NULL,
	replies    INT NOT NULL,
	likes      INT NOT NULL,
	boosts     INT NOT NULL,
	quotes     INT NOT NULL DEFAULT 0,
	changed_at BIGINT NOT NULL,
	PRIMARY KEY (post_id)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- The permissions that we gave to quote a post (FEP-044f). A row is for ever: an object whose
-- permission was revoked does not get it again. Written by replies.
--   instrument_uri  the id of the quoting object
--   actor_uri       its author
CREATE TABLE IF NOT EXISTS quotes (
	id              BIGINT NOT NULL,
	blog_id         BIGINT NOT NULL,
	post_id         CHAR(26) NOT NULL,
	instrument_hash BINARY(32) NOT NULL,
	instrument_uri  VARCHAR(2048) NOT NULL,
	actor_hash      BINARY(32) NOT NULL,
	actor_uri       VARCHAR(2048) NOT NULL,
	created_at      BIGINT NOT NULL,
	revoked_at      BIGINT NOT NULL,
	PRIMARY KEY (id),
	UNIQUE KEY quotes_instrument (instrument_hash, post_id),
	KEY quotes_actor (actor_hash, blog_id)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

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
	id              BIGINT NOT NULL,
	dedupe          BINARY(32) NULL,
	uri             VARCHAR(2048) NOT NULL,
	type            VARCHAR(50) NOT NULL,
	actor_uri       VARCHAR(2048) NOT NULL,
	blog_id         BIGINT NOT NULL,
	state           VARCHAR(12) NOT NULL,
	verdict         VARCHAR(500) NOT NULL,
	cause_site      VARCHAR(255) NOT NULL DEFAULT '',
	asks_site       VARCHAR(255) NOT NULL DEFAULT '',
	forwarded       BOOLEAN NOT NULL DEFAULT 0,
	attempts        INT NOT NULL,
	next_attempt_at BIGINT NOT NULL,
	lease_until     BIGINT NOT NULL,
	received_at     BIGINT NOT NULL,
	body            MEDIUMBLOB NULL,
	about_hash      BINARY(32) NULL,
	PRIMARY KEY (id),
	UNIQUE KEY received_dedupe (dedupe),
	KEY received_due (state, next_attempt_at),
	KEY received_cause (state, cause_site),
	KEY received_age (received_at),
	KEY received_about (about_hash)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- What was deleted, undone or made private and is not in our tables, remembered for a while so that
-- it cannot arrive afterwards. What we had, and was deleted, keeps its row in replies. Written by
-- replies.
--   key_hash    of the case (deleted, private or undone), the actor, and the id of the object or
--               activity
--   created_at  when it was remembered; of what was undone, when the Undo was signed
--   keep        true for Deletes and private objects, which are remembered longer than Undos
CREATE TABLE IF NOT EXISTS tombstones (
	key_hash   BINARY(32) NOT NULL,
	created_at BIGINT NOT NULL,
	keep       BOOLEAN NOT NULL,
	PRIMARY KEY (key_hash),
	KEY tombstones_age (keep, created_at)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

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
	id          BIGINT NOT NULL,
	uri         VARCHAR(2048) NOT NULL,
	uri_hash    BINARY(32) NOT NULL,
	blog_id     BIGINT NOT NULL,
	post_id     CHAR(26) NOT NULL,
	kind        VARCHAR(20) NOT NULL,
	collection  VARCHAR(2048) NOT NULL,
	fallback    VARCHAR(2048) NOT NULL,
	page        VARCHAR(2048) NOT NULL,
	pages       INT NOT NULL,
	rounds      INT NOT NULL,
	found       INT NOT NULL,
	due_at      BIGINT NOT NULL,
	lease_until BIGINT NOT NULL,
	created_at  BIGINT NOT NULL,
	PRIMARY KEY (id),
	UNIQUE KEY crawls_uri (uri_hash),
	KEY crawls_due (due_at),
	KEY crawls_post (post_id),
	KEY crawls_created (created_at)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- Accounts that a blog's owner has elsewhere. What they write there about a post of the blog is
-- adopted: answers to it belong under the post. Written by replies.
CREATE TABLE IF NOT EXISTS adopted_accounts (
	blog_id    BIGINT NOT NULL,
	actor_hash BINARY(32) NOT NULL,
	actor_uri  VARCHAR(2048) NOT NULL,
	handle     VARCHAR(600) NOT NULL,
	created_at BIGINT NOT NULL,
	PRIMARY KEY (blog_id, actor_hash),
	KEY adopted_accounts_actor (actor_hash)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- What those accounts wrote about posts. Written by replies.
--   uri_hash  of the id of what was written; post_id is the post that it is about
CREATE TABLE IF NOT EXISTS adopted (
	uri_hash   BINARY(32) NOT NULL,
	blog_id    BIGINT NOT NULL,
	post_id    CHAR(26) NOT NULL,
	actor_hash BINARY(32) NOT NULL,
	PRIMARY KEY (uri_hash),
	KEY adopted_account (blog_id, actor_hash)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- Who is kept out. Written by replies.
--   blog_id  0 for every blog here
--   kind     actor or domain
--   value    the actor's id, or the domain in lower case, which stands for its subdomains as well
CREATE TABLE IF NOT EXISTS blocks (
	id         BIGINT NOT NULL,
	blog_id    BIGINT NOT NULL,
	kind       VARCHAR(12) NOT NULL,
	value      VARCHAR(2048) NOT NULL,
	value_hash BINARY(32) NOT NULL,
	reason     TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	PRIMARY KEY (id),
	UNIQUE KEY blocks_value (kind, value_hash, blog_id)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- The log of moderation: who did what to what, when and why. Rows are only ever added. Written by
-- replies.
--   blog_id  0 for every blog here
--   what     such as approve, hide or block (moderation.Decision has the list)
--   target   the id of a reply, quote or report, or an actor or domain
CREATE TABLE IF NOT EXISTS decisions (
	id          BIGINT NOT NULL,
	blog_id     BIGINT NOT NULL,
	who         VARCHAR(255) NOT NULL,
	what        VARCHAR(30) NOT NULL,
	target      VARCHAR(2048) NOT NULL,
	target_hash BINARY(32) NOT NULL,
	why         TEXT NOT NULL,
	created_at  BIGINT NOT NULL,
	PRIMARY KEY (id),
	KEY decisions_target (target_hash),
	KEY decisions_blog (blog_id, id)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- What other servers have reported to us (Flag). It is for the owner's eyes alone. Written by
-- replies.
--   site       the registrable domain that reports; how much one may report is limited by it
--   actor_uri  who reports, mostly a server's own actor
--   objects    the reported ids that are ours, a JSON list
--   reason     plain text
--   closed_at  0 while the report waits for the owner
CREATE TABLE IF NOT EXISTS reports (
	id         BIGINT NOT NULL,
	blog_id    BIGINT NOT NULL,
	site       VARCHAR(255) NOT NULL,
	actor_uri  VARCHAR(2048) NOT NULL,
	objects    TEXT NOT NULL,
	reason     TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	closed_at  BIGINT NOT NULL,
	closed_by  VARCHAR(255) NOT NULL,
	PRIMARY KEY (id),
	KEY reports_site (site, created_at),
	KEY reports_open (closed_at, id)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- Written by package admin: who may open the admin pages.

-- Links into the admin pages that work once. Only the hash of a link's token is kept. Written by
-- admin.
CREATE TABLE IF NOT EXISTS tokens (
	token_hash BINARY(32) NOT NULL,
	kind       VARCHAR(12) NOT NULL,
	created_at BIGINT NOT NULL,
	expires_at BIGINT NOT NULL,
	used_at    BIGINT NOT NULL,
	PRIMARY KEY (token_hash),
	KEY tokens_age (expires_at)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- Browsers that are signed in to the admin pages. Only the hash of the cookie is kept. Written by
-- admin.
CREATE TABLE IF NOT EXISTS sessions (
	token_hash BINARY(32) NOT NULL,
	who        VARCHAR(255) NOT NULL,
	created_at BIGINT NOT NULL,
	seen_at    BIGINT NOT NULL,
	expires_at BIGINT NOT NULL,
	PRIMARY KEY (token_hash),
	KEY sessions_age (expires_at)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- Written by package database.

-- How processes wake each other. version, of the one row that there is, grows when a process ends
-- that has changed rows. Those that serve read it once a second, and look at all their tables when
-- it has changed.
CREATE TABLE IF NOT EXISTS wakeups (
	id      BIGINT NOT NULL,
	version BIGINT NOT NULL,
	PRIMARY KEY (id)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- Empty, always: whoever asks whether the database can be written writes a row and deletes it in one
-- transaction.
CREATE TABLE IF NOT EXISTS probes (
	id BIGINT NOT NULL,
	PRIMARY KEY (id)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
