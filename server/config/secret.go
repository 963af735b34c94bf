package config

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/bloghorn/bloghorn/publisher/keyring"
	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/exit"
)

const secretBytes = 32

// OpenKeys gives the blogs' private keys, unsealed with the secret key. The secret is made on the
// first start only: a new one beside existing keys would make every follower lose the blog, so its
// absence then stops the program.
func OpenKeys(ctx context.Context, s Settings, db *database.DB, now func() time.Time) (*keyring.Keys, error) {
	exist, err := keyring.KeysExist(ctx, db)
	if err != nil {
		return nil, fmt.Errorf("look for keys in the database: %w", err)
	}
	secret, err := readSecret(s.SecretKeyFile)
	switch {
	case errors.Is(err, fs.ErrNotExist) && !exist && s.MustExist:
		return nil, s.NothingHere(fmt.Errorf("there is no secret key at %s", s.SecretKeyFile))
	case errors.Is(err, fs.ErrNotExist) && !exist:
		secret, err = MakeSecret(s.SecretKeyFile)
	case errors.Is(err, fs.ErrNotExist):
		return nil, exit.With(exit.Config, "the secret key is missing: %s does not exist, and the database holds private keys sealed with it. Without it no post can be signed. "+
			"Restore the file from your backup, or set secret_key_file or BLOGHORN_SECRET_KEY.", s.SecretKeyFile)
	}
	if err != nil {
		return nil, err
	}
	keys := keyring.New(db, secret, now)
	if err := keys.Check(ctx); errors.Is(err, keyring.ErrWrongSecret) {
		return nil, exit.With(exit.Config, "%s does not hold the secret key of this database: the private keys in it were sealed with another one. "+
			"Restore the right file from your backup, or set secret_key_file or BLOGHORN_SECRET_KEY.", s.SecretKeyFile)
	} else if err != nil {
		return nil, fmt.Errorf("check the secret key: %w", err)
	}
	return keys, nil
}

// CheckSecret stops whoever has another secret key than the database, and makes none where it has
// no keys yet.
func CheckSecret(ctx context.Context, s Settings, db *database.DB) error {
	exist, err := keyring.KeysExist(ctx, db)
	if err != nil {
		return fmt.Errorf("look for keys in the database: %w", err)
	}
	if exist {
		_, err = OpenKeys(ctx, s, db, time.Now)
	}
	return err
}

func readSecret(path string) ([]byte, error) {
	text, from := os.Getenv("BLOGHORN_SECRET_KEY"), "BLOGHORN_SECRET_KEY"
	if text == "" {
		file, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, err
		} else if err != nil {
			return nil, exit.With(exit.Config, "the secret key cannot be read: %v. Give the file to the user Bloghorn runs as.", err)
		}
		text, from = string(file), path
	}
	secret, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	if err != nil || len(secret) != secretBytes {
		return nil, exit.With(exit.Config, "%s is not a secret key: it must be 32 bytes in base64. Restore it from your backup; a new one is: head -c 32 /dev/urandom | base64", from)
	}
	return secret, nil
}

// MakeSecret writes a new secret so that a crash leaves the whole file or none: the link keeps two
// first starts from each making their own, and the sync comes before anything is sealed with it.
func MakeSecret(path string) ([]byte, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of the secret key: %w", err)
	}
	secret := make([]byte, secretBytes)
	rand.Read(secret) // never fails
	temp := fmt.Sprintf("%s.%d", path, os.Getpid())
	if err := writeSynced(temp, base64.StdEncoding.EncodeToString(secret)+"\n"); err != nil {
		return nil, fmt.Errorf("write the secret key: %w", err)
	}
	defer os.Remove(temp)
	err := os.Link(temp, path)
	if errors.Is(err, fs.ErrExist) {
		return readSecret(path) // another process was first
	}
	if err != nil {
		err = os.Rename(temp, path) // a file system without links
	}
	return secret, err
}

func writeSynced(path, text string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Sync(), f.Close())
}
