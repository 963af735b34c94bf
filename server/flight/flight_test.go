package flight_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bloghorn/bloghorn/server/flight"
)

func TestOneCallServesAllWhoAskWhileItRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g flight.Group
		var calls, answers atomic.Int64
		slow := func(ctx context.Context) (string, error) {
			calls.Add(1)
			time.Sleep(time.Minute)
			return "tea", ctx.Err()
		}
		first, leave := context.WithCancel(t.Context())
		go func() {
			if _, err := flight.Do(first, &g, "x", slow); !errors.Is(err, context.Canceled) {
				t.Errorf("who left got %v", err)
			}
		}()
		for range 10 {
			go func() {
				if got, err := flight.Do(t.Context(), &g, "x", slow); got != "tea" || err != nil {
					t.Errorf("got %q, %v", got, err)
				}
				answers.Add(1)
			}()
		}
		synctest.Wait()
		leave()
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		if calls.Load() != 1 || answers.Load() != 10 {
			t.Errorf("%d calls, %d answers", calls.Load(), answers.Load())
		}
	})
}

func TestAPanicIsAnErrorOfWhoAsks(t *testing.T) {
	var g flight.Group
	_, err := flight.Do(t.Context(), &g, "x", func(context.Context) (int, error) { panic("poison") })
	if err == nil || !strings.Contains(err.Error(), "poison") || !strings.Contains(err.Error(), "flight_test.go") {
		t.Errorf("got %v", err)
	}
}
