package bounds

import "time"

// Rate is how often something may happen for one name: Burst times at once, and then once in each
// Every.
type Rate struct {
	Burst int
	Every time.Duration
}

// Requests before anything is verified.
var (
	// UnverifiedRequests is of requests whose signature does not verify, or whose key cannot be
	// had.
	//
	//	per:    network: an IPv4 address, or an IPv6 /64
	//	honest: a server with a wrong clock, which sends what it has and tries it again
	//	beyond: 429 where we would have to ask for a key; keys that are stored still verify, for a network is
	//	        shared
	UnverifiedRequests = Rate{Burst: 300, Every: time.Second / 2}

	// KeyQuestions is of people whom we have not met before, counted when a signature of theirs is
	// verified.
	//
	//	per:    site
	//	honest: a post is read everywhere, and a thousand readers of one large server come at once; then 36,000 an hour
	//	beyond: 429; the same request is welcome again in a minute
	KeyQuestions = Rate{Burst: 1000, Every: time.Second / 10}
)

// Questions to other servers: keys, actors and objects. What waits for its turn has it by whoever
// causes it, proven networks first.
const (
	// LookupsPerHost is of questions that one host is asked at once.
	//
	//	per:    host that is asked; site, for those whose network is not known
	//	honest: at 100 ms for each, the thousand new readers of a large server are met in 25 s
	//	beyond: they wait for their turn; what fails has half of it
	LookupsPerHost = 4

	// LookupsPerSite is of questions to all hosts of a site at once: whoever has a domain has all
	// the names below it.
	//
	//	per:    site that is asked
	//	honest: a server whose actors and objects are on two hosts
	//	beyond: they wait for their turn
	LookupsPerSite = 8

	// LookupsPerNetwork is of questions that one network causes at once.
	//
	//	per:    network, or site whose word is verified; three quarters of all for those whose network is not known
	//	honest: a server passes on what people on sixteen slow servers said
	//	beyond: they wait for their turn
	LookupsPerNetwork = 16

	// LookupsAtOnce is of questions to all servers at once.
	//
	//	per:    process
	//	honest: a post is read everywhere, and each server answers in a second: 64 new ones a second
	//	beyond: they wait for their turn
	LookupsAtOnce = 64

	// LookupsWaiting is of requests that wait for an answer.
	//
	//	per:    network
	//	honest: Mastodon sends one server no more than some dozens at once
	//	beyond: 429; the same request is welcome again in a minute
	LookupsWaiting = 100

	// LookupsWaitingAll is of questions that wait for their turn.
	//
	//	per:    process
	//	honest: a post is read everywhere: twenty large servers come at once
	//	beyond: 429 for whoever has the most waiting, and first of all for those who failed before
	LookupsWaitingAll = 2000
)

var (
	// LookupPace is of requests to a site, each knock and redirect being one, for networks that
	// have not spoken for it.
	//
	//	per:    site that is asked
	//	honest: the first readers of a server, before one of them is verified; parents of what others answer
	//	beyond: they wait for their turn; for at most 8 s, then 429
	LookupPace = Rate{Burst: 200, Every: time.Second / 20}

	// LookupFailures is of requests that could not be verified, and of questions under way, which
	// may fail.
	//
	//	per:    network; four times as many for an IPv6 /48
	//	honest: a server with some keys that are gone, or that has us ask five others at once
	//	beyond: what it causes waits for what all others cause
	LookupFailures = Rate{Burst: 5, Every: 10 * time.Second}
)

const (
	// InboxBody is of one activity, in bytes.
	//
	//	per:    request
	//	honest: Mastodon takes no larger one
	//	beyond: 413
	InboxBody = 1 << 20
)

