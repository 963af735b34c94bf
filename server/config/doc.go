// Package config has every setting of the server, and opens what the settings name.
//
//	settings.go     each setting: a flag, a variable BLOGHORN_* and a line of bloghorn.toml, in this order
//	file.go         reads bloghorn.toml; blogs.go its [[blogs]], env.go the environment
//	blog_changes.go the settings of one blog, as flags and as changes
//	database.go     opens the database, and says what to do where that fails
//	secret.go       reads or makes the secret key
//	nothing_here.go what a command says that finds no Bloghorn
package config
