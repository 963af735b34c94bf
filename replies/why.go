package replies

import (
	"time"

	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/safehtml"
)

// The rules that take a reply from the readers. Each keeps what it has seen, so that whoever decides, or asks later, knows why.
const (
	ruleUnknown = "unknown" // nothing of its author was approved here
	ruleMuch    = "much"    // its author has said very much under the post
	ruleEdited  = "edited"  // it was changed, and its author is not known here
	ruleHidden  = "hidden"  // a moderator has decided so
	ruleBlock   = "block"   // a block keeps its author out
	ruleAuthor  = "author"  // its author has blocked the blog
	ruleLifted  = "lifted"  // it waited before a block hid it, or was changed meanwhile, and waits now that the block is lifted
)

const maxEvidence = 500 // characters

// Why is what gave a reply its status. It is zero where nothing but the usual did: where the reply is shown, or its author deleted it.
type Why struct {
	Rule     string
	Evidence string // what the rule has seen
	At       time.Time
}

// because is a Why whose evidence fits its column.
func because(rule, evidence string, at time.Time) Why {
	return Why{rule, safehtml.Cut(evidence, maxEvidence), at}
}

// afterBlock is why a reply waits again that waited for w when a block hid it.
func (w Why) afterBlock(now time.Time) Why {
	if w.Rule == ruleLifted { // the second block
		return because(ruleLifted, w.Evidence, now)
	}
	return because(ruleLifted, w.Words(), now)
}

// Words say what happened and by what it was judged; "" for a Why of nothing.
func (w Why) Words() string {
	switch w.Rule {
	case ruleUnknown:
		return "no reply of its author was approved on this blog when it came: " + w.Evidence
	case ruleMuch:
		return "its author has said much under this post: " + w.Evidence
	case ruleEdited:
		return "it was edited when no reply of its author was approved on this blog: " + w.Evidence
	case ruleHidden:
		return "hidden by " + w.Evidence
	case ruleBlock:
		return "a block keeps its author out: " + w.Evidence
	case ruleAuthor:
		return "its author has blocked the blog; it comes back when they take that back: " + w.Evidence
	case ruleLifted:
		return "the block that hid it is lifted; " + w.Evidence
	}
	return w.Evidence
}

// whyColumns are what a scannedWhy reads.
const whyColumns = "r.status_rule, r.status_evidence, r.status_since"

type scannedWhy struct {
	why Why
	at  int64
}

func (s *scannedWhy) into() []any { return []any{&s.why.Rule, &s.why.Evidence, &s.at} }

func (s *scannedWhy) value() Why {
	s.why.At = database.Time(s.at)
	return s.why
}
