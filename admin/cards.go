package admin

import (
	"context"
	"fmt"
	"html/template"
	"net/http"

	"github.com/bloghorn/bloghorn/replies/moderation"
	"github.com/bloghorn/bloghorn/replies/thread"
	"github.com/bloghorn/bloghorn/server/database"
)

// maxCards is how many replies are on a page.
const maxCards = 25

// card is a reply as a moderator decides about it.
type card struct {
	moderation.Listed
	Parent *moderation.Listed // what it answers, where that is a reply
	query  string             // of what its buttons are sent to: where to go on afterwards
}

// Why is what took it from the readers, or had it wait.
func (c card) Why() string { return c.Listed.Why.Words() }

// To is where a button sends the decision.
func (c card) To(verdict string) template.URL {
	return button("/admin/replies/"+c.Reply.ID.String()+"/"+verdict, c.query)
}

// readCards are replies with what they answer. from names the page that they stand on, "" for home,
// and after where that page begins.
func (p *Pages) readCards(ctx context.Context, list []moderation.Listed, from, after string) ([]card, error) {
	parents, err := moderation.ParentsOf(ctx, p.DB, list)
	if err != nil {
		return nil, fmt.Errorf("read what is answered: %w", err)
	}
	cards := make([]card, len(list))
	for i, reply := range list {
		cards[i].Listed = reply
		if parent, ok := parents[reply.ParentID]; ok {
			cards[i].Parent = &parent
		}
		next := ""
		if i+1 < len(list) {
			next = "r-" + list[i+1].Reply.ID.String()
		}
		cards[i].query = leadsTo(next, from, after)
	}
	return cards, nil
}

// hiddenView is the page of hidden replies.
type hiddenView struct {
	Said      string
	Unchanged bool
	Cards     []card
	Older     string // where the next page begins; "" where there is none
}

// hidden lists what is hidden, the last that came first, to be shown again.
func (p *Pages) hidden(w http.ResponseWriter, r *http.Request, _ session) error {
	after := r.URL.Query().Get("after")
	before, err := database.ParseID(after)
	if err != nil {
		after, before = "", 0
	}
	list, err := moderation.Newest(r.Context(), p.DB, thread.Hidden, before, maxCards+1)
	if err != nil {
		return err
	}
	done := r.URL.Query().Get("done")
	view := hiddenView{Said: sentences[done], Unchanged: unchanged[done]}
	if len(list) > maxCards {
		list = list[:maxCards]
		view.Older = list[maxCards-1].Reply.ID.String()
	}
	if view.Cards, err = p.readCards(r.Context(), list, "hidden", after); err != nil {
		return err
	}
	return render(w, r, "hidden", http.StatusOK, view)
}
