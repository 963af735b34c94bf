package cli

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
)

func TestReadyzTellsLoadBalancersWhenToStayAway(t *testing.T) {
	t.Parallel()
	c := newChecked(t)
	ask := func(path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		c.App.Handler().ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		return w
	}
	want(t, "ready", ask("/readyz").Code, 200)
	c.App.Draining.Store(true)
	want(t, "while it stops", ask("/readyz").Code, 503)
	c.App.Draining.Store(false)
	c.App.DB.Close()
	eventually(t, "readyz to miss its database", func() bool { return ask("/readyz").Code == 503 }) // an answer is believed for a second
	away := ask("/readyz")
	want(t, "it says when to ask again", away.Header().Get("Retry-After") != "", true)
	want(t, "what strangers read", away.Body.String(), "not ready\n")
	want(t, "strangers read of the database", strings.Contains(away.Body.String(), "database"), false)
	want(t, "alive without a database", ask("/livez").Code, 200)
}

func TestLogIsTextForPeopleAndJSONForMachines(t *testing.T) {
	for _, format := range []string{"auto", "json", "text"} {
		o := newOperator(t)
		server := startProcess(t, o.base, append([]string{"serve", "--ops-log-format", format}, o.flags...)...)
		if err := server.command.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		if err := server.command.Wait(); err != nil {
			t.Fatalf("%v\n%s", err, server.said)
		}
		var line string // what an operator has to know first: whom the server may ask on her own network
		for _, one := range strings.Split(server.said.String(), "\n") {
			if strings.Contains(one, "feed.allow_private") {
				line = one
			}
		}
		var fields map[string]any
		if isJSON := json.Unmarshal([]byte(line), &fields) == nil; line == "" || isJSON != (format != "text") || !strings.Contains(line, o.feed.host()) {
			t.Errorf("%s: %q of\n%s", format, line, server.said)
		}
	}
}
