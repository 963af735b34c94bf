package cli

import (
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/server/costtest"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
	"github.com/bloghorn/bloghorn/server/testenv"
)

const howToGetGalera = "no Galera cluster to test with: install MariaDB with its Galera library " +
	"(Debian: apt-get install mariadb-server)"

// TestGaleraNodesKilledLosesNothing: two processes, each with a node of its own in a cluster of three.
// People answer at both. The node of the second process is killed: the first goes on, and has what both
// took. Then the third is killed, so that the last has no majority: its process says so, takes nothing,
// and goes on by itself when the operator makes the node a cluster.
func TestGaleraNodesKilledLosesNothing(t *testing.T) {
	if !costtest.Long() {
		return // a cluster needs a quarter of a minute to begin
	}
	t.Parallel() // most of it is waiting for nodes to miss each other
	began := time.Now()
	log := func(what string) { t.Logf("%5.1f s: %s", time.Since(began).Seconds(), what) }
	cluster := newGalera(t)
	log("three nodes")
	w := newCrew(t, cluster.url(0), 2, 4, 24)
	cluster.collide(w.db)
	log("collisions")
	w.flags[1][slices.Index(w.flags[1], cluster.url(0))] = cluster.url(1)
	w.start(0)
	post := w.begin()
	w.start(1)
	log("two processes and a post")
	people := w.answers(post, 3)
	takes := func() {
		t.Helper()
		before := people.count()[http.StatusAccepted]
		eventually(t, "more answers to be taken", func() bool { return people.count()[http.StatusAccepted] >= before+10 })
	}
	takes()
	w.feed.publish("late", "Late", "<p>Later.</p>")
	eventually(t, "the fan-out to begin", func() bool { return w.farm.arrived("Create") > len(w.farm.people) })
	cluster.kill(1)
	log("one node killed")
	eventually(t, "the second process to say so", func() bool { return w.readyz(1) == http.StatusServiceUnavailable })
	takes()
	eventually(t, "the late post at everybody", func() bool { return w.farm.complete(2) })
	log("the late post at everybody")

	cluster.kill(2)
	log("two nodes killed")
	eventually(t, "the first process to say so", func() bool { return w.readyz(0) == http.StatusServiceUnavailable })
	eventually(t, "what was under way to be answered", func() bool { return cluster.status(0, "wsrep_ready") == "OFF" })
	time.Sleep(5 * time.Second) // a client waits no longer for an answer
	log("no majority")
	w.feed.publish("last", "Last", "<p>Last.</p>")
	before := people.count()
	eventually(t, "answers to be refused", func() bool {
		return people.count()[http.StatusServiceUnavailable] >= before[http.StatusServiceUnavailable]+20
	})
	after := people.count()
	for status, n := range after {
		if n != before[status] && status != http.StatusServiceUnavailable {
			t.Errorf("without a majority %d answers are %d", n-before[status], status)
		}
	}
	cluster.bootstrap(0)
	eventually(t, "the first process to be ready again", func() bool { return w.readyz(0) == http.StatusOK })
	log("a cluster again")
	takes()
	eventually(t, "the last post at everybody", func() bool { return w.farm.complete(3) })
	log("the last post at everybody")

	taken := people.stop()
	eventually(t, "all that was taken", func() bool { return len(w.lost(taken)) == 0 })
	for text, n := range w.stored() {
		if n > 1 {
			t.Errorf("%s is there %d times", text, n)
		}
	}
	again := w.farm.arrived("Create") - 3*len(w.farm.people)
	if again > 2*inFlight {
		t.Errorf("%d Creates came twice", again)
	}
	for status := range people.statuses {
		if status != 0 && status != http.StatusAccepted && status != http.StatusServiceUnavailable {
			t.Errorf("people are answered %d", status)
		}
	}
	t.Logf("%d of %d answers taken (%v), %d Creates came twice", len(taken), people.sent, people.statuses, again)
}

// count is how often each status was the answer until now.
func (x *traffic) count() map[int]int {
	x.mu.Lock()
	defer x.mu.Unlock()
	return maps.Clone(x.statuses)
}

func (w *crew) readyz(n int) int { return status(w.bases[n] + "/readyz") }

// galera is a cluster of MariaDB on loopback, whose nodes replicate before they commit.
type galera struct {
	t       *testing.T
	library string
	folder  string
	sql     []string // where each node listens for clients, and
	group   []string // for the other nodes
	nodes   []*exec.Cmd
}

