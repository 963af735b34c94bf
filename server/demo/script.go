package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

// Script waits for what has to happen, and asks this often whether it has.
const (
	stepTimeout = 2 * time.Minute
	askEvery    = 50 * time.Millisecond
)

// step is one exchange of the conversation: something is done, and its effect is looked up from
// outside.
type step struct {
	says string
	run  func(ctx context.Context) error
}

// Script plays the conversation of --once against a running demo and writes a line for each
// exchange. It knows the demo by its addresses alone: it presses the buttons of the sample blog and
// the reader, and asks Bloghorn what any server or browser may ask.
//
// Bloghorn must poll the sample blog each second or so, delay neither posts nor updates by more
// than a few seconds, and show replies of unknown people. A step that is not done after two minutes
// has failed, on a busy machine too, and ends the conversation, since each builds on those before.
// When ctx ends, so does the conversation, and the step that was under way is not told of.
func Script(ctx context.Context, out io.Writer, o Options) (ok, total int) {
	o = o.withDefaults()
	p := &play{options: o, outside: outside{client: o.client("bloghorn demo script")}}
	steps := p.steps()
	for i, s := range steps {
		began := time.Now()
		err := tryStep(ctx, s)
		if err != nil && ctx.Err() != nil {
			break // it was stopped, and has not failed
		}
		report(out, i+1, len(steps), s.says, time.Since(began), err)
		if err != nil {
			if left := len(steps) - i - 1; left > 0 {
				fmt.Fprintf(out, "               %d more were not tried: each builds on those before.\n", left)
			}
			break
		}
		ok++
	}
	return ok, len(steps)
}

func tryStep(ctx context.Context, s step) error {
	ctx, cancel := context.WithTimeout(ctx, stepTimeout)
	defer cancel()
	return s.run(ctx)
}

func report(out io.Writer, number, total int, says string, took time.Duration, err error) {
	word := "ok"
	if err != nil {
		word = "FAILED"
	}
	fmt.Fprintf(out, "%2d/%d  %-6s %6d ms  %s\n", number, total, word, took.Milliseconds(), says)
	var d difference
	switch {
	case errors.As(err, &d):
		fmt.Fprintf(out, "               expected: %s\n               saw:      %s\n", d.expected, d.saw)
	case err != nil:
		fmt.Fprintf(out, "               %v\n", err)
	}
}

// difference is what a check reports.
type difference struct{ expected, saw string }

func (d difference) Error() string { return "expected " + d.expected + "; saw " + d.saw }

// want is nil where good is true, and says what was expected and seen where it is not.
func want(good bool, expected string, saw any) error {
	if good {
		return nil
	}
	return difference{expected, fmt.Sprint(saw)}
}

// until repeats a check until it is satisfied or the step's time is over; then its last word
// stands.
func until(ctx context.Context, check func() error) error {
	var last error
	for {
		err := check()
		if err == nil {
			return nil
		}
		if ctx.Err() == nil || last == nil {
			last = err
		}
		select {
		case <-ctx.Done():
			return last
		case <-time.After(askEvery):
		}
	}
}