// What we send because somebody asked, and how much of us one site takes up.
const (
	// RequestsPerSite is of deliveries on their way, or claimed and next, at a time.
	//
	//	per:    site
	//	honest: a platform that gives each of its blogs a host: at a tenth of a second each it gets 1,280 a second
	//	beyond: they wait for room; nothing else waits for them
	RequestsPerSite = 128

	// RequestsPerSlowSite is that of a site whose hosts take half a second or more to answer, or do
	// not answer.
	//
	//	per:    site
	//	honest: a platform on a bad day; two for each of eight hosts
	//	beyond: they wait for their turn
	RequestsPerSlowSite = 16

	// TrialsAtOnce is of deliveries at a time to hosts that have never taken anything.
	//
	//	per:    site
	//	honest: some people who are new on a platform follow in the same second
	//	beyond: they wait for their turn
	TrialsAtOnce = 4

	// InboxesElsewhere is of inboxes, on another site than the actors who name them, that get what
	// followers get.
	//
	//	per:    site of the inboxes, and post
	//	honest: nearly nobody has such an inbox; the hosting service of some static blogs
	//	beyond: they get nothing; whoever came first does. Edits and removals go to as many again
	//	        of people who only did something with the post, within ReadersPerSite
	InboxesElsewhere = 10
)

var (
	// AnswersPerPerson is of answers to Follows and requests to quote.
	//
	//	per:    person and blog
	//	honest: somebody follows, leaves and follows again, or quotes every post of a week in an evening
	//	beyond: 429, so that their server asks again
	AnswersPerPerson = Rate{Burst: 20, Every: 10 * time.Minute}

	// AnswersPerSite is of the same.
	//
	//	per:    site
	//	honest: a post is read everywhere, and a thousand people of one large server follow at once; then 3,600 an hour
	//	beyond: 429, so that their server asks again
	AnswersPerSite = Rate{Burst: 1000, Every: time.Second}

	// AnswersElsewhere is of the same to inboxes on another site than the actors who name them.
	//
	//	per:    site of the actors and site of the inboxes
	//	honest: people of one domain whose inboxes are at a hosting service
	//	beyond: 429, so that their server asks again
	AnswersElsewhere = Rate{Burst: 20, Every: 10 * time.Minute}

	// AnswersToStrangers is of those of AnswersElsewhere that go to hosts which have never taken
	// anything.
	//
	//	per:    site of the inboxes
	//	honest: the blogs of a hosting service, each with a domain of its own, until it has taken the first answer
	//	beyond: 429, so that their server asks again
	AnswersToStrangers = Rate{Burst: 200, Every: 10 * time.Second}

	// Trials is of deliveries to hosts that have never taken anything, and from which nobody has
	// asked.
	//
	//	per:    site
	//	honest: a platform's new hosts ask themselves; some follow with an inbox on a second host, which is free once it has taken something
	//	beyond: they wait for their turn
	Trials = Rate{Burst: 50, Every: time.Minute}
)

// What verified people send.
var (
	// ForwardLimit is of things that somebody has us ask others for: unknown parents, objects sent
	// by their id alone.
	//
	//	per:    site
	//	honest: a large community has some hundreds of comments on a lively day
	//	beyond: 429, so that their server tries again
	ForwardLimit = Rate{Burst: 500, Every: 2 * time.Second}
)

const (
	// ReportsPerDay is of reports.
	//
	//	per:    site and day
	//	honest: a large server's moderators on the day of a scandal
	//	beyond: accepted and dropped, and the journal says so
	ReportsPerDay = 100
)

// The time and the room that a request takes in trouble.
const (
	// AnswerIn is how long a request may take until its answer begins, once it is there.
	//
	//	per:    request
	//	honest: a page of comments on a machine that is busy with a backup; it takes 50 ms on two idle cores
	//	beyond: 503 with Retry-After; senders try again, and what they sent has its effect once
	AnswerIn = 5 * time.Second

	// AnswerAfterAsking is AnswerIn where the document of the sender's key has to be asked for
	// first.
	//
	//	per:    request
	//	honest: a server that takes some seconds to show a key; Mastodon waits 10 s for an answer from us
	//	beyond: 503; the question goes on, and the same request finds the answer when it comes again
	AnswerAfterAsking = 9 * time.Second

	// ReadyIn is how long readyz waits for the database, which it writes to.
	//
	//	per:    question
	//	honest: a disk that is busy with a backup, or a cluster that waits for its slowest node
	//	beyond: 503, not ready
	ReadyIn = 4 * time.Second

	// ReadyFor is how long an answer of readyz is believed.
	//
	//	per:    process
	//	honest: load balancers that ask every second, several of them
	//	beyond: the database is asked again, by one question whatever the number of askers
	ReadyFor = time.Second
)

