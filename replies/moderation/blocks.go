package moderation

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/bloghorn/bloghorn/publisher"
	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/publisher/followers"
	"github.com/bloghorn/bloghorn/publisher/remote"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/safehtml"
	"github.com/bloghorn/bloghorn/server/web"
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
	Already   bool // it was there before
	NewReason bool // it was, with another reason, and has this one now
	Replies   int  // hidden by it
	Reactions int  // counted no more because of it
	Followers int  // removed by it
}

const (
	MaxReason = 5000 // characters
	maxWho    = 255
)

// AddBlock adds a block for a blog (0 = all) and applies it in the same transaction: it hides what
// the blocked have written, takes their likes and boosts out of the counts, takes back their leave
// to quote, removes the followers among them and tells their servers, leaves the communities there,
// and cancels what was on its way to them. kind is BlockActor (value is the actor's id, or the
// handle of a person we have met) or BlockDomain. A block that is there already is applied again;
// it is logged again if the reason is another, which it then has. web.ErrInvalid says what is wrong
// with a value.
func AddBlock(
	ctx context.Context, db *database.DB, blogID database.ID, kind, value, reason, who string, now time.Time,
) (effect BlockEffect, err error) {
	err = thread.InTx(ctx, db, func(tx *database.Tx) error {
		value, err := blockValue(ctx, tx, kind, value)
		if err != nil {
			return err
		}
		effect = BlockEffect{Block: Block{
			ID: database.NewID(now), BlogID: blogID, Kind: kind, Value: value, Reason: safehtml.Cut(reason, MaxReason), CreatedAt: now,
		}}
		return effect.apply(ctx, tx, who, now)
	})
	if err != nil {
		return BlockEffect{}, fmt.Errorf("block %s: %w", value, err)
	}
	return effect, nil
}

func (e *BlockEffect) apply(ctx context.Context, tx *database.Tx, who string, now time.Time) error {
	b := e.Block
	err := insertBlock(ctx, tx, b)
	if e.Already = errors.Is(err, database.ErrDuplicate); e.Already {
		e.NewReason, err = updateReason(ctx, tx, b)
	}
	if err != nil {
		return err
	}
	if !e.Already || e.NewReason {
		if err := decide(ctx, tx, Decision{BlogID: b.BlogID, Who: who, What: whatBlock, Target: b.Value, Why: b.Reason, At: now}); err != nil {
			return err
		}
	}
	matches, authors, err := b.concerns(ctx, tx)
	if err != nil {
		return fmt.Errorf("list whom it concerns: %w", err)
	}
	if e.Followers, err = followers.RejectAll(ctx, tx, b.BlogID, matches, now); err != nil {
		return fmt.Errorf("remove followers: %w", err)
	}
	for _, match := range matches {
		if err := publisher.RemoveCommunities(ctx, tx, b.BlogID, match); err != nil {
			return fmt.Errorf("leave communities: %w", err)
		}
	}
	visible := thread.Changes{}
	for _, author := range authors {
		n, err := HideAuthor(ctx, tx, b.BlogID, author, visible, thread.Because(thread.RuleBlock, b.words(), now))
		if err != nil {
			return fmt.Errorf("hide replies: %w", err)
		}
		e.Replies += n
	}
	reactors, err := b.reactors(ctx, tx)
	if err != nil {
		return fmt.Errorf("list whose reactions it concerns: %w", err)
	}
	if e.Reactions, err = thread.BlockReactions(ctx, tx, b.BlogID, reactors, visible); err != nil {
		return fmt.Errorf("take the reactions out of the counts: %w", err)
	}
	if err := revokeBlocked(ctx, tx, b, now); err != nil {
		return fmt.Errorf("take back the leave to quote: %w", err)
	}
	return visible.Apply(ctx, tx, now)
}

