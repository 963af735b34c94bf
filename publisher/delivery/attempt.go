package delivery

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/bloghorn/bloghorn/publisher/signature"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/safehttp"
)

const (
	maxAnswerRead = 8 << 10     // bytes of an answer that are read at all
	ownTrouble    = time.Minute // until a delivery is tried again that we could not even begin
	// oldKeyBelieved is how long a server may verify by the key before: Lemmy asks for an actor once a day, and answers 400 until then.
	oldKeyBelieved = 48 * time.Hour
)

var header = http.Header{
	"Content-Type": {"application/activity+json"},
	"Accept":       {"application/activity+json"},
}

// job is one claimed delivery.
type job struct {
	activity   database.ID
	inboxHash  database.Digest
	inbox      string
	host       string
	attempts   int  // before this one
	lastStatus int  // of the answer before, 0 where there was none
	joined     bool // what is sent is the Create with the state of this Update
	isTrial    bool // its host has never taken anything
	expiresAt  time.Time
	token      database.ID // of the claim: who settles with an older one settles nothing
	leaseUntil time.Time
}

// result is how a job ended.
type result struct {
	job        *job
	untried    bool // given back; nobody is blamed
	unsure     bool // it may have arrived all the same
	nextAt     time.Time
	verdict    verdict
	recovered  bool
	streak     int // failures of its host in a row, this one included
	status     int
	words      string
	retryAfter time.Duration
	took       time.Duration
}

// isFirst says whether it is the first delivery that the host took.
func (r result) isFirst() bool { return !r.untried && r.job.isTrial && r.verdict.state == Delivered }

func givenBack(j *job, nextAt time.Time) result {
	return result{job: j, untried: true, nextAt: nextAt}
}

// attempt makes one try to deliver j and returns what became of it. It changes nothing but what is
// known of signatures: the loop draws its conclusions in finish and writes them down in settle.
func (l *loop) attempt(ctx context.Context, j *job) result {
	// 1. Wait for a turn to sign, before the clock of the request starts: RSA is what bounds us, and
	// a thousand that wait for it should not time out. Waiting for an answer takes no turn.
	l.signing <- struct{}{}
	signed := sync.OnceFunc(func() { <-l.signing })
	defer signed()
	now := l.w.Now()
	if ctx.Err() != nil || j.leaseUntil.Sub(now) < l.w.Timeout+leaseMargin {
		return givenBack(j, now)
	}
	// 2. Read what to send, and the key of its sender.
	load, err := l.bodies.get(ctx, j.activity, j.joined)
	if errors.Is(err, database.ErrNotFound) {
		return result{job: j, verdict: verdict{Refused, unknown}, words: "the activity is not stored any more"}
	}
	if err != nil {
		l.w.Log.Error("activity not read", "inbox", j.inbox, "err", err)
		return givenBack(j, now.Add(ownTrouble))
	}
	key, err := l.key(ctx, j, load)
	if err != nil {
		l.w.Log.Error("no key to sign with", "inbox", j.inbox, "err", err)
		return result{job: j, verdict: verdict{Pending, unknown}, words: plain(fmt.Sprintf("our own trouble: %v", err))}
	}
	// 3. Sign and POST, and once more by the other scheme where the answer may be about the signature.
	began := l.w.Now()
	var signError error
	again := false
	answer, err := l.w.Schemes.Knock(ctx, l.w.Client, l.request(j, load.body), key, func(r *http.Request, style signature.Style) error {
		if again { // the turn it waited for was for the first signature
			l.signing <- struct{}{}
			defer func() { <-l.signing }()
		}
		again = true
		defer signed()
		signError = style.Sign(r, key, load.body, l.w.Now())
		return signError
	})
	ended := l.w.Now()
	// 4. Judge the answer, or why there was none.
	r := result{job: j, took: ended.Sub(began)}
	switch {
	case err == nil:
		return r.answered(answer, key, ended)
	case ctx.Err() != nil:
		back := givenBack(j, ended)
		back.unsure = true
		return back
	case signError != nil:
		r.verdict = verdict{Pending, unknown}
	default:
		r.verdict, r.unsure = judgeError(err), !neverLeft(err)
	}
	r.words = plain(err.Error())
	return r
}

func (l *loop) request(j *job, body []byte) safehttp.Request {
	return safehttp.Request{
		Method:   http.MethodPost,
		URL:      j.inbox,
		Header:   header,
		Body:     body,
		MaxBytes: maxAnswerRead,
		Truncate: true,
		Timeout:  l.w.Timeout,
	}
}

// key is what a request is signed with: the key of now, since an older one would be asked for in
// vain. But what a sender tells of itself is signed with the key of when it was said, however late
// it arrives. It may say that another key follows that one, and a server that was away and never
// asks again for a key it knows (Misskey) can verify nothing else, and answers 202 to what it
// throws away. A server that knows the newer key says that it dislikes the older one, and gets the
// newer then.
func (l *loop) key(ctx context.Context, j *job, load payload) (signature.Key, error) {
	if load.ofItself && l.w.KeysThen != nil && !rejectsSignature(j.host, j.lastStatus) {
		return l.w.KeysThen(ctx, load.sender, load.at)
	}
	return l.w.Keys(ctx, load.sender)
}

func (r result) answered(answer *safehttp.Response, key signature.Key, now time.Time) result {
	r.status = answer.Status
	r.verdict, r.unsure = judge(r.job.host, answer.Status), !turnedAway(answer.Status)
	if answer.Status == http.StatusBadRequest && now.Sub(key.Since) < oldKeyBelieved {
		r.verdict.state = Pending
	}
	if r.verdict.state == Delivered {
		return r
	}
	r.words = plain(string(answer.Body))
	if r.verdict.state == Pending {
		r.retryAfter = RetryAfter(answer.Header.Get("Retry-After"), now)
	}
	return r
}
