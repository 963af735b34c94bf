package match

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/bloghorn/bloghorn/feeds/pageurl"
	"github.com/bloghorn/bloghorn/feeds/textsim"
)

// What a sign is worth. 60 points are the same post, 40 to 59 a doubt that its owner decides, less
// is another post.
//
// A guid or a link alone is enough where nothing speaks against it. Title and date together are
// enough, as is a title over the same text. One guid for whatever is newest is not: link, title and
// text speak against it.
const (
	sameEnough = 60
	doubtful   = 40

	pointsGuid      = 70
	pointsLink      = 60
	pointsWords     = 60 // the same title, text and date, of an item that has no name of its own
	pointsRedirect  = 60 // the old page leads to the new one
	pointsTitle     = 25
	pointsDay       = 35 // a date without a time of day
	pointsMoment    = 45 // the same second
	pointsVerbatim  = 55 // the same text
	pointsAlike     = 40 // nearly the same text
	pointsKin       = 20 // much of the same text
	pointsRetitled  = -10
	pointsRelinked  = -10
	pointsForeign   = -25
	pointsNewlyMade = -25 // dated since the last poll: it says of itself that it is new
)

// evidence is what an item and a known post have in common.
type evidence struct {
	guid, redirect    bool
	words             bool // nameless, and what it says and when is the same
	link, title, date agreement
	isMoment          bool    // the date has a time of day
	newlyMade         bool    // dated since the last poll
	text              float64 // 0 to 1; negative where the texts are too short or missing
}

// agreement is whether two things that may both be missing are the same.
type agreement int

const (
	unknown agreement = iota
	agrees
	differs
)

func agree(known, same bool) agreement {
	switch {
	case !known:
		return unknown
	case same:
		return agrees
	}
	return differs
}

// Score is a verdict with its reasons, for the log, the plan and the owner.
type Score struct {
	points  int
	reasons []string // in words
	each    []int    // what each is worth
}

// Words are the reasons for somebody who does not count: "text, another title".
func (l Score) Words() string { return strings.Join(l.reasons, ", ") }

func (l Score) isDoubtful() bool { return l.points >= doubtful && l.points < sameEnough }

// String is "guid +70, another title -10".
func (l Score) String() string {
	signs := make([]string, len(l.reasons))
	for i, reason := range l.reasons {
		signs[i] = fmt.Sprintf("%s %+d", reason, l.each[i])
	}
	return strings.Join(signs, ", ")
}

// score decides how much an item is like a post.
func score(e evidence) (l Score) {
	named := e.guid || e.link == agrees || e.redirect || e.words
	for _, sign := range []struct {
		seen   bool
		points int
		reason string
	}{
		{e.guid, pointsGuid, "guid"},
		{e.link == agrees, pointsLink, "link"},
		{e.words, pointsWords, "every word"},
		{e.redirect, pointsRedirect, "the old page leads to the new one"},
		{e.title == agrees, pointsTitle, "title"},
		{e.date == agrees && e.isMoment, pointsMoment, "date and time"},
		{e.date == agrees && !e.isMoment, pointsDay, "date"},
		{e.text >= 0.95, pointsVerbatim, "text"},
		{e.text >= 0.8 && e.text < 0.95, pointsAlike, "nearly the same text"},
		{e.text >= 0.5 && e.text < 0.8, pointsKin, "much of the text"},
		{e.title == differs, pointsRetitled, "another title"},
		{e.guid && e.link == differs, pointsRelinked, "another link"},
		{e.text >= 0 && e.text < 0.1, pointsForeign, "another text"},
		{!named && e.newlyMade && e.date == differs, pointsNewlyMade, "dated since the last poll"},
	} {
		if sign.seen {
			l.points += sign.points
			l.reasons, l.each = append(l.reasons, sign.reason), append(l.each, sign.points)
		}
	}
	return l
}

// needsText says that the texts may change the verdict that the names alone give.
func (l Score) needsText() bool {
	return l.points+pointsForeign < sameEnough && l.points+pointsVerbatim >= doubtful
}

// compareNames is the evidence that needs no text. Names that several posts share are none.
func compareNames(it Item, p Known, lastPoll time.Time) evidence {
	link := pageurl.Normalise(it.Link)
	return evidence{
		guid:      it.ownGUID && !p.sharesNames && p.GUID == GUIDOf(it),
		link:      agree(it.ownLink && !p.sharesNames && p.Link != "", link == p.Link),
		words:     it.saysTheSame(p),
		title:     agree(it.Title != "" && p.Title != "", slices.Equal(textsim.Words(it.Title), textsim.Words(p.Title))),
		date:      agree(!it.PublishedAt.IsZero(), it.PublishedAt.Unix() == p.PublishedAt.Unix()),
		isMoment:  it.PublishedAt.Unix()%(24*60*60) != 0,
		newlyMade: it.PublishedAt.After(lastPoll),
		text:      -1,
	}
}

// saysTheSame says that an item without a name of its own is the post by all that it says.
func (it Item) saysTheSame(p Known) bool {
	return it.isNameless() && p.Hash == it.Hash && (it.PublishedAt.IsZero() || it.PublishedAt.Unix() == p.PublishedAt.Unix())
}

// minWords is how many words a text needs to be compared in part.
const minWords = 8

// similarity is how much of the shorter text is in the longer one, from 0 to 1: a feed that changes
// from excerpts to full texts still says the same. It is negative where there is too little to
// compare.
func similarity(a, b textsim.Text) float64 {
	if a.Len() > b.Len() {
		a, b = b, a
	}
	switch {
	case a.Len() == 0:
		return -1
	case a.Equal(b):
		return 1
	case a.Len() < minWords:
		return -1
	}
	return a.In(b)
}

// pair is an item and the post it may be, by their places in two lists.
type pair struct {
	item, post int
	redirect   bool // the post's page leads to the item's
	Score
}

// assign gives each item at most one post and each post at most one item, the most alike first.
// Doubtful pairs are among them.
func assign(pairs []pair) []pair {
	slices.SortStableFunc(pairs, func(a, b pair) int { return b.points - a.points })
	takenItems, takenPosts := map[int]bool{}, map[int]bool{}
	var chosen []pair
	for _, p := range pairs {
		if p.points < doubtful || takenItems[p.item] || takenPosts[p.post] {
			continue
		}
		takenItems[p.item], takenPosts[p.post] = true, true
		chosen = append(chosen, p)
	}
	return chosen
}
