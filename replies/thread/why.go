package thread

import (
	"time"

	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/safehtml"
)

// The rules that take a reply from the readers. Each keeps what it has seen, so that whoever
// decides, or asks later, knows why.
const (
	RuleUnknown = "unknown" // nothing of its author was approved here
	RuleMuch    = "much"    // its author has said very much under the post
	RuleEdited  = "edited"  // it was changed, and its author is not known here
	RuleExpired = "expired" // its text was let go while it waited, and an edit brought a new one
	RuleHidden  = "hidden"  // a moderator has decided so
	RuleBlock   = "block"   // a block keeps its author out
	RuleAuthor  = "author"  // its author has blocked the blog
	ruleLifted  = "lifted"  // it waited before a block hid it, or was changed meanwhile, and waits now that the block is lifted
)

const maxEvidence = 500 // characters

// Why is what gave a reply its status. It is zero where nothing but the usual did: where the reply
// is shown, or its author deleted it.
type Why struct {
	Rule     string
	Evidence string // what the rule has seen
	At       time.Time
}

// Because is a Why whose evidence fits its column.
func Because(rule, evidence string, at time.Time) Why {
	return Why{rule, safehtml.Cut(evidence, maxEvidence), at}
}

// AfterBlock is why a reply waits again that waited for w when a block hid it.
func (w Why) AfterBlock(now time.Time) Why {
	if w.Rule == ruleLifted { // the second block
		return Because(ruleLifted, w.Evidence, now)
	}
	return Because(ruleLifted, w.Words(), now)
}

// Words say what happened and by what it was judged; "" for a Why of nothing.
func (w Why) Words() string {
	switch w.Rule {
	case RuleUnknown:
		return "no reply of its author was approved on this blog when it came: " + w.Evidence
	case RuleMuch:
		return "its author has said much under this post: " + w.Evidence
	case RuleEdited:
		return "it was edited when no reply of its author was approved on this blog: " + w.Evidence
	case RuleExpired:
		return "its text was let go while it waited, and its author has sent a new one: " + w.Evidence
	case RuleHidden:
		return "hidden by " + w.Evidence
	case RuleBlock:
		return "a block keeps its author out: " + w.Evidence
	case RuleAuthor:
		return "its author has blocked the blog; it comes back when they take that back: " + w.Evidence
	case ruleLifted:
		return "the block that hid it is lifted; " + w.Evidence
	}
	return w.Evidence
}

// WhyColumns are what a ScannedWhy reads.
const WhyColumns = "r.status_rule, r.status_evidence, r.status_since"

// ScannedWhy scans WhyColumns.
type ScannedWhy struct {
	why Why
	at  int64
}

// Into is where the columns are scanned to.
func (s *ScannedWhy) Into() []any { return []any{&s.why.Rule, &s.why.Evidence, &s.at} }

// Value is what was scanned.
func (s *ScannedWhy) Value() Why {
	s.why.At = database.Time(s.at)
	return s.why
}
