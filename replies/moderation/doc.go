// Package moderation answers who is let in, what readers see of it, and why.
//
// Judge decides whether words that come in are held, withheld or shown; thread.Why keeps by which rule, and Listed.Because says it. What its
// author's profile or the blog keeps from passers-by is withheld, and comes back by itself (consent.go). Approve and Hide decide about one
// reply, AddBlock about everything of a person or a server; a block keeps the state and the reason that a reply had, so that lifting it
// gives back what was there. RevokeQuote takes back the leave to quote, CloseReport deals with a report. Each
// decision is an entry of a log (Decisions) that only grows.
//
// The blog's own voice belongs here too: its answers (Answer, EditAnswer, DeleteAnswer), and the accounts that its owner has elsewhere
// (AddAccount).
package moderation
