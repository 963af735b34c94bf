package cli

import (
	"bytes"
	"context"
	"flag"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/server/app"
	"github.com/bloghorn/bloghorn/server/costtest"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
	"github.com/bloghorn/bloghorn/server/exit"
)

// asProgram makes this test binary be the program, so that a test can start it as a process of its own and kill it.
const asProgram = "BLOGHORN_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		Main(app.Outside{Lease: 15 * time.Second, AnswerIn: time.Minute}.Within(context.Background()))
	}
	flag.Set("test.parallel", strconv.Itoa(4*runtime.GOMAXPROCS(0))) // the tests that may run at the same time mostly wait
	databasetest.Main(m)
}

// process is the program as a process.
type process struct {
	command *exec.Cmd
	said    *bytes.Buffer
}

// startProcess runs the program and waits until it is ready.
func startProcess(t *testing.T, base string, args ...string) *process {
	t.Helper()
	p := launch(t, args...)
	eventually(t, "the server to be ready", func() bool {
		res, err := http.Get(base + "/readyz")
		if err != nil {
			return false
		}
		res.Body.Close()
		return res.StatusCode == http.StatusOK
	})
	return p
}

func launch(t *testing.T, args ...string) *process {
	t.Helper()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{command: exec.Command(binary, args...), said: &bytes.Buffer{}}
	p.command.Env = append(os.Environ(), asProgram+"=1")
	p.command.Stdout, p.command.Stderr = p.said, p.said
	if err := p.command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.kill()
		if t.Failed() {
			t.Logf("the process said:\n%s", p.said)
		}
	})
	return p
}

// kill is kill -9: the program gets no chance to tidy up.
func (p *process) kill() {
	p.command.Process.Kill()
	p.command.Wait()
}

// TestKillInTheMiddleOfAFanOut kills the server while a post is on its way to hundreds of inboxes and starts it again:
// every inbox has the Create, and no inbox has two different ones.
func TestKillInTheMiddleOfAFanOut(t *testing.T) {
	t.Parallel() // most of it is waiting for the leases of the dead process to end
	databasetest.EachURL(t, func(t *testing.T, databaseURL string) {
		t.Parallel()
		const hosts = 20
		inboxes := hosts * costtest.Pick(8, 50)
		farm, feed, door := newFarm(t, hosts, inboxes/hosts), newSampleFeed(t), ownPort(t)
		farm.mostCreates = 100 // however fast the machine is, the others are not answered before the kill
		address := door.Addr().String()
		door.Close() // the process will listen there
		base := "http://" + address
		flags := []string{
			"--listen", address, "--admin-listen", "127.0.0.1:0", "--data-dir", t.TempDir(), "--database-url", databaseURL, "--feed-poll-interval", "100ms",
			"--feed-publish-delay", "0s", "--feed-allow-private", feed.host(), "--federation-allow-private", strings.Join(farm.addresses(), ","),
			"--config", emptyConfig(t),
		}
		first := startProcess(t, base, append([]string{"serve"}, flags...)...)
		var out bytes.Buffer
		if code := run(app.Outside{NewKey: fediversetest.NewKey}.Within(t.Context()), append([]string{"blog", "add", feed.URL, "--handle", "tea"}, flags...), &out, &out); code != exit.OK {
			t.Fatalf("blog add: exit %d\n%s", code, out.String())
		}
		o := &operator{t: t, feed: feed, base: base, flags: flags}
		o.isFollowedByAll(farm, base+"/blogs/tea")

		feed.publish("tea", "On tea", "<p>Four minutes.</p>")
		eventually(t, "100 Creates", func() bool { return farm.arrived("Create") >= 100 })
		first.kill()
		before := farm.arrived("Create")
		if before >= inboxes {
			t.Fatalf("all %d Creates had come before the kill: nothing is shown", before)
		}
		close(farm.goOn)
		began := time.Now()
		startProcess(t, base, append([]string{"serve"}, flags...)...)
		eventually(t, "a Create for everybody", func() bool { return len(farm.without("Create")) == 0 })
		if _, twice := farm.reached("Create"); twice > 0 {
			t.Errorf("%d inboxes have two different Creates", twice)
		}
		t.Logf("killed after %d of %d; complete %v after the restart; %d came twice with the same id",
			before, inboxes, time.Since(began).Round(time.Second), farm.arrived("Create")-inboxes)
	})
}

// isFollowedByAll waits until the whole farm has its Accepts. Whoever has none after half a minute asks again, as people do: a try that a
// busy machine let time out is made again after minutes.
func (o *operator) isFollowedByAll(farm *farm, actor string) {
	o.t.Helper()
	farm.allFollow(actor)
	asked := time.Now()
	eventually(o.t, "an Accept for everybody", func() bool {
		without := farm.without("Accept")
		if len(without) > 0 && time.Since(asked) > 30*time.Second {
			asked = time.Now()
			for _, words := range [][]string{{"delivery", "list", "--state", "pending"}, {"delivery", "ledger"}} {
				_, said := o.types(words...)
				o.t.Logf("%d have no Accept; %v:\n%s", len(without), words, said)
			}
			farm.follow(actor, without)
		}
		return len(without) == 0
	})
}

var portsTaken atomic.Int32

// ownPort listens at a port that stays ours when it is closed: below those that the system gives to whoever asks for any.
func ownPort(t *testing.T) net.Listener {
	t.Helper()
	for range 1000 {
		port := 10_000 + os.Getpid()%9000 + int(portsTaken.Add(1))
		if door, err := listenLoopback(port); err == nil {
			return door
		}
	}
	t.Fatal("no port is free")
	return nil
}

func emptyConfig(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bloghorn.toml")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
