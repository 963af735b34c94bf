package feeds_test

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/mux"

	"github.com/bloghorn/bloghorn/feeds"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/web"
)

// TestHookSaysWhenTheFeedIsRead: a script that is told "now" and sees nothing happen looks for the error in the wrong place.
func TestHookSaysWhenTheFeedIsRead(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, post(1))
		handler := &feeds.HookHandler{DB: db, Now: func() time.Time { return w.now }}
		router := mux.NewRouter()
		router.Handle("/api/v1/feeds/{id}/refresh", web.HandlerFunc(handler.Refresh))
		_, token, err := feeds.AddHook(t.Context(), db, w.blog.ID, "", w.now)
		if err != nil {
			t.Fatal(err)
		}
		says := func(want string) {
			t.Helper()
			r := httptest.NewRequest("POST", "/api/v1/feeds/"+w.blog.ID.String()+"/refresh", nil)
			r.Header.Set("Authorization", "Bearer "+token)
			answer := httptest.NewRecorder()
			router.ServeHTTP(answer, r)
			if got := answer.Body.String(); answer.Code != 202 || !strings.Contains(got, want) {
				t.Errorf("%d %q, want %q", answer.Code, got, want)
			}
		}
		w.pass(time.Minute)
		says("is being read")
		w.mustPoll()
		w.pass(2 * time.Second)
		says("at 12:01:05 UTC, since it was read a moment ago")
		w.web.set(feedURL, page{status: 429, header: map[string]string{"Retry-After": "7200"}})
		w.pass(3 * time.Second)
		w.poll()
		says("at 14:01:05 UTC: its server asked")
		if why, err := w.poller.Why(t.Context(), w.blog, w.record()); err != nil || !strings.Contains(why, "left alone") {
			t.Errorf("%q, %v", why, err)
		}
		w.web.set(feedURL, page{status: 410})
		for range 2 {
			w.pass(25 * time.Hour)
			w.poll()
		}
		says("not read any more")
	})
}
