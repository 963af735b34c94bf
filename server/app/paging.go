package app

import (
	"github.com/bloghorn/bloghorn/server/database"
)

// PageSize is how many rows a command reads at once.
const PageSize = 100

// EachRow visits every row of a list that is read in pages, in the order of its ids.
func EachRow[T any](page func(after database.ID) ([]T, error), id func(T) database.ID, visit func(T) error) error {
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
		if len(rows) < PageSize {
			return nil
		}
	}
}
