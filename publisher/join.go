package publisher

import (
	"context"
	"fmt"
	"runtime/debug"

	"golang.org/x/sync/singleflight"
)

// join does f once for all who want the same at the same time. It goes on when ctx ends, because the others must not lose the answer
// when the first of them leaves; whoever leaves gets the error of their ctx. So f needs a deadline of its own.
func join[T any](ctx context.Context, flights *singleflight.Group, key string, f func(context.Context) (T, error)) (T, error) {
	detached := context.WithoutCancel(ctx)
	answer := flights.DoChan(key, func() (_ any, err error) {
		defer caught(&err)
		return f(detached)
	})
	select {
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	case a := <-answer:
		v, _ := a.Val.(T)
		return v, a.Err
	}
}

// caught makes an error of a panic, where it is deferred in a goroutine that nobody stands above: the program would end.
func caught(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
	}
}
