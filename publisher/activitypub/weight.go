package activitypub

import "bytes"

// Weight is how much memory Parse needs for body, in bytes, at most: a small object needs many
// times its text.
func Weight(body []byte) int {
	signs := 1
	for _, sign := range []string{",", ":", "[", "{"} {
		signs += bytes.Count(body, []byte(sign))
	}
	return 5*len(body) + perSign*min(signs, 2*maxNodes)
}

// perSign is measured: an object of one key needs 400 bytes, and has two or three.
const perSign = 160
