package websub_test

import (
	"testing"

	"github.com/bloghorn/bloghorn/server/database/databasetest"
)

func TestMain(m *testing.M) { databasetest.Main(m) }