// concerns lists whom a block concerns, as followers and as authors. A domain stands for its
// subdomains and for any port; followers are matched by name or by name and port, so the known
// hosts with a port are named as well.
func (b Block) concerns(ctx context.Context, q database.Querier) (matches []followers.Match, authors []database.ID, err error) {
	if b.Kind == BlockActor {
		authors, err = actorByURI(ctx, q, b.Value)
		return []followers.Match{{ActorURI: b.Value}}, authors, err
	}
	matches = []followers.Match{{Host: b.Value}}
	hosts, err := hostsUnder(ctx, q, b.Value)
	for _, host := range hosts {
		if strings.Contains(host, ":") && host != b.Value {
			matches = append(matches, followers.Match{Host: host})
		}
		ids, err := actorsOfHost(ctx, q, host, haveWritten)
		if err != nil {
			return nil, nil, err
		}
		authors = append(authors, ids...)
	}
	return matches, authors, err
}

// UnblockEffect is what lifting a block did, and what it could not do.
type UnblockEffect struct {
	Value     string
	Replies   int     // shown again, or waiting again
	Reactions int     // counted again
	Standing  []Block // others that keep out whom it kept out
}

// RemoveBlock lifts a block. What it hid is as it was before, and likes and boosts count again, as
// far as no other block concerns them. A quote whose leave it took back stays hidden.
// web.ErrNotFound where there is no such block; the effect tells even then which others stand.
func RemoveBlock(
	ctx context.Context, db *database.DB, blogID database.ID, kind, value, who string, now time.Time,
) (effect UnblockEffect, err error) {
	err = thread.InTx(ctx, db, func(tx *database.Tx) error {
		value, err := blockValue(ctx, tx, kind, value)
		if err != nil {
			return err
		}
		effect = UnblockEffect{Value: value}
		missing := deleteBlock(ctx, tx, blogID, kind, value)
		if missing != nil && !errors.Is(missing, web.ErrNotFound) {
			return missing
		}
		names := domainsOf(value)
		if kind == BlockActor {
			names = namesOf(value)
		}
		if effect.Standing, err = blocksOn(ctx, tx, blogID, names); err != nil || missing != nil {
			return cmp.Or(err, missing)
		}
		visible := thread.Changes{}
		if effect.Reactions, err = unblockReactions(ctx, tx, Block{BlogID: blogID, Kind: kind, Value: value}, visible); err != nil {
			return fmt.Errorf("count reactions again: %w", err)
		}
		if effect.Replies, err = (Block{BlogID: blogID, Kind: kind, Value: value}).showLifted(ctx, tx, visible, now); err != nil {
			return fmt.Errorf("show replies again: %w", err)
		}
		if err := visible.Apply(ctx, tx, now); err != nil {
			return err
		}
		return decide(ctx, tx, Decision{BlogID: blogID, Who: who, What: whatUnblock, Target: value, At: now})
	})
	if err != nil {
		return effect, fmt.Errorf("unblock %s: %w", value, err)
	}
	return effect, nil
}

// ListBlocks reads blocks in the order they were made, from after on (0 = from the start). limit is
// at most 500.
func ListBlocks(ctx context.Context, q database.Querier, after database.ID, limit int) ([]Block, error) {
	blocks, err := blocksAfter(ctx, q, after, min(limit, MaxList))
	if err != nil {
		return nil, fmt.Errorf("list the blocks: %w", err)
	}
	return blocks, nil
}

// Blocked says whether an actor may not speak to a blog: they, their domain, or one above it is
// blocked there or everywhere. blogID 0 asks only for the blocks that hold everywhere. It reads the
// tables each time, so a block holds from the moment it is committed.
func Blocked(ctx context.Context, q database.Querier, blogID database.ID, actorURI string) (bool, error) {
	return anyBlock(ctx, q, blogID, namesOf(actorURI))
}

// Blocks are all that concern one actor, for whoever has several questions about them. Of each only
// BlogID and Kind are known.
type Blocks []Block

// BlocksOf reads the blocks that keep an actor out of any blog.
func BlocksOf(ctx context.Context, q database.Querier, actorURI string) (Blocks, error) {
	blocks, err := placesBlocked(ctx, q, namesOf(actorURI))
	if err != nil {
		return nil, fmt.Errorf("look for blocks: %w", err)
	}
	return blocks, nil
}

// KeepOut reports whether the actor may not speak to a blog; blogID 0 asks only for the blocks that
// hold everywhere.
func (all Blocks) KeepOut(blogID database.ID) bool {
	return slices.ContainsFunc(all, func(b Block) bool { return b.BlogID == 0 || b.BlogID == blogID })
}

