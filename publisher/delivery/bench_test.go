//go:build unix

package delivery_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/publisher/delivery"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

// BenchmarkFanOut sends one activity of 4 kB to many inboxes that answer at once. "signatures/delivery" is the CPU time of a delivery from
// the claim to the settled row, in units of one bare RSA-2048 signature made in the same run; 1 is the bound.
func BenchmarkFanOut(b *testing.B) {
	for _, size := range []struct{ deliveries, hosts int }{{1000, 1000}, {10000, 10000}, {10000, 1000}, {2000, 1}} {
		b.Run(fmt.Sprintf("sqlite/%d-on-%d-hosts", size.deliveries, size.hosts), func(b *testing.B) {
			benchmarkFanOut(b, databasetest.Open(b), size.deliveries, size.hosts)
		})
	}
	b.Run("mysql/10000-on-1000-hosts", func(b *testing.B) {
		benchmarkFanOut(b, databasetest.OpenMySQL(b), 10000, 1000)
	})
}

func benchmarkFanOut(b *testing.B, db *database.DB, deliveries, hosts int) {
	inboxes := make([]string, deliveries)
	for i := range inboxes {
		inboxes[i] = fmt.Sprintf("https://host%d.example/users/%d/inbox", i%hosts, i)
	}
	signature := cpuOfSignature(b)
	var cpu, enqueuing, elapsed time.Duration
	done := 0
	for b.Loop() {
		a := activity("Create", fmt.Sprintf("https://blog.example/posts/%d", done), time.Now())
		a.Body = []byte(strings.Repeat(a.URI, 4096/len(a.URI)))
		before := cpuTime()
		enqueue(b, db, a, time.Now(), inboxes...)
		enqueuing += cpuTime() - before
		done += deliveries

		before, began := cpuTime(), time.Now()
		worker := newWorker(db, silent{}, time.Now)
		stop := startAlone(b, worker)
		waitForDelivered(b, db, done)
		cpu += cpuTime() - before
		elapsed += time.Since(began)
		stop()
	}
	per := cpu / time.Duration(done)
	b.ReportMetric(float64(per)/float64(signature), "signatures/delivery")
	b.ReportMetric(float64(enqueuing/time.Duration(done))/float64(signature), "signatures/enqueued")
	b.ReportMetric(float64(done)/elapsed.Seconds(), "deliveries/s")
	b.ReportMetric(float64(signature.Microseconds()), "µs/signature")
	b.ReportMetric(0, "ns/op")
}

func waitForDelivered(b *testing.B, db *database.DB, n int) {
	for {
		counts, err := delivery.Counts(b.Context(), db)
		if err != nil {
			b.Fatal(err)
		}
		if counts[delivery.Delivered] == n {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
}

func cpuOfSignature(b *testing.B) time.Duration {
	const n = 500
	digest := sha256.Sum256([]byte("x"))
	before := cpuTime()
	for range n {
		if _, err := rsa.SignPKCS1v15(rand.Reader, key().Private, crypto.SHA256, digest[:]); err != nil {
			b.Fatal(err)
		}
	}
	return (cpuTime() - before) / n
}

func cpuTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