// What the log may grow by.
const (
	// LogValue is of one value in a line of the log, in bytes.
	//
	//	per:    value of a line below error
	//	honest: an address, and what was wrong with it
	//	beyond: cut, with the number of bytes that are left out
	LogValue = 500

	// LogTrouble is LogValue for errors.
	//
	//	per:    value of a line
	//	honest: the stack of a panic
	//	beyond: cut, with the number of bytes that are left out
	LogTrouble = 8 << 10

	// LogLines is of lines of one kind (server/logline).
	//
	//	per:    kind and minute
	//	honest: the loops of a server that has lost its database say so, each once
	//	beyond: counted, and told at the end of the minute
	LogLines = 10

	// LogKinds is of kinds among warnings or errors of one message, which differ in their err.
	//
	//	per:    message and minute
	//	honest: a request fails for want of room on the disk, of a right, of a table
	//	beyond: further ones count as one kind
	LogKinds = 10
)

// Whom an edit or a removal of a post is sent to beside the followers.
const (
	// ReadersTold is of people who answered, liked, boosted or quoted a post, and whose servers
	// hear of its edits and its removal.
	//
	//	per:    post
	//	honest: a post that everybody talks about for a week; most of them are on servers with followers, which count once
	//	beyond: those who came later hear nothing by this way; followers, and servers that the post went to, hear all the same
	ReadersTold = 5000

	// ReadersPerSite is of inboxes that are told because of such people.
	//
	//	per:    post and site
	//	honest: servers have one shared inbox; small ones without, and hosters that give each customer a name, have some
	//	beyond: the others at that site hear nothing by this way; of those whose actors are on
	//	        another site, InboxesElsewhere do, where their host has taken something before
	ReadersPerSite = 50
)

// What waits in the inbox's journal for other servers.
const (
	// WorkPerPerson is of rows of the journal that are worked on at once.
	//
	//	per:    person who caused them
	//	honest: a community tells of a hundred comments, each elsewhere: at 300 ms for each it takes 8 s
	//	beyond: they wait; half as many for who caused ten seconds of work in the last minute
	WorkPerPerson = 4

	// WorkPerSite is of rows that are worked on at once.
	//
	//	per:    site that caused them
	//	honest: the people of a large server answer what is elsewhere, 1,600 times a minute
	//	beyond: they wait; six for a site that caused ten seconds of work in the last minute
	WorkPerSite = 8

	// WorkForOne is of rows that are worked on at once because they need the same site.
	//
	//	per:    site that is asked
	//	honest: a thread on a large server is answered 400 times a minute
	//	beyond: they wait; one for a site that needed ten seconds in the last minute, so that it holds up no other of the same person
	WorkForOne = 2

	// WorkAtOnce is of rows that are worked on at once; half of it is for sites that had none
	// lately.
	//
	//	per:    process
	//	honest: a lively day: four servers tell of more than they are let, and there is room for others
	//	beyond: they wait for their turn
	WorkAtOnce = 64

	// WaitingPerPerson is of rows that wait.
	//
	//	per:    person who caused them
	//	honest: a community with a lively day whose members' servers are down
	//	beyond: 429, so that their server tries again
	WaitingPerPerson = 500

	// WaitingPerSite is of rows that wait.
	//
	//	per:    site that caused them
	//	honest: four such communities of one server
	//	beyond: 429, so that their server tries again
	WaitingPerSite = 2000

	// RefreshedAtOnce is of people whose profile is asked for again because it is old, one of a
	// site.
	//
	//	per:    process
	//	honest: those who write here, each a week after they were last asked for; there is no hurry
	//	beyond: they wait
	RefreshedAtOnce = 8
)

