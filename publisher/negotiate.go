package publisher

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/bloghorn/bloghorn/publisher/activitypub"
	"github.com/bloghorn/bloghorn/server/web"
)

// WantsDocument says whether the client wants the ActivityPub document rather than a page for
// people.
func WantsDocument(r *http.Request) bool {
	return activitypub.Wants(strings.Join(r.Header.Values("Accept"), ", "))
}

// answerDocument writes a document of ours.
func answerDocument(w http.ResponseWriter, r *http.Request, v any) error {
	body, err := activitypub.Marshal(v)
	if err != nil {
		return err
	}
	web.ActivityJSON(w, r, body)
	return nil
}

// AnswerGone writes what stands where a document was: 410, with a Tombstone for those who can read
// it.
func AnswerGone(w http.ResponseWriter, r *http.Request, tombstone activitypub.Tombstone) error {
	if !WantsDocument(r) {
		w.Header().Set("Vary", "Accept")
		return fmt.Errorf("%w: this was removed", web.ErrGone)
	}
	tombstone.Context = activitypub.PlainContext
	body, err := activitypub.Marshal(tombstone)
	if err != nil {
		return err
	}
	web.Write(w, r, web.Page{
		Type: "application/activity+json; charset=utf-8", Body: body, Vary: "Accept", Public: true, Status: http.StatusGone,
	})
	return nil
}
