package database

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"
)

// The numbers of the MySQL family that a caller decides by.
const (
	mysqlDuplicate      = 1062
	mysqlDiskFull       = 1021
	mysqlTooManyConns   = 1040
	mysqlDatabaseDenied = 1044
	mysqlAccessDenied   = 1045
	mysqlNoDatabase     = 1049
	mysqlTableFull      = 1114
	mysqlStopping       = 1053
	mysqlCommitFailed   = 1180 // Galera: the node lost its cluster while the commit waited for the other nodes
	mysqlWsrepNotReady  = 1047 // Galera: the node is not (yet) part of the cluster
	mysqlTableDenied    = 1142
	mysqlLockWait       = 1205
	mysqlDeadlock       = 1213 // also a Galera write conflict, at any statement and at COMMIT
	mysqlReadOnly       = 1290 // a primary that was demoted
	mysqlPluginDenied   = 1698
	mysqlReadOnlyTx     = 1792
	mysqlTiDBConflict   = 9007
	mysqlTiDBSchemaMove = 8028
)

func connectMySQL(address string, open opener) (*DB, error) {
	config, err := mysqlConfig(address)
	if err != nil {
		return nil, err
	}
	connector, err := mysql.NewConnector(config)
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrURL, err)
	}
	patient := config.Clone()
	patient.ReadTimeout = migrateStatement
	slow, err := mysql.NewConnector(patient)
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrURL, err)
	}
	pool := open(connector)
	pool.SetConnMaxLifetime(3 * time.Minute) // shorter than what proxies and servers cut
	pool.SetMaxOpenConns(32)
	pool.SetMaxIdleConns(16)
	return &DB{
		engine: MySQL, write: pool, read: pool,
		migrations: migrations, forMigrations: func() *sql.DB { return open(slow) },
	}, nil
}

// migrateStatement is how long one statement of a migration may take: large tables are copied.
const migrateStatement = 6 * time.Hour

// mysqlConfig is built field by field: a DSN string breaks on passwords with @ or /.
func mysqlConfig(address string) (*mysql.Config, error) {
	u, err := url.Parse(address)
	if err != nil {
		// url.Error repeats the address, and with it the password.
		return nil, fmt.Errorf("%w: it cannot be read; percent-encode special characters in user and password", ErrURL)
	}
	name := strings.Trim(u.Path, "/")
	if u.Hostname() == "" || name == "" {
		return nil, fmt.Errorf("%w: host or database name is missing; write mysql://user:pass@host:3306/name", ErrURL)
	}
	config := mysql.NewConfig()
	config.User = u.User.Username()
	config.Passwd, _ = u.User.Password()
	config.Net = "tcp"
	config.Addr = net.JoinHostPort(u.Hostname(), orElse(u.Port(), "3306"))
	config.DBName = name
	config.Collation = "utf8mb4_bin"
	config.Loc = time.UTC
	config.ParseTime = true         // for the tables of goose; ours hold no DATETIME
	config.InterpolateParams = true // one round trip for three
	config.ClientFoundRows = true
	config.RejectReadOnly = true
	config.Timeout = 5 * time.Second
	config.ReadTimeout = 30 * time.Second
	config.WriteTimeout = 30 * time.Second
	config.Logger = log.New(io.Discard, "", 0) // what matters comes back as an error
	config.TLS, err = mysqlTLS(u)
	return config, err
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

func mysqlNumber(err error) uint16 {
	var e *mysql.MySQLError
	if !errors.As(err, &e) {
		return 0
	}
	return e.Number
}

func mysqlConflict(err error) bool {
	switch mysqlNumber(err) {
	case mysqlDeadlock, mysqlLockWait, mysqlWsrepNotReady, mysqlReadOnly, mysqlReadOnlyTx, mysqlTiDBConflict, mysqlTiDBSchemaMove:
		return true
	}
	return false
}

func mysqlFull(err error) bool {
	n := mysqlNumber(err)
	return n == mysqlDiskFull || n == mysqlTableFull
}

func mysqlUnavailable(err error) bool {
	var network *net.OpError
	switch mysqlNumber(err) {
	case mysqlWsrepNotReady, mysqlCommitFailed, mysqlReadOnly, mysqlReadOnlyTx, mysqlTooManyConns, mysqlStopping:
		return true
	}
	return errors.Is(err, driver.ErrBadConn) || errors.Is(err, mysql.ErrInvalidConn) || errors.As(err, &network)
}