// What is kept of strangers until a moderator decides, and of those about whom one has decided.
const (
	// HeldPerPerson is of replies that wait for a moderator.
	//
	//	per:    person and blog
	//	honest: somebody new who answers every post of a year's archive in an evening
	//	beyond: 429; welcome again when the moderator has decided about some
	HeldPerPerson = 50

	// HeldBytesPerPerson is of the text of those.
	//
	//	per:    person and blog
	//	honest: fifty replies of 5,000 Latin characters, or of 1,700 Chinese ones, which says more
	//	beyond: 429; welcome again when the moderator has decided about some
	HeldBytesPerPerson = 256 << 10

	// HeldPerSite is HeldPerPerson for all people of a site.
	//
	//	per:    site and blog
	//	honest: a popular post, and 300 newcomers of one large server who each reply once or twice
	//	beyond: 429; welcome again when the moderator has decided about some
	HeldPerSite = 1000

	// HeldBytesPerSite is of the text of those.
	//
	//	per:    site and blog
	//	honest: a thousand replies of 4,000 bytes, where Mastodon's have 500 characters
	//	beyond: 429; welcome again when the moderator has decided about some
	HeldBytesPerSite = 4 << 20

	// HeldPerBlog is HeldPerPerson for everybody.
	//
	//	per:    blog
	//	honest: an owner who has not looked since a dozen posts of which each was as popular as that
	//	beyond: 429; welcome again when the moderator has decided about some
	HeldPerBlog = 5000

	// HeldBytesPerBlog is of the text of those.
	//
	//	per:    blog
	//	honest: five thousand replies of 3,000 bytes
	//	beyond: 429; welcome again when the moderator has decided about some
	HeldBytesPerBlog = 16 << 20

	// HeldLastPerSite is of replies that wait of a site when three quarters of HeldPerBlog or
	// HeldBytesPerBlog are taken: the last quarter is for sites that have little there, so that a
	// few cannot keep everybody else out.
	//
	//	per:    site and blog
	//	honest: somebody new, and others of their small server, while four sites fill the queue
	//	beyond: 429; welcome again when the moderator has decided about some; the owner is told in the log and by reply list
	HeldLastPerSite = 20

	// HeldLastBytesPerSite is of the text of those.
	//
	//	per:    site and blog
	//	honest: twenty replies of 3,000 bytes
	//	beyond: 429; welcome again when the moderator has decided about some
	HeldLastBytesPerSite = 64 << 10

	// HeldFor is how long a reply waits for a moderator.
	//
	//	per:    reply
	//	honest: an owner who is away for half a year
	//	beyond: its text goes; it comes back for a decision when its author edits it
	HeldFor = 180 * 24 * time.Hour

	// HiddenFor is how long the text of a hidden reply or of spam is kept.
	//
	//	per:    reply
	//	honest: a moderator who thinks better of it, or an author who asks why
	//	beyond: the text goes; that it was hidden, and who wrote it, stays
	HiddenFor = 90 * 24 * time.Hour

	// UnusedActorFor is how long somebody is remembered of whom nothing is here any more.
	//
	//	per:    person
	//	honest: who has liked something, or follows, is remembered for as long as that lasts
	//	beyond: they are forgotten, and met anew when they come again
	UnusedActorFor = 30 * 24 * time.Hour

	// NamesFor is how long it is remembered whom a name in a text of ours means, once nobody asks
	// any more.
	//
	//	per:    name
	//	honest: a post that names somebody is edited half a year later
	//	beyond: the name is asked for again with the next text that has it
	NamesFor = 365 * 24 * time.Hour

	// WaitingBody is how much of an activity is kept, in bytes, while it waits for what has to be
	// asked for.
	//
	//	per:    activity
	//	honest: nearly all comments are smaller
	//	beyond: its object's id is kept, and the object asked for at its own server
	WaitingBody = 16 << 10

	// QuotesPerPerson is of permissions to quote, which are remembered for ever.
	//
	//	per:    person and blog
	//	honest: a reader who quotes each post for years
	//	beyond: the request is rejected
	QuotesPerPerson = 500

	// ReportsOpen is of reports that wait for the owner.
	//
	//	per:    server
	//	honest: a hundred reports on the worst day, and ten days without a look
	//	beyond: accepted and dropped, and the journal says so
	ReportsOpen = 1000

	// ReportsFor is how long a report is kept.
	//
	//	per:    report
	//	honest: an owner who looks back at last year's
	//	beyond: it goes
	ReportsFor = 365 * 24 * time.Hour
)

