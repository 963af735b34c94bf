package feeds_test

import (
	"bytes"
	"compress/gzip"
	"testing"
)

// gzipBomb is a body of 64 MiB in a few kilobytes.
func gzipBomb(t *testing.T) string {
	t.Helper()
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	zeros := make([]byte, 1<<20)
	for range 64 {
		if _, err := z.Write(zeros); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return packed.String()
}
