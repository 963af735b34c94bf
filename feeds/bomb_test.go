package feeds_test

import (
	"bytes"
	"compress/gzip"
	"sync"
)

// gzipBomb is a body of 64 MiB in a few kilobytes.
var gzipBomb = sync.OnceValue(func() string {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	zeros := make([]byte, 1<<20)
	for range 64 {
		z.Write(zeros) // into memory: it cannot fail
	}
	z.Close()
	return packed.String()
})
