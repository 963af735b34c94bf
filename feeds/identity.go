package feeds

import (
	"encoding/base32"
	"strconv"

	"github.com/bloghorn/bloghorn/server/database"
)

const idLength = 26 // characters of base32: 130 bits

var idText = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// postID derives a post's id from its blog's Origin. generation is 0 and grows only when a deleted post comes back.
func postID(origin, identity string, generation int) string {
	sum := database.Hash(origin, identity, strconv.Itoa(generation))
	return idText.EncodeToString(sum[:])[:idLength]
}

// identified is an item with what it is known by.
type identified struct {
	item
	identity string // what its id is made of if it is new
	hash     database.Digest
	ownGuid  bool // no other item has its guid
	ownLink  bool // no other item has its link, and it does not lead to the site itself
}

// identify gives each item of a feed its identity: the guid if no other item has it, else the link if no other item has that, else the
// hash of the content. Items that say the same twice are one: the first is kept.
//
// A link is no identity where it leads to the site itself, as every item of some feeds does: all posts would be one that changes.
func identify(items []item, siteURL string) []identified {
	items = withoutRepeats(items)
	guids, links := map[string]int{}, map[string]int{}
	for _, it := range items {
		guids[it.guid]++
		links[NormaliseLink(it.link)]++
	}
	site := NormaliseLink(siteURL)
	seen := map[string]bool{}
	var found []identified
	for _, it := range items {
		link := NormaliseLink(it.link)
		one := identified{
			item: it, hash: contentHash(it),
			ownGuid: it.guid != "" && guids[it.guid] == 1, ownLink: link != "" && link != site && links[link] == 1,
		}
		if one.identity = one.identities()[0]; !seen[one.identity] {
			seen[one.identity] = true
			found = append(found, one)
		}
	}
	return found
}

// identities are what the item's id may be made of, the best first.
func (it identified) identities() (all []string) {
	if it.ownGuid {
		all = append(all, it.guid)
	}
	if it.ownLink {
		all = append(all, NormaliseLink(it.link))
	}
	return append(all, it.hash.String())
}

// withoutRepeats drops items that have both guid and link of an earlier one: the same entry, listed twice.
func withoutRepeats(items []item) []item {
	type name struct{ guid, link string }
	seen := map[name]bool{}
	var kept []item
	for _, it := range items {
		n := name{it.guid, NormaliseLink(it.link)}
		if n.guid != "" && n.link != "" && seen[n] {
			continue
		}
		seen[n] = true
		kept = append(kept, it)
	}
	return kept
}