// What verified people send in all: each activity is a row of the journal, at least.
var (
	// ActivitiesPerPerson is of activities that were verified.
	//
	//	per:    person
	//	honest: a lively community, which passes on each comment and vote under its own name
	//	beyond: 429, so that their server tries again
	ActivitiesPerPerson = Rate{Burst: 2000, Every: 2 * time.Second}

	// ActivitiesPerSite is of the same.
	//
	//	per:    site
	//	honest: a post that goes round on the largest server: 20,000 likes and boosts at once
	//	beyond: 429, so that their server tries again
	ActivitiesPerSite = Rate{Burst: 20000, Every: time.Second}

	// BlockNotedEvery is how far apart two lines of the log of decisions are, for nothing is taken
	// out of it, about somebody who blocks a blog; and two about who takes that back.
	//
	//	per:    person and blog
	//	honest: somebody blocks the blog, and thinks better of it on the same day
	//	beyond: their replies go and come all the same; the journal alone says so, for its month
	BlockNotedEvery = 24 * time.Hour

	// NewWordsPerPerson is of replies that are stored for a moderator, whatever becomes of them:
	// who deletes them again leaves rows.
	//
	//	per:    person
	//	honest: as many as may wait, edited and written anew
	//	beyond: 429, so that their server tries again
	NewWordsPerPerson = Rate{Burst: 100, Every: 15 * time.Minute}

	// NewWordsPerSite is of the same.
	//
	//	per:    site
	//	honest: 300 newcomers of one large server who each reply once or twice, and the same on the next day
	//	beyond: 429, so that their server tries again
	NewWordsPerSite = Rate{Burst: 1500, Every: time.Minute}
)

// What readers are shown of a thread.
const (
	// ShownPerPerson is of replies that are shown because their author is known, and not because a
	// moderator has looked at them.
	//
	//	per:    person and post, since a moderator last approved one of theirs there
	//	honest: two friends who answer each other two hundred times in one evening
	//	beyond: held like a stranger's; one approval makes room for as many again
	ShownPerPerson = 100

	// ShownTextPerPerson is of the text of those replies, in bytes of HTML.
	//
	//	per:    person and post
	//	honest: a hundred replies of four hundred words
	//	beyond: held like a stranger's, an edit too
	ShownTextPerPerson = 256 << 10

	// ThreadRoots is of answers to the post itself, each with the answers below it.
	//
	//	per:    page of a thread
	//	honest: most threads have fewer
	//	beyond: on the next page
	ThreadRoots = 20

	// ThreadAnswers is of all answers below one of those, at any depth.
	//
	//	per:    page of a thread, and answer to the post
	//	honest: a lively exchange among a few people
	//	beyond: the page says how many more there are, and links to them
	ThreadAnswers = 50

	// ThreadPage is of what the replies of a page say, in bytes; what stands around each counts for
	// 1 KiB.
	//
	//	per:    page of a thread
	//	honest: 170 replies of fifty words
	//	beyond: on the next page
	ThreadPage = 256 << 10

	// ThreadMemory is of the pages that were made for readers, and of where they were found, in
	// bytes.
	//
	//	per:    process
	//	honest: some hundred pages, more than are read on a lively day
	//	beyond: what nobody asked for lately is forgotten, and made again for who asks
	ThreadMemory = 32 << 20

	// StalePage is how long a page is shown again that the database was last asked about, while it
	// does not answer; and how long others may show what they have of a thread while we do not.
	//
	//	per:    page
	//	honest: a database that is restarted or moved, and is back in some minutes
	//	beyond: 503; what was taken back since, and who did, nobody here can know
	StalePage = 10 * time.Minute

	// ThreadBuilds is of pages that are made at the same time. Many readers of the same page wait
	// for one.
	//
	//	per:    process
	//	honest: readers of many threads come at once after a restart; each page takes milliseconds
	//	beyond: they wait for their turn
	ThreadBuilds = 16
)

