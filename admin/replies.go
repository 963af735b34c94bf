package admin

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/bloghorn/bloghorn/replies/moderation"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

type verdict struct {
	apply func(ctx context.Context, db *database.DB, id database.ID, who, why string, now time.Time) error
	done  string
}

var verdicts = map[string]verdict{
	"approve": {moderation.Approve, "approved"},
	"hide":    {moderation.Hide, "hidden"},
}

// decide is behind the buttons of a held reply.
func (p *Pages) decide(w http.ResponseWriter, r *http.Request, s session) error {
	v, ok := verdicts[r.PathValue("verdict")]
	id, err := database.ParseID(r.PathValue("id"))
	if !ok || err != nil {
		return fmt.Errorf("%w: no such decision, or no such reply", web.ErrNotFound)
	}
	err = v.apply(r.Context(), p.DB, id, s.who, "", p.now())
	switch {
	case errors.Is(err, web.ErrNotFound), errors.Is(err, database.ErrNotFound):
		web.Redirect(w, r, goOn(r, "gone"))
		return nil
	case errors.Is(err, web.ErrRefused):
		web.Redirect(w, r, goOn(r, "refused"))
		return nil
	case errors.Is(err, web.ErrGone):
		web.Redirect(w, r, goOn(r, "no-text"))
		return nil
	case err != nil:
		return fmt.Errorf("%s the reply: %w", r.PathValue("verdict"), err)
	}
	done := v.done
	if r.PathValue("verdict") == "approve" {
		if l, err := moderation.ListedByID(r.Context(), p.DB, id); err == nil && l.KeptBack() != "" {
			done = "withheld" // for its author or the blog's settings keep it off the page
		}
	}
	web.Redirect(w, r, goOn(r, done))
	return nil
}