// KeepOutServer reports whether it is the actor's whole server that may speak to no blog.
func (all Blocks) KeepOutServer() bool {
	return slices.ContainsFunc(all, func(b Block) bool { return b.BlogID == 0 && b.Kind == BlockDomain })
}

// namesOf are the values of the blocks that keep an actor out.
func namesOf(actorURI string) []string {
	return append(domainsOf(activitypub.Host(actorURI)), actorURI)
}

// Standing lists the blocks that keep an actor out of a blog; blogID 0 means out of any.
func Standing(ctx context.Context, q database.Querier, blogID database.ID, actorURI string) ([]Block, error) {
	return blocksOn(ctx, q, blogID, namesOf(actorURI))
}

// WordsFor names blocks and how to lift them.
func WordsFor(blocks []Block) string {
	var words []string
	for _, b := range blocks {
		if b.BlogID == 0 {
			words = append(words, fmt.Sprintf("the block of %s (bloghorn block remove %s)", b.Value, b.Value))
		} else {
			words = append(words, fmt.Sprintf("the block of %s on one blog", b.Value))
		}
	}
	return strings.Join(words, " and ")
}

// refusal is web.ErrRefused with the blocks that keep an actor out of a blog; nil where none does.
func refusal(ctx context.Context, q database.Querier, blogID database.ID, actorURI string) error {
	standing, err := Standing(ctx, q, blogID, actorURI)
	if err != nil || len(standing) == 0 {
		return err
	}
	return fmt.Errorf("%w: %s is blocked; lift this first: %s", web.ErrRefused, actorURI, WordsFor(standing))
}

// BlockedHost asks about servers alone, before anything is known about who speaks.
func BlockedHost(ctx context.Context, q database.Querier, blogID database.ID, uris ...string) (bool, error) {
	var domains []string
	for _, uri := range uris {
		domains = append(domains, domainsOf(activitypub.Host(uri))...)
	}
	slices.Sort(domains)
	if domains = slices.Compact(domains); len(domains) == 0 {
		return false, nil
	}
	return anyBlock(ctx, q, blogID, domains)
}

// domainsOf are the names under which a host may be blocked: itself with and without its port, and
// every domain above it.
func domainsOf(host string) []string {
	if host == "" {
		return nil
	}
	domains := []string{host}
	name := host
	if colon := strings.LastIndexByte(host, ':'); colon > strings.LastIndexByte(host, ']') {
		name = host[:colon]
		domains = append(domains, name)
	}
	for {
		_, above, ok := strings.Cut(name, ".")
		if !ok {
			return domains
		}
		if above != "" {
			domains = append(domains, above)
		}
		name = above
	}
}

// blockValue is the value of a block as blocks are stored and looked up; BlockTarget finds it in
// what a person typed.
func blockValue(ctx context.Context, q database.Querier, kind, value string) (string, error) {
	value = strings.TrimSpace(value)
	switch kind {
	case BlockDomain:
		return parseDomain(value)
	case BlockActor:
		if activitypub.ValidID(value) {
			return value, nil
		}
		return Person(ctx, q, nil, value)
	}
	return "", fmt.Errorf("%w: a block is of an %s or a %s, not of a %q", web.ErrInvalid, BlockActor, BlockDomain, kind)
}

// parseDomain takes spam.example in the many ways people paste it.
func parseDomain(value string) (string, error) {
	name := strings.ToLower(value)
	if _, after, ok := strings.Cut(name, "://"); ok {
		name, _, _ = strings.Cut(after, "/")
	}
	name = strings.Trim(strings.TrimPrefix(strings.TrimPrefix(strings.Trim(name, "/"), "*."), "@"), "./")
	host, err := remote.CanonicalHost(name)
	if err != nil || strings.Contains(host, "@") || strings.Contains(host, "..") {
		return "", fmt.Errorf("%w: %q is not a domain; write it like spam.example", web.ErrInvalid, value)
	}
	return host, nil
}

// words name a block as the evidence for what it hides.
func (b Block) words() string {
	if b.Reason == "" {
		return b.Value
	}
	return b.Value + ": " + b.Reason
}
