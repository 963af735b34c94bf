package databasetest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"testing"
	"time"

	"github.com/bloghorn/bloghorn/server/database"
	"github.com/bloghorn/bloghorn/server/testenv"
)

// Authority returns the file with the certificate that the MySQL server of the tests has signed
// itself; it is valid for 127.0.0.1. A server that was started otherwise may have none, and the
// test ends.
func Authority(t testing.TB) string {
	t.Helper()
	db := OpenMySQL(t)
	if db.Engine() != database.MySQL {
		t.Fatal("no MySQL")
	}
	var name, path string
	if err := db.QueryRow(t.Context(), "SHOW VARIABLES LIKE 'ssl_ca'").Scan(&name, &path); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); path == "" || err != nil {
		testenv.Missing(t, "the MySQL server to test with has no TLS: leave BLOGHORN_TEST_MYSQL out, or start it with .ci/withmysql")
	}
	return path
}

// writeCertificate writes a key and a certificate for 127.0.0.1 that it signs itself.
func writeCertificate(path string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	about := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	certificate, err := x509.CreateCertificate(rand.Reader, about, about, &key.PublicKey, key)
	if err != nil {
		return err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})
	text = append(text, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate})...)
	return os.WriteFile(path, text, 0o600)
}
