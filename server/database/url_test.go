package database_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

// Each spelling of TLS that clients of MySQL and PostgreSQL know either protects the connection, or is
// refused with words about what to write. What was dropped in silence sent the password in clear.
func TestTLSOfADatabaseURLIsUnderstoodOrRefused(t *testing.T) {
	const encrypted, trusted, identity, plain = "encrypted", "trusted", "identity", "plain"
	for parameters, want := range map[string]string{
		"":                  plain,
		"ssl-mode=DISABLED": plain, "tls=false": plain, "useSSL=false": plain, "sslmode=disable": plain,
		"ssl-mode=REQUIRED": encrypted, "sslmode=require": encrypted, "sslMode=REQUIRED": encrypted, "ssl_mode=required": encrypted, "tls=skip-verify": encrypted,
		"ssl-mode=VERIFY_CA": trusted, "sslmode=verify-ca": trusted,
		"ssl-mode=VERIFY_IDENTITY": identity, "sslmode=verify-full": identity, "tls=true": identity, "ssl=true": identity, "ssl=1": identity, "useSSL=true": identity,

		"ssl-mode=PREFERRED": "leaves it to the network", "tls=preferred": "leaves it to the network", "sslmode=prefer": "leaves it to the network",
		"ssl-mode=REQIRED": "the value of ssl-mode is unknown", "tls=custom": "the value of tls is unknown", "ssl-mode=": "the value of ssl-mode is unknown",
		"ssl-mode=REQUIRED&ssl-mode=DISABLED": "twice", "tls=true&ssl=false": "twice", "ssl-ca=/a&sslrootcert=/b": "twice",
		"sslaccept=strict": "sslaccept is unknown", "verifyServerCertificate=true": "verifyServerCertificate is unknown", "requireSSL=true": "requireSSL is unknown",
		"charset=utf8mb4": "charset is unknown", "parseTime=true": "parseTime is unknown", "password=geheim": "password is unknown",
		"tls=false&ssl-ca=/a": "turns TLS off", "ssl-ca=/not/there": "cannot be read", "tls=true&ssl-cert=/not/there": "do not name a certificate",
		"ssl-mode=REQUIRED;x=geheim": "percent-encode", "geheim@host/db": "percent-encode", "tls=%zzgeheim": "percent-encode",
	} {
		config, err := database.MySQLTLS("mysql://u:geheim@db.example/x?" + parameters)
		if err != nil {
			said := err.Error()
			if !errors.Is(err, database.ErrURL) || !strings.Contains(said, want) || strings.Contains(said, "geheim") ||
				!strings.Contains(said, "ssl-mode=") && !strings.Contains(said, "percent-encode") && !strings.Contains(said, "/not/there") {
				t.Errorf("%s: %v; want %q", parameters, err, want)
			}
			continue
		}
		got := plain
		switch {
		case config == nil:
		case !config.InsecureSkipVerify && config.ServerName == "db.example":
			got = identity
		case config.VerifyConnection != nil:
			got = trusted
		default:
			got = encrypted
		}
		if got != want {
			t.Errorf("%s: %s, want %s", parameters, got, want)
		}
	}
}

func TestSQLiteURLIsAPathAlone(t *testing.T) {
	t.Chdir(t.TempDir())
	for address, want := range map[string]string{
		"sqlite:test.db?mode=ro": "no parameters", "sqlite:test.db?x&_pragma=synchronous(OFF)": "", "sqlite://data/test.db": "without //",
		"sqlite:///data/test.db": "without //", "sqlite:file:test.db": "without //", "sqlite::memory:": "lose everything",
		"bloghorn-geheim": "write sqlite:PATH", "bloghorn:geheim@tcp(127.0.0.1:3306)/x": "write sqlite:PATH",
	} {
		db, err := database.Open(t.Context(), address)
		if want == "" {
			if err != nil {
				t.Errorf("%s: %v", address, err)
				continue
			}
			db.Close()
			continue
		}
		if !errors.Is(err, database.ErrURL) || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "geheim") {
			t.Errorf("%s: %v; want %q", address, err, want)
		}
	}
	made, err := filepath.Glob("*")
	made = slices.DeleteFunc(made, func(name string) bool {
		return strings.HasSuffix(name, "-wal") || strings.HasSuffix(name, "-shm") // they belong to the one
	})
	if err != nil || len(made) > 1 {
		t.Errorf("it made %v, %v", made, err)
	}
}

