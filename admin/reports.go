package admin

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/bloghorn/bloghorn/replies/moderation"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

// closeReport is behind the button of a report.
func (p *Pages) closeReport(w http.ResponseWriter, r *http.Request, s session) error {
	id, err := database.ParseID(r.PathValue("id"))
	if err != nil {
		return fmt.Errorf("%w: no such report", web.ErrNotFound)
	}
	err = moderation.CloseReport(r.Context(), p.DB, id, s.who, p.now())
	switch {
	case errors.Is(err, web.ErrNotFound):
		web.Redirect(w, r, "/admin/?done=no-report#reports")
		return nil
	case err != nil:
		return fmt.Errorf("close the report: %w", err)
	}
	web.Redirect(w, r, "/admin/?done=closed#reports")
	return nil
}
