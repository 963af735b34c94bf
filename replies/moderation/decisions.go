package moderation

import (
	"context"
	"fmt"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/safehtml"
)

// What a moderator can decide.
const (
	whatApprove = "approve"
	whatHide    = "hide"
	whatBlock   = "block"
	whatUnblock = "unblock"
	whatAnswer  = "answer" // in the name of the blog
	whatEdit    = "edit"   // such an answer
	whatDelete  = "delete" // such an answer
	whatAdopt   = "adopt"  // an account that the owner has elsewhere
	whatUnadopt = "unadopt"
	whatRevoke  = "revoke"  // the leave to quote
	whatClose   = "close"   // a report from elsewhere
	whatReport  = "report"  // a reply, to its author's server
	whatUncount = "uncount" // a like or boost
	whatCount   = "count"   // one that was not
	WhatLeft    = "left"    // an author has blocked the blog
	WhatBack    = "back"    // and takes that back
)

// Decision is an entry of the log of moderation, which is only ever added to.
type Decision struct {
	ID     database.ID
	BlogID database.ID // 0: on every blog
	Who    string
	What   string      // approve, hide, block, unblock, answer, edit, delete, adopt, unadopt, revoke, close, report, uncount, count, left, back
	Target string      // the address of the reply, quote or report, or the actor or domain
	Reply  database.ID // that is at Target; 0 for other decisions, and where it is not here any more
	Why    string
	At     time.Time
}

// hider is who hides, and why, as the reply keeps it.
func (d Decision) hider() string {
	if d.Why == "" {
		return d.Who
	}
	return d.Who + ": " + d.Why
}

// decide adds to the log.
func decide(ctx context.Context, q database.Querier, d Decision) error {
	d.ID, d.Who, d.Why = database.NewID(d.At), safehtml.Cut(d.Who, maxWho), safehtml.Cut(d.Why, MaxReason)
	if err := insertDecision(ctx, q, d); err != nil {
		return fmt.Errorf("log the decision: %w", err)
	}
	return nil
}

// Decisions reads the newest entries of the log first; blogID 0 means those of all blogs. limit is
// at most 500, and at least 0.
func Decisions(ctx context.Context, q database.Querier, blogID database.ID, limit int) ([]Decision, error) {
	list, err := newestDecisions(ctx, q, blogID, max(0, min(limit, MaxList)))
	if err != nil {
		return nil, fmt.Errorf("list the decisions: %w", err)
	}
	return list, nil
}
