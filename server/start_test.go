package main

import (
	"bytes"
	"context"
	"net"
	"strings"
	"testing"

	"github.com/bloghorn/bloghorn/server/database/databasetest"
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
		if code != exitInterrupted || strings.Contains(said.String(), "cannot be used") {
			t.Errorf("exit %d: %s", code, &said)
		}
	})
}
