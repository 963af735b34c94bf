package match

import (
	"encoding/base32"
	"strconv"
	"time"

	"github.com/bloghorn/bloghorn/feeds/contenthash"
	"github.com/bloghorn/bloghorn/feeds/pageurl"
	"github.com/bloghorn/bloghorn/feeds/parser"
	"github.com/bloghorn/bloghorn/server/database"
)

const idLength = 26 // characters of base32: 130 bits

var idText = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// postID derives a post's id from its blog's Origin. generation is 0 and grows only when a deleted
// post comes back.
func postID(origin, identity string, generation int) string {
	sum := database.Hash(origin, identity, strconv.Itoa(generation))
	return idText.EncodeToString(sum[:])[:idLength]
}

// Item is an item of a feed with what it is known by, and the post that it is.
type Item struct {
	parser.Item
	identity string // what its id is made of if it is new
	Hash     database.Digest
	ownGUID  bool // no other item has its guid
	ownLink  bool // no other item has its link, and it does not lead to the site itself
	ownHash  bool // no other item has its words

	Was   *Known // the post that it is; nil for a new one
	Score Score  // why it is that post
	Doubt bool   // it may be that post, and may be a new one
}

// ID is the id of a post that is made of the item, where no other has it.
func (it Item) ID(origin string) string { return postID(origin, it.identity, 0) }

// IsNew reports whether no known post is this item, or none for sure.
func (it Item) IsNew() bool { return it.Was == nil || it.Doubt }

// Identify gives each item of a feed its identity: the guid if no other item has it, else the link
// if no other item has that, else the hash of the content, with the date where others say the same.
// Items that say the same twice are one: see Repeats.
//
// A link is no identity where it leads to the site itself, as every item of some feeds does: all
// posts would be one that changes.
func Identify(items []parser.Item, siteURL string) []Item {
	guids, links, hashes := map[string]int{}, map[string]int{}, map[database.Digest]int{}
	var all []Item
	for i, isRepeat := range Repeats(items) {
		if isRepeat {
			continue
		}
		it := Item{Item: items[i], Hash: contenthash.Of(items[i])}
		all = append(all, it)
		guids[it.GUID]++
		links[pageurl.Normalise(it.Link)]++
		hashes[it.Hash]++
	}
	site := pageurl.Normalise(siteURL)
	seen := map[string]bool{}
	var found []Item
	for _, it := range all {
		link := pageurl.Normalise(it.Link)
		it.ownGUID = it.GUID != "" && guids[it.GUID] == 1
		it.ownLink = link != "" && link != site && links[link] == 1
		it.ownHash = hashes[it.Hash] == 1
		if it.identity = it.identities()[0]; !seen[it.identity] {
			seen[it.identity] = true
			found = append(found, it)
		}
	}
	return found
}

// identities are what the item's id may be made of, the best first.
func (it Item) identities() (all []string) {
	if it.ownGUID {
		all = append(all, it.GUID)
	}
	if it.ownLink {
		all = append(all, pageurl.Normalise(it.Link))
	}
	if !it.ownHash {
		all = append(all, it.Hash.String()+" "+it.PublishedAt.UTC().Format(time.RFC3339))
	}
	return append(all, it.Hash.String())
}

// isNameless is true where only its words tell an item from others.
func (it Item) isNameless() bool { return !it.ownGUID && !it.ownLink }

// itemNames are what an item is known by, whatever it says.
type itemNames struct{ GUID, link string }

func entryNames(it parser.Item) itemNames { return itemNames{it.GUID, pageurl.Normalise(it.Link)} }

// Repeats tells of each item whether it is not used: an earlier one has its names and its title,
// text and date, or it is an older version of another entry of Atom (RFC 4287 §4.1.1: the same id,
// published once, updated twice). Items with the same names that differ in any of these are
// different posts: some feeds give one guid and one link to all.
func Repeats(items []parser.Item) []bool {
	type words struct {
		itemNames
		text      database.Digest
		published int64
	}
	shared := map[itemNames]int{}
	for _, it := range items {
		shared[entryNames(it)]++
	}
	is, seen, versions := make([]bool, len(items)), map[words]bool{}, map[words]int{}
	for i, it := range items {
		if shared[entryNames(it)] == 1 {
			continue
		}
		entry := words{itemNames: entryNames(it), published: it.PublishedAt.Unix()}
		if other, ok := versions[entry]; ok && isVersionOf(it, items[other]) {
			if is[i] = !it.UpdatedAt.After(items[other].UpdatedAt); is[i] {
				continue
			}
			is[other] = true
		}
		versions[entry] = i
		entry.text = database.Hash(it.Title, contenthash.Canonical(it.Summary), contenthash.Canonical(it.Content))
		is[i], seen[entry] = seen[entry], true
	}
	return is
}

// isVersionOf says that both are one entry as it was at two times.
func isVersionOf(it, other parser.Item) bool {
	return it.GUID != "" && !it.UpdatedAt.IsZero() && !other.UpdatedAt.IsZero() && !it.UpdatedAt.Equal(other.UpdatedAt)
}

// SharedNamesVersion is the version of the hashes since which items with the same names are
// different posts.
const SharedNamesVersion = 3

// FormerRepeats makes history of what an earlier version of this program took for repeats, on the
// first reading by this one: nobody waits for posts that were there all the time.
func FormerRepeats(items []parser.Item) {
	seen := map[itemNames]bool{}
	for i := range items {
		n := entryNames(items[i])
		items[i].History = items[i].History || n.GUID != "" && n.link != "" && seen[n]
		seen[n] = true
	}
}
