package main

import (
	"context"

	"github.com/bloghorn/bloghorn/server/cli"
)

func main() { cli.Main(context.Background()) }
