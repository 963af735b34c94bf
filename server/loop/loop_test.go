package loop_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bloghorn/bloghorn/server/loop"
)

// looked is a loop that notes when its rounds begin, in seconds since it started.
type looked struct {
	loop.Waker
	began  time.Time
	rounds []float64
	due    func() (time.Time, error)
	during func(context.Context) error // what a round does; nil does nothing
	log    bytes.Buffer
}

// run lets the loop run for a while.
func (l *looked) run(t *testing.T, d time.Duration) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), d)
	defer stop()
	l.began = time.Now()
	err := loop.Loop{
		Waker: &l.Waker, Now: time.Now, Log: slog.New(slog.NewTextHandler(&l.log, nil)), Round: l.round,
		Next: func(context.Context) (time.Time, error) { return l.due() },
	}.Run(ctx)
	if err != nil {
		t.Errorf("Run: %v", err)
	}
	if took := time.Since(l.began); took != d {
		t.Errorf("it ended after %v, and ctx after %v", took, d)
	}
}

func (l *looked) round(ctx context.Context) error {
	l.rounds = append(l.rounds, time.Since(l.began).Seconds())
	if l.during != nil {
		return l.during(ctx)
	}
	return nil
}

func never() (time.Time, error) { return time.Time{}, nil }

func (l *looked) want(t *testing.T, rounds ...float64) {
	t.Helper()
	if !slices.Equal(l.rounds, rounds) {
		t.Errorf("rounds at %v s, want %v", l.rounds, rounds)
	}
}

func TestLoopSleepsUntilTheNextRowIsDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &looked{}
		row := time.Now().Add(7500 * time.Millisecond)
		l.due = func() (time.Time, error) {
			if !time.Now().Before(row) {
				row = row.Add(7500 * time.Millisecond)
			}
			return row, nil
		}
		l.run(t, 20*time.Second)
		l.want(t, 0, 7.5, 15)
	})
}

func TestLoopSleepsThirtySecondsAtMost(t *testing.T) {
	for name, due := range map[string]func() (time.Time, error){
		"no row": never, "far ahead": func() (time.Time, error) { return time.Now().Add(time.Hour), nil },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := &looked{due: due}
				l.run(t, 70*time.Second)
				l.want(t, 0, 30, 60)
			})
		})
	}
}

func TestLoopLooksOnceASecondForWhatIsDueAndCannotBeHad(t *testing.T) {
	for name, from := range map[string]time.Duration{"long due": -time.Hour, "due now": 0, "due in a moment": time.Millisecond} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := &looked{due: func() (time.Time, error) { return time.Now().Add(from), nil }}
				l.run(t, 3500*time.Millisecond)
				l.want(t, 0, 1, 2, 3)
			})
		})
	}
}

func TestWakeEndsTheSleep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &looked{due: never}
		for _, after := range []time.Duration{200 * time.Millisecond, 300 * time.Millisecond, 12 * time.Second} {
			time.AfterFunc(after, l.Wake)
		}
		l.run(t, 20*time.Second)
		l.want(t, 0, 0.2, 0.3, 12)
	})
}

func TestWakesOfOneSleepAreOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &looked{due: never}
		time.AfterFunc(5*time.Second, func() {
			for range 100 {
				l.Wake()
			}
		})
		l.run(t, 20*time.Second)
		l.want(t, 0, 5)
	})
}

func TestWakeBeforeTheFirstRoundIsAnsweredByIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &looked{due: never}
		l.Wake()
		l.run(t, 20*time.Second)
		l.want(t, 0)
	})
}

func TestWakeDuringARoundIsNotLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &looked{due: never}
		l.during = func(context.Context) error {
			if len(l.rounds) == 1 {
				time.Sleep(2 * time.Second)
				l.Wake()
				time.Sleep(2 * time.Second)
			}
			return nil
		}
		l.run(t, 20*time.Second)
		l.want(t, 0, 4)
	})
}

func TestFailedRoundIsTriedAgainAfterASecondAndLoggedOncePerChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &looked{due: never}
		l.during = func(context.Context) error {
			switch n := len(l.rounds); {
			case n <= 3:
				return errors.New("no disk")
			case n <= 5:
				return errors.New("no database")
			}
			return nil
		}
		l.run(t, 10*time.Second)
		l.want(t, 0, 1, 2, 3, 4, 5)
		for words, times := range map[string]int{"no disk": 1, "no database": 1, "rounds succeed again": 1} {
			if n := strings.Count(l.log.String(), words); n != times {
				t.Errorf("%q is in the log %d times, want %d:\n%s", words, n, times, &l.log)
			}
		}
	})
}

func TestFailedQuestionForTheNextRowIsAskedAgainAfterASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &looked{}
		l.due = func() (time.Time, error) {
			if len(l.rounds) < 3 {
				return time.Time{}, errors.New("no database")
			}
			return never()
		}
		l.run(t, 10*time.Second)
		l.want(t, 0, 1, 2)
	})
}

func TestEndOfTheContextIsNoTrouble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &looked{due: never}
		l.during = func(ctx context.Context) error {
			if len(l.rounds) == 2 {
				<-ctx.Done()
				return ctx.Err()
			}
			return nil
		}
		l.run(t, 35*time.Second)
		l.want(t, 0, 30)
		if l.log.Len() > 0 {
			t.Errorf("it logs %s", &l.log)
		}
	})
}

func TestSoonerIsTheEarlierTime(t *testing.T) {
	never, one, two := time.Time{}, time.Unix(1, 0), time.Unix(2, 0)
	for _, c := range [][3]time.Time{{one, two, one}, {two, one, one}, {never, one, one}, {one, never, one}, {never, never, never}} {
		if got := loop.Sooner(c[0], c[1]); !got.Equal(c[2]) {
			t.Errorf("the sooner of %v and %v is %v", c[0], c[1], got)
		}
	}
}
