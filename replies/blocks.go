package replies

import (
	"context"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
)

// The kinds of block.
const (
	BlockActor  = "actor"
	BlockDomain = "domain"
)

// Block keeps an actor, or everybody on a domain and its subdomains, out of one blog or all.
type Block struct {
	ID        database.ID
	BlogID    database.ID // 0: every blog here
	Kind      string
	Value     string // the actor's id, or the domain in lower case
	Reason    string
	CreatedAt time.Time
}

// BlockEffect is what a new block did at once.
type BlockEffect struct {
	Block     Block
	Replies   int // hidden by it
	Followers int // removed by it
}

// AddBlock adds a block for a blog (0 = all) and applies it in the same transaction: it hides what the blocked have written, removes
// the followers among them and cancels what was on its way to them. kind is BlockActor (value is the actor's id, or the handle of a person we
// have met) or BlockDomain. A block that is there already is applied again. web.ErrInvalid says what is wrong with a value.
func AddBlock(ctx context.Context, db *database.DB, blogID database.ID, kind, value, reason, who string, now time.Time) (BlockEffect, error) {
	return BlockEffect{}, nil
}

// RemoveBlock lifts a block. What it hid stays hidden until a moderator approves it. web.ErrNotFound where there is no such block.
func RemoveBlock(ctx context.Context, db *database.DB, blogID database.ID, kind, value, who string, now time.Time) error {
	return nil
}

// ListBlocks reads blocks in the order they were made, from after on (0 = from the start). limit is at most 500.
func ListBlocks(ctx context.Context, q database.Querier, after database.ID, limit int) ([]Block, error) {
	return nil, nil
}

// Blocked says whether an actor may not speak to a blog: she, her domain, or one above it is blocked there or everywhere. blogID 0 asks only for
// the blocks that hold everywhere. It reads the tables each time, so a block holds from the moment it is committed.
func Blocked(ctx context.Context, q database.Querier, blogID database.ID, actorURI string) (bool, error) {
	return false, nil
}