// galeraHandshake is what a node and the one that brings it up to date call, in place of a copy with rsync or
// mariadb-backup: all begin with the same files, so what a node lacks is in the memory of the other.
// https://galeracluster.com/documentation/html_docs/documentation/scriptable-sst.html
const galeraHandshake = `#!/bin/sh
while [ $# -gt 0 ]; do
	case $1 in
	--role) role=$2 ;;
	--address) note=$TMPDIR/$2 address=$2 ;;
	--gtid) gtid=$2 ;;
	--bypass) bypass=1 ;;
	esac
	shift
done
case $role in
joiner)
	echo "ready $address"
	until [ -s "$note" ]; do sleep 0.1; done
	cat "$note"
	;;
donor)
	[ "$bypass" ] || exit 1
	echo "$gtid 0" >"$note.new" && mv "$note.new" "$note"
	echo "done $gtid"
	;;
esac
`

// newGalera starts three nodes. The first makes the files, and ends; the others begin with a copy.
func newGalera(t *testing.T) *galera {
	t.Helper()
	c := &galera{t: t, folder: t.TempDir()}
	for _, path := range []string{"/usr/lib/galera/libgalera_smm.so", "/usr/lib64/galera-4/libgalera_smm.so"} {
		if _, err := os.Stat(path); err == nil {
			c.library = path
		}
	}
	if _, err := exec.LookPath("mariadbd"); err != nil || c.library == "" {
		testenv.Missing(t, howToGetGalera)
	}
	for range 3 {
		c.sql, c.group = append(c.sql, freeAddress(t)), append(c.group, freeAddress(t))
	}
	if err := os.WriteFile(filepath.Join(c.folder, "wsrep_sst_handshake"), []byte(galeraHandshake), 0o700); err != nil {
		t.Fatal(err)
	}
	install := c.program("mariadb-install-db", "--auth-root-authentication-method=normal", "--skip-test-db", "--datadir="+c.data(0))
	if out, err := install.CombinedOutput(); err != nil {
		t.Fatalf("install a node: %v: %s", err, out)
	}
	first := c.start(0, "--wsrep-new-cluster")
	c.waitForSize(1)
	first.Process.Signal(syscall.SIGTERM)
	first.Wait()
	for n := 1; n < 3; n++ {
		if err := os.CopyFS(c.data(n), os.DirFS(c.data(0))); err != nil {
			t.Fatal(err)
		}
		os.Remove(filepath.Join(c.data(n), "galera.cache"))
	}
	c.nodes = []*exec.Cmd{c.start(0, "--wsrep-new-cluster")}
	c.waitForSize(1)
	c.nodes = append(c.nodes, c.start(1), c.start(2))
	c.waitForSize(3)
	c.exec(0, "CREATE DATABASE bloghorn")
	return c
}

// collide has two nodes change the same row at the same time: what the cluster refuses is tried again. What
// it refused at every try did not happen.
func (c *galera) collide(first *database.DB) {
	c.t.Helper()
	const (
		host = "collide.example"
		each = 100
	)
	const insert = `INSERT INTO hosts (host, failures, paused_until, failing_since, succeeded_at, last_error, updated_at)
		VALUES (?, 0, 0, 0, 0, '', 0)`
	if _, err := first.Exec(c.t.Context(), insert, host); err != nil {
		c.t.Fatal(err)
	}
	var both sync.WaitGroup
	var tries, done atomic.Int32
	for _, db := range []*database.DB{first, databasetest.OpenURL(c.t, c.url(1))} {
		both.Go(func() {
			for range each {
				err := db.InTx(c.t.Context(), func(tx *database.Tx) error {
					tries.Add(1)
					_, err := tx.Exec(c.t.Context(), "UPDATE hosts SET failures = failures + 1 WHERE host = ?", host)
					return err
				})
				switch {
				case err == nil:
					done.Add(1)
				case !errors.Is(err, database.ErrConflict):
					c.t.Errorf("a change that collides: %v", err)
				}
			}
		})
	}
	both.Wait()
	eventually(c.t, "every change at the first node, which learns of the other's a little later", func() bool {
		var sum int32
		err := first.QueryRow(c.t.Context(), "SELECT failures FROM hosts WHERE host = ?", host).Scan(&sum)
		return err == nil && sum == done.Load()
	})
	if _, err := first.Exec(c.t.Context(), "DELETE FROM hosts WHERE host = ?", host); err != nil {
		c.t.Fatal(err)
	}
	c.t.Logf("%d of %d changes are made, in %d tries", done.Load(), 2*each, tries.Load())
}