// Memory for what requests send and what it takes to read it, before anybody knows whether they are
// worth it.
const (
	// BodiesInAll is of bytes: bodies and what is made of them, until the request is answered.
	//
	//	per:    process
	//	honest: a thousand activities of 5 kB, which need 50 kB each, at the same time
	//	beyond: 429; the last quarter is for networks that have less than 1 MiB
	BodiesInAll = 64 << 20

	// BodiesOfNetwork is of the same bytes.
	//
	//	per:    network; those whose network is not known have three quarters of BodiesInAll together
	//	honest: a large server sends a hundred usual activities at once, or one of the largest that an inbox takes
	//	beyond: 429
	BodiesOfNetwork = 16 << 20

	// BodyPatience is the time that a body has to come at all.
	//
	//	per:    request
	//	honest: a sender whose packets are lost, and sent again twice
	//	beyond: 408, so that senders try again; see BodyPace
	BodyPatience = 10 * time.Second

	// BodyPace is of bytes in a second.
	//
	//	per:    request; on top of BodyPatience
	//	honest: a server behind a telephone line
	//	beyond: 408
	BodyPace = 16 << 10
)

// How far we go for somebody who answers what we do not know.
const (
	// ClimbElsewhere is of questions for what lies above such an answer, on one site that is not
	// the answering person's own.
	//
	//	per:    activity and site that is asked
	//	honest: what is three answers or less below something that came here
	//	beyond: no more is asked; the answer counts if its context says which post it is about
	ClimbElsewhere = 3
)

var (
	// ClimbsInVain is of searches that begin at one address and find nothing of ours.
	//
	//	per:    address
	//	honest: a thread that has nothing to do with us has nothing to do with us in an hour
	//	beyond: not asked for
	ClimbsInVain = Rate{Burst: 1, Every: time.Hour}
)

// Sites that are many: a hosting service whose customers are hosts of one registrable domain, which
// is not on the public suffix list.
const (
	// HostsInSite is of the part that each host has when a site has used up ActivitiesPerSite,
	// NewWordsPerSite, KeyQuestions, AnswersPerSite, ForwardLimit, HeldPerSite or HeldBytesPerSite:
	// a twentieth of it. All of the site have another quarter together, and half of that quarter is
	// for people whom a moderator approved (web.Share).
	//
	//	per:    host that was known before: with a follower, or with somebody whom a moderator approved
	//	honest: a thousand likes, fifty new followers and fifty new readers from one customer of a hosting service, while a neighbour floods
	//	beyond: 429; so too for hosts that nobody knew, and when a site has used up the quarter
	HostsInSite = 20

	// NeighbourAfter is how long somebody has followed until their host counts as one that was
	// known before.
	//
	//	per:    follower
	//	honest: who reads a blog has followed it for longer
	//	beyond: their host is a stranger's still
	NeighbourAfter = 24 * time.Hour
)

// The names in posts.
var (
	// PostsWithNames is of posts for which somebody is asked whom the names in them mean.
	//
	//	per:    blog
	//	honest: three posts that come at once name people whom we have not met
	//	beyond: the post is announced without asking: who is known is named, the others with its next edit; no blog holds up the others
	PostsWithNames = Rate{Burst: 3, Every: 2 * time.Minute}
)

// The admin pages.
var (
	// SignIns is of sign-ins with a link that is used, too old or made up.
	//
	//	per:    network; none where the network is not known, so that nobody keeps the owner out behind a proxy that they share
	//	honest: somebody opens the links of old mails until one is good
	//	beyond: 429, before the database is asked; a good link works again in a minute
	SignIns = Rate{Burst: 20, Every: 20 * time.Second}
)

// What is known of servers.
const (
	// HostFor is how long it is remembered whether a host took something, failed or is dead, once
	// nothing is sent to it any more.
	//
	//	per:    host where nobody is whom we know, that took nothing of a post and is to get nothing
	//	honest: a server that is away for months; where somebody follows or wrote something, it is remembered for ever
	//	beyond: it is a host like any other that we have not met
	HostFor = 180 * 24 * time.Hour
)
