package cli

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/server/exit"
)

// lineThenStop ends a context when a line of the conversation is written.
type lineThenStop struct {
	bytes.Buffer
	stop func()
}

func (w *lineThenStop) Write(p []byte) (int, error) {
	if bytes.Contains(p, []byte("1/")) {
		w.stop()
	}
	return w.Buffer.Write(p)
}

func TestStoppedDemoHasNotFailed(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	out := &lineThenStop{stop: stop}
	code := run(ctx, []string{"demo", "--once"}, out, out)
	said := out.String()
	if code != exit.Interrupted || strings.Contains(said, "FAILED") || strings.Contains(said, "failed") ||
		!strings.Contains(said, errStopped.Error()) {
		t.Errorf("exit %d: %s", code, said)
	}
	if left, err := filepath.Glob(filepath.Join(os.TempDir(), "*")); err != nil || len(left) > 0 {
		t.Errorf("it left %v behind (%v)", left, err)
	}
}

// Whatever a command was about when it was stopped, it says so in the same words.
func TestStoppedCommandSaysSoInOneSentence(t *testing.T) {
	o := newOperator(t)
	o.mustType("blog", "add", o.feed.URL, "--handle", "tea")
	ctx, stop := context.WithCancel(t.Context())
	stop()
	for _, words := range [][]string{
		{"blog", "add", o.feed.URL}, {"serve"}, {"healthcheck"}, {"preview", o.feed.URL}, {"demo", "--once"},
	} {
		if words[0] != demoName { // which takes none of them
			words = append(words, o.flags...)
		}
		var said bytes.Buffer
		code := run(ctx, words, &said, &said)
		if code != exit.Interrupted || !strings.HasSuffix(said.String(), "bloghorn: "+errStopped.Error()+"\n") ||
			strings.Contains(said.String(), "context canceled") {
			t.Errorf("%v: exit %d: %s", words, code, &said)
		}
	}
	if err := errors.New("the disk is full"); cutShort(err) {
		t.Error("a failure is taken for a stop")
	}
}

// A terminal that is closed sends SIGHUP, and many shells send it once more.
func TestServerStopsInOrderWhenItsTerminalIsClosed(t *testing.T) {
	// What nohup started ignores SIGHUP, and so would its children.
	heard := make(chan os.Signal, 1)
	signal.Notify(heard, syscall.SIGHUP)
	defer signal.Stop(heard)
	o := newOperator(t)
	server := startProcess(t, o.base, append([]string{"serve"}, o.flags...)...)
	for range 2 {
		if err := server.command.Process.Signal(syscall.SIGHUP); err != nil {
			break // it was quick
		}
		time.Sleep(time.Millisecond)
	}
	if err := server.command.Wait(); err != nil {
		t.Errorf("after SIGHUP: %v\n%s", err, server.said)
	}
}
