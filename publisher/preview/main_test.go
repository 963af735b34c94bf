package preview_test

import (
	"testing"

	"github.com/bloghorn/bloghorn/server/testenv"
)

func TestMain(m *testing.M) { testenv.Main(m) }
