// Package followers knows who follows a blog: it takes their Follows and answers them, lets them
// go, finds out who has left without a word, and where each is reached.
//
// An inbox that is gone removes no follower. pruning.go has the rule: their own document must say
// so on three days.
//
// Whoever follows names their own inbox, which may be anybody's: answers.go bounds what is sent
// there because they asked, and inbox_set.go what is sent of posts.
package followers