func TestTLSToARealServerIsWhatTheURLAsksFor(t *testing.T) {
	authority := databasetest.Authority(t)
	plain := databasetest.MySQLURL(t)
	for parameters, want := range map[string]string{
		"":                         "plain",
		"ssl-mode=REQUIRED":        "encrypted",
		"ssl-mode=VERIFY_CA":       "cannot prove who it is",
		"ssl-mode=VERIFY_IDENTITY": "cannot prove who it is",
		"tls=true":                 "cannot prove who it is",
		"ssl-mode=VERIFY_IDENTITY&ssl-ca=" + url.QueryEscape(authority):           "encrypted",
		"ssl-ca=" + url.QueryEscape(authority):                                    "encrypted",
		"localhost ssl-mode=VERIFY_CA&ssl-ca=" + url.QueryEscape(authority):       "encrypted",
		"localhost ssl-mode=VERIFY_IDENTITY&ssl-ca=" + url.QueryEscape(authority): "cannot prove who it is",
	} {
		address := plain
		if rest, ok := strings.CutPrefix(parameters, "localhost "); ok {
			address, parameters = strings.Replace(plain, "127.0.0.1", "localhost", 1), rest
		}
		db, err := database.Open(t.Context(), address+"?"+parameters)
		if err != nil {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v; want %s", parameters, err, want)
			}
			continue
		}
		var name, cipher string
		if err := db.QueryRow(t.Context(), "SHOW STATUS LIKE 'Ssl_cipher'").Scan(&name, &cipher); err != nil {
			t.Fatal(err)
		}
		db.Close()
		if (cipher != "") != (want == "encrypted") {
			t.Errorf("%s: cipher %q, want %s", parameters, cipher, want)
		}
	}
}

// Somebody on the way, or the server itself, says that there is no TLS.
func TestServerWithoutTLSIsRefusedAndGetsNothing(t *testing.T) {
	plain, err := url.Parse(databasetest.MySQLURL(t))
	if err != nil {
		t.Fatal(err)
	}
	host, heard := withoutTLS(t, plain.Host)
	plain.Host = host
	plain.User = url.UserPassword("root", "geheim")
	for _, parameters := range []string{"ssl-mode=REQUIRED", "tls=skip-verify", "sslmode=verify-ca", "ssl-mode=VERIFY_IDENTITY", "ssl=true"} {
		_, err := database.Open(t.Context(), plain.String()+"?"+parameters)
		if err == nil || !strings.Contains(err.Error(), "offers no TLS") || strings.Contains(err.Error(), "geheim") {
			t.Errorf("%s: %v", parameters, err)
		}
	}
	if n := heard(); n != 0 {
		t.Errorf("%d bytes were sent", n)
	}
}

// withoutTLS is a way to a MySQL server on which its greeting loses the flag that it has TLS. heard ends
// it, and tells how many bytes clients have sent.
func withoutTLS(t *testing.T, server string) (address string, heard func() int64) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	var all sync.WaitGroup
	var sent atomic.Int64
	all.Go(func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() {
				defer client.Close()
				greeting, err := greetingWithoutTLS(server)
				if err != nil {
					t.Error(err)
					return
				}
				if _, err := client.Write(greeting); err != nil {
					return
				}
				n, _ := io.Copy(io.Discard, client)
				sent.Add(n)
			})
		}
	})
	return l.Addr().String(), func() int64 {
		l.Close()
		all.Wait()
		return sent.Load()
	}
}

func greetingWithoutTLS(server string) ([]byte, error) {
	behind, err := net.Dial("tcp", server)
	if err != nil {
		return nil, err
	}
	defer behind.Close()
	greeting := make([]byte, 1024)
	n, err := behind.Read(greeting)
	if err != nil {
		return nil, err
	}
	// The packet is a header of four bytes, the protocol, the version up to a zero byte, four bytes of the
	// connection's number, eight of the challenge, a zero, and then the flags.
	flags := 5 + bytes.IndexByte(greeting[5:n], 0) + 1 + 4 + 8 + 1
	greeting[flags+1] &^= 0x08
	return greeting[:n], nil
}

func TestPasswordIsInNoErrorOfAServer(t *testing.T) {
	address, err := url.Parse(databasetest.MySQLURL(t))
	if err != nil {
		t.Fatal(err)
	}
	address.User = url.UserPassword("nobody", "geheim")
	if _, err := database.Open(t.Context(), address.String()); err == nil || strings.Contains(err.Error(), "geheim") {
		t.Errorf("%v", err)
	}
}