func (c *galera) data(n int) string { return filepath.Join(c.folder, fmt.Sprint("node", n)) }

func (c *galera) url(n int) string { return "mysql://root@" + c.sql[n] + "/bloghorn" }

// program runs a part of MariaDB that finds the handshake.
func (c *galera) program(name string, args ...string) *exec.Cmd {
	args = append([]string{"--no-defaults"}, args...)
	if os.Getuid() == 0 {
		args = append(args, "--user=root")
	}
	command := exec.Command(name, args...)
	command.Env = append(os.Environ(), "TMPDIR="+c.folder, "PATH="+c.folder+":"+os.Getenv("PATH"))
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return command
}

// start starts a node. A node that is gone is missed after 3 s.
func (c *galera) start(n int, more ...string) *exec.Cmd {
	c.t.Helper()
	_, port, _ := strings.Cut(c.sql[n], ":")
	node := c.program("mariadbd", append([]string{
		"--datadir=" + c.data(n), "--bind-address=127.0.0.1", "--port=" + port, "--socket=" + c.data(n) + ".sock",
		"--pid-file=" + c.data(n) + ".pid", "--binlog-format=ROW", "--innodb-autoinc-lock-mode=2",
		"--innodb-buffer-pool-size=16M", "--innodb-log-file-size=8M", "--innodb-flush-log-at-trx-commit=2",
		"--max-connections=100", "--wsrep-on=ON", "--wsrep-provider=" + c.library,
		"--wsrep-cluster-address=gcomm://" + strings.Join(c.group, ","), "--wsrep-node-name=" + fmt.Sprint("node", n),
		"--wsrep-node-address=" + c.group[n], "--wsrep-node-incoming-address=" + c.sql[n],
		"--wsrep-sst-method=handshake", "--wsrep-sst-receive-address=" + freeAddress(c.t),
		"--wsrep-provider-options=gmcast.listen_addr=tcp://" + c.group[n] + ";ist.recv_addr=" + freeAddress(c.t) +
			";gcache.size=8M;evs.suspect_timeout=PT3S;evs.inactive_timeout=PT6S",
	}, more...)...)
	said := &lockedBuffer{}
	node.Stdout, node.Stderr = said, said
	if err := node.Start(); err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() {
		node.Process.Kill()
		node.Wait()
		if c.t.Failed() {
			c.t.Logf("node %d said:\n%s", n, said)
		}
	})
	return node
}

// waitForSize waits until the first nodes, so many, are a cluster.
func (c *galera) waitForSize(size int) {
	c.t.Helper()
	eventually(c.t, fmt.Sprintf("a cluster of %d", size), func() bool {
		for n := range size {
			if c.status(n, "wsrep_ready") != "ON" || c.status(n, "wsrep_cluster_size") != fmt.Sprint(size) {
				return false
			}
		}
		return true
	})
}

// status is what a node says about itself, nothing if it does not answer.
func (c *galera) status(n int, name string) (value string) {
	db := c.open(n)
	defer db.Close()
	db.QueryRow("SHOW STATUS LIKE '"+name+"'").Scan(&name, &value)
	return value
}

func (c *galera) exec(n int, statement string) {
	c.t.Helper()
	db := c.open(n)
	defer db.Close()
	if _, err := db.Exec(statement); err != nil {
		c.t.Fatal(err)
	}
}

func (c *galera) open(n int) *sql.DB {
	db, err := sql.Open("mysql", "root@tcp("+c.sql[n]+")/")
	if err != nil {
		c.t.Fatal(err)
	}
	return db
}

// kill is kill -9.
func (c *galera) kill(n int) {
	c.nodes[n].Process.Kill()
	c.nodes[n].Wait()
}

// bootstrap is what an operator does who knows that the other nodes are gone.
func (c *galera) bootstrap(n int) {
	c.exec(n, "SET GLOBAL wsrep_provider_options = 'pc.bootstrap=YES'")
}

func freeAddress(t *testing.T) string {
	t.Helper()
	door := ownPort(t)
	defer door.Close()
	return door.Addr().String()
}
