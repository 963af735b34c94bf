package cli

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/server/database/databasetest"
	"github.com/bloghorn/bloghorn/server/exit"
)

func TestTwoServersThatStartTogetherOnAnEmptyDatabaseBothServe(t *testing.T) {
	databasetest.EachEmptyURL(t, func(t *testing.T, url string) {
		folder := t.TempDir() // they share the secret key
		started := make(chan string)
		for range 2 {
			door := ownPort(t)
			address := door.Addr().(*net.TCPAddr).String()
			door.Close()
			go func() {
				defer func() { started <- address }() // also where it has failed
				startProcess(t, "http://"+address, "serve", "--listen", address, "--admin-listen", "127.0.0.1:0",
					"--public-url", "http://blog.test", "--data-dir", folder, "--database-url", url, "--config", emptyConfig(t))
			}()
		}
		for range 2 {
			if status, _, body := fetch(t, "http://"+<-started+"/readyz", "*/*"); status != 200 {
				t.Errorf("%d %s", status, body)
			}
		}
	})
}

func TestStopWhileTheTablesAreMadeIsNoFailureOfTheDatabase(t *testing.T) {
	databasetest.EachEmptyURL(t, func(t *testing.T, url string) {
		ctx, stop := context.WithCancel(t.Context())
		stop()
		var said bytes.Buffer
		code := run(ctx, []string{"serve", "--data-dir", t.TempDir(), "--database-url", url, "--config", emptyConfig(t)}, &said, &said)
		if code != exit.Interrupted || said.String() != "bloghorn: "+errStopped.Error()+"\n" {
			t.Errorf("exit %d: %s", code, &said)
		}
	})
}

// A wrong path or a lost disk: an empty database in the place of the one that is meant would tell followers that
// the blog is gone.
func TestEmptyDatabaseBesideASecretKeyIsRefused(t *testing.T) {
	databasetest.EachEmptyURL(t, func(t *testing.T, url string) {
		o := newOperator(t)
		o.flags = append(o.flags, "--database-url", url)
		if err := os.WriteFile(filepath.Join(o.flags[5], "secret.key"), []byte("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, words := range [][]string{{"serve"}, {"blog", "list"}, {"blog", "add", o.feed.URL}, {"admin", "link"}} {
			code, said := o.types(words...)
			if code != exit.Refused || !strings.Contains(said, "secret.key is there") || !strings.Contains(said, "serve --new-database") {
				t.Errorf("%v: exit %d %s", words, code, said)
			}
		}
		if path, ok := strings.CutPrefix(url, "sqlite:"); ok {
			if _, err := os.Stat(path); err == nil {
				t.Error("it made the file")
			}
		}
		startProcess(t, o.base, append([]string{"serve", "--new-database"}, o.flags...)...).kill()
		if code, said := o.types("blog", "list"); code != exit.OK {
			t.Errorf("after the new beginning: exit %d %s", code, said)
		}
	})
}

// What is answered 2xx must be there after the next start. SQLite goes on with a file that was moved away.
func TestServerWhoseDatabaseWasMovedAwayTakesNothing(t *testing.T) {
	o, farm := newOperator(t), newFarm(t, 1, 1)
	o.flags = append(o.flags, "--federation-allow-private", strings.Join(farm.addresses(), ","))
	if code, said := o.types("blog", "add", o.feed.URL, "--handle", "tea"); code != exit.OK {
		t.Fatalf("blog add: exit %d %s", code, said)
	}
	server := startProcess(t, o.base, append([]string{"serve"}, o.flags...)...)
	person, tea := farm.people[0], o.base+"/blogs/tea"
	send := func() int {
		res, err := http.DefaultClient.Do(farm.signed(person, tea+"/inbox", map[string]any{"id": person + "#follow", "type": "Follow", "object": tea}))
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		return res.StatusCode
	}
	path := filepath.Join(o.flags[5], "bloghorn.db")
	if err := os.Rename(path, path+".away"); err != nil {
		t.Fatal(err)
	}
	for try := range 3 { // as their server does with what was answered 503
		if status := send(); status != http.StatusServiceUnavailable {
			t.Errorf("try %d: %d", try, status)
		}
	}
	eventually(t, "readyz to say so", func() bool {
		status, _, _ := fetch(t, o.base+"/readyz", "*/*")
		return status == http.StatusServiceUnavailable
	})
	if code, said := o.types("blog", "list"); code != exit.Refused || !strings.Contains(said, "secret.key is there") {
		t.Errorf("a command meanwhile: exit %d %s", code, said)
	}
	if err := os.Rename(path+".away", path); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the same request to be taken", func() bool { return send() == http.StatusAccepted })
	server.kill()
	if _, said := o.types("blog", "list"); !strings.Contains(said, "1 follower") {
		t.Errorf("after the next start: %s", said)
	}
}
