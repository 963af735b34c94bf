// Package delivery brings activities to inboxes. It is a queue in two tables, the health of hosts
// in a third, what signatures they take in a fourth, and one loop over them.
//
//	Enqueue, in the caller's transaction       Worker.Run
//	  activities: the bytes, once         ─►   claim    due rows, shuffled, leased with a token, hundreds in one transaction
//	  deliveries: a row for each inbox            ▼
//	                                           lanes    two requests at a time for each host, some for each site
//	                                              ▼
//	                                           attempt  sign, POST, judge the answer
//	                                              ▼
//	                                           settle   with the token of the claim, hundreds in one transaction
//
// What it promises:
//
//   - What was enqueued ends as delivered, refused, gone, expired or cancelled, and its row says so; nothing is dropped. Delivered rows
//     become a number on their activity after 90 days, the others stay. Counts adds up to all that was ever enqueued.
//   - A crash loses nothing: the claims of a dead worker become due again when their lease ends, a minute after the claim. It may send
//     twice what was on its way, with the same id and the same bytes. A worker that was only slow finds another token on the row and
//     changes nothing.
//     Each activity also knows how many deliveries were enqueued for it, so that ReadLedger can tell whether any is missing.
//   - Activities about one object reach a host in the order of their ids. A Delete cancels what still waits, and itself waits only for
//     what is on its way at that moment. A host that was away gets everything that waited in that order, one by one.
//   - Where the Create never arrived, an edit is joined with it, and a Delete is not sent (join.go).
//   - A host that is slow or dead holds up nobody: it has at most two requests open and nothing claimed ahead, its rows are walked
//     around while it is busy, and moved out of the way while it is paused.
//   - Nor does a site, whatever number of hosts it has: what its hosts have open and claimed together is bounded, and what has no room is moved
//     to when its turn may come (site.go).
//   - A host that has never taken anything gets one delivery at a time, and 13 tries in three days whatever waits for it: anybody may have
//     named it as an inbox (health.go, Trial).
//
// Decisions:
//
//   - A row is leased by moving next_attempt_at to the end of the lease. Leased rows so are not among the due ones, and become due by
//     themselves if nobody settles them. The same trick takes rows of paused hosts, and rows that wait for an older activity, out of the
//     way; so the head of the index is always what can be sent now.
//   - A claim is a compare-and-set on the last token, one statement for all rows of an activity, and the same on every engine; SKIP LOCKED
//     is not (TiDB accepts it and locks nothing). Workers choose at random from pages that become longer, up to 16 times what they take,
//     only where others are faster: a lone worker reads each row once.
//   - What bounds a fan-out is RSA: signing has as many slots as there are cores, and a request waits for its slot before its clock starts.
//     Waiting for an answer takes a goroutine, of which there may be 2,000. All else, database included, is about a tenth of the CPU time.
//   - Requests are signed when they are sent, never before: a signature is good for an hour or so, a queue lasts two weeks. They are signed with
//     the key of that day, but for what a sender tells of itself, which may be that its key is another now (loop.key).
//   - Each try knocks by draft-cavage and, where the answer may be about the signature (400, 401, 403; 404 from Threads), once more in the
//     same try: by what the answer's Accept-Signature asks for, else by RFC 9421. The other way round for hosts that took RFC 9421 and not
//     the draft within the last week (Schemes), which the signed questions of package publisher share. Both knocks have the time of one
//     request, and the kinder answer counts: a server that does not know one of the schemes may say 400 to it, which must not end a
//     delivery that waits for nothing but a key to be fetched. The breaker and the schedule see one try.
//   - 401 and 403 are tried again, because keys are cached and clocks are wrong for a while; for two days after our key has changed so is 400,
//     which other servers say to what they verify by the key before (oldKeyBelieved). 404 and 410 end this delivery and say nothing
//     about followers: servers answer 404 for many reasons, Threads for a signature it dislikes. They are only reported (Worker.InboxGone).
//   - A host that failed for two weeks is dead: asked once a day, with the newest of what waits. Rows still expire one by one, so what is
//     younger than two weeks is there when it comes back. After 90 days, on two days, that too is reported (Worker.HostDead).
//   - "Never arrived" is what the inbox or the network said, not what we hope: a refusal (3xx, 4xx, 501, 503), or no connection. A timeout,
//     another 5xx, a crashed worker leave it open, and the row remembers that for good (unsure).
//   - Thousands of servers that learn of a post in one second ask for its page in one second, so their first tries are spread (spread.go).
//   - Two weeks begin with the first try, and a delivery expires only after a failure: if we were away ourselves, nothing is lost by it.
//   - A site is a registrable domain, or an IP address whatever the port. It has room for 16 deliveries at first, for one more with each quick
//     answer, up to 128, and for one less with each slow one or none. A platform whose blogs have hosts of their own answers quickly, and
//     does not feel that; a wildcard domain of 2,500 slow hosts holds 16 of 2,000 places, and not all of them.
//   - What has no room is not left at the head of the queue, where each look would walk over it: it gets a place in a line, as long as one
//     answer takes by as many as go abreast. The rows of a quick site stay: their turn comes sooner than a new time could be written down.
//   - A host has taken something when it once answered 2xx; the table hosts remembers it, until half a year has passed in which
//     nobody used the host (ForgetHosts). A 2xx proves no more than that something there answers, so package publisher bounds what goes to
//     inboxes elsewhere than their actors all the same (inbox_set.go, answers.go).
//   - The breaker is per host, for all workers, in the table hosts; only hosts that failed, took something or asked for something, or that
//     an operator paused, have a row. What fails within ten seconds is one failure, and pauses grow from half a minute to half an hour
//     (health.go). A word from a host ends its pause (Revive) for one delivery, and if that arrives, for all. An operator's pause (Pause) is
//     ended by nobody else. A "not now" that is about us and not about the host (401) does not count, nor does our own trouble.
//   - Concurrency per host and site is counted in each worker. With several processes a host may see two requests from each.
package delivery
