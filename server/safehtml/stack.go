package safehtml

import (
	"slices"

	"golang.org/x/net/html"
)

// open is an element whose end tag has not come yet. node is nil for one that is not kept, which is
// remembered so that its end tag does not end another.
type open struct {
	tag    string
	kind   kind
	node   *html.Node
	closed bool // its end tag came while blocks inside were still open: it ends with them
}

func (b *builder) parent() *html.Node {
	for _, o := range slices.Backward(b.stack) {
		if o.node != nil {
			return o.node
		}
	}
	return b.root
}

// last is the index of the innermost open element that is wanted, -1 if there is none.
func (b *builder) last(wanted func(open) bool) int {
	for i, o := range slices.Backward(b.stack) {
		if wanted(o) {
			return i
		}
	}
	return -1
}

// closeFrom closes the outermost wanted element and all inside it.
func (b *builder) closeFrom(wanted func(open) bool) {
	if i := slices.IndexFunc(b.stack, wanted); i >= 0 {
		b.closeTo(i)
	}
}

// closeTo leaves n elements open, and fewer where the end tag of the last of them has already come.
func (b *builder) closeTo(n int) {
	b.stack = b.stack[:n]
	for n > 0 && b.stack[n-1].closed {
		n--
		b.stack = b.stack[:n]
	}
}
