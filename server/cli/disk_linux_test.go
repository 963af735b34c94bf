package cli

import (
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/bloghorn/bloghorn/server/exit"
	"github.com/bloghorn/bloghorn/server/testenv"
)

const diskSize = "size=8m"

// newDisk is a small disk of its own, which can be filled.
func newDisk(t *testing.T) (folder string) {
	t.Helper()
	folder = t.TempDir()
	if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, diskSize); err != nil {
		testenv.Missing(t, "no disk to fill: a test that mounts one runs as root")
	}
	t.Cleanup(func() { syscall.Unmount(folder, syscall.MNT_DETACH) })
	return folder
}

// TestDiskTroubleIsToldAndReadersAreServed starts the server on a disk that is full, and on one that is read-only, after it was stopped in
// order; SQLite would remove two files then that it cannot make again.
func TestDiskTroubleIsToldAndReadersAreServed(t *testing.T) {
	for name, c := range map[string]struct {
		words       string
		break_, fix func(t *testing.T, folder string)
	}{
		"full": {words: "disk is full", break_: fill, fix: func(t *testing.T, folder string) { os.Remove(filepath.Join(folder, "fill")) }},
		"read-only": {words: "read-only", break_: func(t *testing.T, folder string) { remount(t, folder, syscall.MS_RDONLY) },
			fix: func(t *testing.T, folder string) { remount(t, folder, 0) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder, o, private := newDisk(t), newOperator(t), ownPort(t)
			o.flags = append(o.flags, "--data-dir", folder, "--admin-listen", private.Addr().String())
			private.Close()
			serve := append([]string{"serve"}, o.flags...)
			first := startProcess(t, o.base, serve...)
			if code, said := o.types("blog", "add", o.feed.URL, "--handle", "tea"); code != exit.OK {
				t.Fatalf("blog add: exit %d %s", code, said)
			}
			o.hasComments("/old", 200)
			first.stop(t)
			c.break_(t, folder)

			launch(t, serve...)
			o.hasComments("/old", 200)
			o.isReady(503)
			if code, said := o.types("healthcheck"); code != exit.Failed || !strings.Contains(said, c.words) {
				t.Errorf("healthcheck: exit %d %s", code, said)
			}
			res, err := http.Get(o.base + "/readyz")
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			if body, _ := io.ReadAll(res.Body); strings.Contains(string(body), "disk") || strings.Contains(string(body), "database") {
				t.Errorf("a stranger reads %s", body)
			}

			c.fix(t, folder)
			o.isReady(200)
			o.feed.publish("tea", "On tea", "<p>Four minutes.</p>")
			o.hasComments("/tea", 200)
		})
	}
}

func fill(t *testing.T, folder string) {
	t.Helper()
	f, err := os.Create(filepath.Join(folder, "fill"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for err == nil {
		_, err = f.Write(make([]byte, 4096))
	}
}

func remount(t *testing.T, folder string, flags uintptr) {
	t.Helper()
	if err := syscall.Mount("", folder, "", syscall.MS_REMOUNT|flags, diskSize); err != nil {
		t.Fatal(err)
	}
}

// stop ends the process in order.
func (p *process) stop(t *testing.T) {
	t.Helper()
	if err := p.command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := p.command.Wait(); err != nil {
		t.Fatalf("the server ends with %v", err)
	}
}

func (o *operator) isReady(want int) {
	o.t.Helper()
	eventually(o.t, "readyz to say so", func() bool { return status(o.base+"/readyz") == want })
}

// hasComments waits until the thread of a page is served.
func (o *operator) hasComments(slug string, want int) {
	o.t.Helper()
	eventually(o.t, "the thread of "+slug, func() bool {
		return status(o.base+"/comments?url="+url.QueryEscape(o.feed.URL+slug)) == want
	})
}

func status(address string) int {
	res, err := http.Get(address)
	if err != nil {
		return 0
	}
	res.Body.Close()
	return res.StatusCode
}
