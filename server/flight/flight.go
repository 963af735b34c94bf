package flight

import (
	"context"
	"fmt"
	"runtime/debug"

	"golang.org/x/sync/singleflight"
)

// Group is what is under way, by its name. The zero value is ready.
type Group struct{ calls singleflight.Group }

// Do returns what f does, which is called once for all who ask for key while it runs. f gets a
// context that lives on when ctx ends, so it needs a deadline of its own; whoever leaves gets the
// error of their ctx.
func Do[T any](ctx context.Context, g *Group, key string, f func(context.Context) (T, error)) (T, error) {
	detached := context.WithoutCancel(ctx)
	outcome := g.calls.DoChan(key, func() (_ any, err error) {
		defer Caught(&err)
		return f(detached)
	})
	select {
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	case o := <-outcome:
		v, _ := o.Val.(T)
		return v, o.Err
	}
}

// Caught makes an error of a panic, where it is deferred in a goroutine that nobody stands above:
// the program would end.
func Caught(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
	}
}
