package cli

import (
	"fmt"
	"strconv"

	"github.com/bloghorn/bloghorn/server/database"
)

// pageSize is how many rows a command reads at once.
const pageSize = 100

// atMost is how many rows a list has at most. None is no list: it would say that there is nothing.
type atMost int

// UnmarshalText reads a number from 1 on.
func (n *atMost) UnmarshalText(text []byte) error {
	v, err := strconv.Atoi(string(text))
	if err != nil || v < 1 {
		return fmt.Errorf("%q is not a number from 1 on", text)
	}
	*n = atMost(v)
	return nil
}

// eachRow visits every row of a list that is read in pages, in the order of its ids.
func eachRow[T any](page func(after database.ID) ([]T, error), id func(T) database.ID, visit func(T) error) error {
	for after := database.ID(0); ; {
		rows, err := page(after)
		if err != nil {
			return err
		}
		for _, row := range rows {
			if err := visit(row); err != nil {
				return err
			}
			after = id(row)
		}
		if len(rows) < pageSize {
			return nil
		}
	}
}
