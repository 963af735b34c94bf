package feeds

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

const (
	maxPinned = 20 // in all
	maxByRule = 5
	// ruleLooks is among how many of the newest posts the rule looks for its tag.
	ruleLooks = 200
)

// Featured are the pinned posts of a blog, at most 20, without their content: those its owner
// pinned, the last pin first, then the newest five with the tag of its pin rule (Settings.PinTag).
// Removed and held ones are left out.
func Featured(ctx context.Context, q database.Querier, b Blog) ([]Post, error) {
	pinned, err := pinnedPosts(ctx, q, b.ID, maxPinned)
	if err != nil || b.Settings.PinTag == "" {
		return pinned, err
	}
	newest, err := newestListed(ctx, q, b.ID, ruleLooks)
	if err != nil {
		return nil, err
	}
	byRule := 0
	for _, p := range newest {
		if len(pinned) == maxPinned || byRule == maxByRule {
			break
		}
		if !p.PinnedAt.IsZero() || !slices.ContainsFunc(p.Tags, func(tag string) bool { return strings.EqualFold(tag, b.Settings.PinTag) }) {
			continue
		}
		pinned = append(pinned, p)
		byRule++
	}
	return pinned, nil
}

// Pin pins a public post by hand; it is false where that cannot be done, or was done before.
func Pin(ctx context.Context, q database.Querier, postID string, now time.Time) (bool, error) {
	return setPinned(ctx, q, postID, now, `pinned_at = 0 AND removed_at = 0 AND held_at = 0`)
}

// Unpin takes back what Pin did; it is false where there was nothing to take back. What the pin
// rule pins stays pinned.
func Unpin(ctx context.Context, q database.Querier, postID string) (bool, error) {
	return setPinned(ctx, q, postID, time.Time{}, `pinned_at > 0`)
}
