package databasetest

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/server/testenv"
)

const startTimeout = 60 * time.Second

const howToGetOne = "no MySQL server to test with: install one (Debian: apt-get install mariadb-server), or name one in BLOGHORN_TEST_MYSQL=mysql://user:pass@host:3306/"

var server mysqlServer

// address is where the server is and who may create databases on it.
type address struct{ *url.URL }

func (a address) url(name string) string { return a.JoinPath(name).String() }

func (a address) dsn(name string) string {
	password, _ := a.User.Password()
	return fmt.Sprintf("%s:%s@tcp(%s)/%s", a.User.Username(), password, a.Host, name)
}

// mysqlServer is the one server of this test process.
type mysqlServer struct {
	once    sync.Once
	at      address
	err     error
	command *exec.Cmd
	folder  string
	pool    pool
}

// lacking reports whether there is no server to test with.
func (s *mysqlServer) lacking() bool {
	if os.Getenv("BLOGHORN_TEST_MYSQL") != "" {
		return false
	}
	_, err := lookServer()
	return err != nil
}

func (s *mysqlServer) start(t testing.TB) address {
	t.Helper()
	s.once.Do(func() { s.at, s.err = s.find() })
	switch {
	case errors.Is(s.err, exec.ErrNotFound):
		testenv.Missing(t, howToGetOne)
	case s.err != nil:
		t.Fatalf("start the MySQL test server: %v", s.err)
	}
	return s.at
}

func (s *mysqlServer) find() (address, error) {
	if named := os.Getenv("BLOGHORN_TEST_MYSQL"); named != "" {
		u, err := url.Parse(named)
		return address{u}, err
	}
	binary, err := lookServer()
	if err != nil {
		return address{}, err
	}
	if s.folder, err = os.MkdirTemp("", "bloghorn-mysql-"); err != nil {
		return address{}, err
	}
	return s.launch(binary)
}

// lookServer also looks where Debian puts servers, which is not on every user's PATH.
func lookServer() (string, error) {
	for _, name := range []string{"mariadbd", "/usr/sbin/mariadbd", "mysqld", "/usr/sbin/mysqld"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", exec.ErrNotFound
}

func (s *mysqlServer) launch(binary string) (address, error) {
	if err := s.install(binary); err != nil {
		return address{}, err
	}
	port, err := freePort()
	if err != nil {
		return address{}, err
	}
	certificate := filepath.Join(s.folder, "tls.pem")
	if err := writeCertificate(certificate); err != nil {
		return address{}, err
	}
	s.command = s.program(binary, "--no-defaults", "--datadir="+s.data(), "--bind-address=127.0.0.1",
		"--port="+port, "--socket="+filepath.Join(s.folder, "sock"), "--pid-file="+filepath.Join(s.folder, "pid"),
		"--ssl-ca="+certificate, "--ssl-cert="+certificate, "--ssl-key="+certificate,
		// The tests are of our SQL, not of the server's disk.
		"--innodb-flush-log-at-trx-commit=2", "--sync-binlog=0", "--skip-log-bin", "--innodb-doublewrite=0",
		"--innodb-buffer-pool-size=64M", "--innodb-log-file-size=16M", "--max-connections=500")
	var log bytes.Buffer
	s.command.Stdout, s.command.Stderr = &log, &log
	dieWithParent(s.command)
	if err := s.command.Start(); err != nil {
		return address{}, err
	}
	at := address{&url.URL{Scheme: "mysql", User: url.User("root"), Host: "127.0.0.1:" + port, Path: "/"}}
	if err := waitFor(at); err != nil {
		return address{}, fmt.Errorf("%w; the server says: %s", err, log.String())
	}
	return at, nil
}

func (s *mysqlServer) data() string { return filepath.Join(s.folder, "data") }

func (s *mysqlServer) install(binary string) error {
	command := s.program("mariadb-install-db", "--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db", "--datadir="+s.data())
	if strings.HasSuffix(binary, "mysqld") {
		command = s.program(binary, "--no-defaults", "--initialize-insecure", "--datadir="+s.data())
	}
	if out, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", command.Path, err, out)
	}
	return nil
}

// program runs a part of the server with a folder for temporary files that is its own: a server
// that starts removes every temporary table it finds there, also those of a server that another
// package's tests are just starting.
func (s *mysqlServer) program(name string, args ...string) *exec.Cmd {
	if os.Getuid() == 0 {
		args = append(args, "--user=root") // it asks for this before it runs as root, as it does in a container
	}
	command := exec.Command(name, args...)
	command.Env = append(os.Environ(), "TMPDIR="+s.folder)
	return command
}

func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	return port, err
}

func waitFor(at address) error {
	db, err := sql.Open("mysql", at.dsn(""))
	if err != nil {
		return err
	}
	defer db.Close()
	for deadline := time.Now().Add(startTimeout); ; time.Sleep(50 * time.Millisecond) {
		err := db.Ping()
		if err == nil || time.Now().After(deadline) {
			return err
		}
	}
}

// stop ends the server if it was started here, and drops the databases of a server that goes on.
func (s *mysqlServer) stop() {
	if s.command == nil {
		for name := s.pool.take(); name != ""; name = s.pool.take() {
			drop(s.at, name)
		}
	}
	if s.command != nil && s.command.Process != nil {
		s.command.Process.Signal(syscall.SIGTERM)
		s.command.Wait()
	}
	if s.folder != "" {
		os.RemoveAll(s.folder)
	}
}

// Serve starts a MySQL server for test processes that get its address as BLOGHORN_TEST_MYSQL, and
// returns what stops it. It is an error if the machine has none.
func Serve() (url string, stop func(), err error) {
	s := &mysqlServer{}
	at, err := s.find()
	if err != nil {
		s.stop()
		return "", nil, fmt.Errorf("start a MySQL server: %w", err)
	}
	return at.String(), s.stop, nil
}
