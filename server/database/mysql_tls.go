package database

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
	"os"
	"regexp"
	"strings"

	"github.com/go-sql-driver/mysql"
)

// tlsMode is how well a connection to a MySQL server is protected. There is none that asks for TLS
// and does without where the server, or whoever stands before it, says that it has none.
type tlsMode int

const (
	tlsNone     tlsMode = iota // nothing is encrypted
	tlsEncrypt                 // encrypted, whoever answers
	tlsTrusted                 // and a certificate authority vouches for the server
	tlsIdentity                // and the certificate names its host
)

// How clients of MySQL and PostgreSQL write the modes, in lower case with _ for -. Where they
// differ, as in what "true" checks, it is the safest.
var (
	tlsModes = map[string]tlsMode{
		"disabled": tlsNone, "disable": tlsNone, "required": tlsEncrypt, "require": tlsEncrypt, "verify_ca": tlsTrusted,
		"verify_identity": tlsIdentity, "verify_full": tlsIdentity,
	}
	tlsSwitch = map[string]tlsMode{
		"true": tlsIdentity, "1": tlsIdentity, "yes": tlsIdentity, "on": tlsIdentity, "false": tlsNone, "0": tlsNone, "no": tlsNone, "off": tlsNone,
		"skip_verify": tlsEncrypt,
	}
	// tlsModeNames are the parameters that say the mode, by their letters alone.
	tlsModeNames = map[string]bool{"tls": true, "ssl": true, "usessl": true, "usetls": true, "sslmode": true, "tlsmode": true}
	// tlsFiles are the parameters that name a file, by their letters alone.
	tlsFiles = map[string]string{"sslca": "ca", "sslrootcert": "ca", "tlsca": "ca", "sslcert": "cert", "tlscert": "cert", "sslkey": "key", "tlskey": "key"}
)

const tlsAdvice = "for TLS write ssl-mode=VERIFY_IDENTITY, with ssl-ca=FILE where no public authority has signed the server's certificate; " +
	"ssl-mode=REQUIRED encrypts and does not check who answers"

// parameterName is what a parameter is called; anything else may be a part of a password.
var parameterName = regexp.MustCompile(`^[A-Za-z][A-Za-z_-]{0,30}$`)

// mysqlTLS reads the parameters of a database URL, all of which are about TLS: the others are set
// by us. It returns nil where the connection is not to be encrypted. An unknown parameter is an
// error, because one that is dropped in silence may be the one that asks for TLS. No error repeats
// a value.
func mysqlTLS(u *url.URL) (*tls.Config, error) {
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil || u.Fragment != "" {
		return nil, fmt.Errorf("%w: what follows the name of the database cannot be read; percent-encode special characters in user and password", ErrURL)
	}
	said, mode, files := "", tlsNone, map[string]string{}
	for name, values := range query {
		letters := strings.ToLower(strings.NewReplacer("-", "", "_", "").Replace(name))
		switch {
		case !parameterName.MatchString(name):
			return nil, fmt.Errorf("%w: what follows the ? is no parameter; percent-encode special characters in user and password", ErrURL)
		case len(values) > 1 || said != "" && tlsModeNames[letters] || files[tlsFiles[letters]] != "":
			return nil, fmt.Errorf("%w: it says %s twice; %s", ErrURL, name, tlsAdvice)
		case tlsModeNames[letters]:
			said = name
			if mode, err = readTLSMode(name, values[0]); err != nil {
				return nil, err
			}
		case tlsFiles[letters] != "":
			files[tlsFiles[letters]] = values[0]
		default:
			return nil, fmt.Errorf("%w: the parameter %s is unknown; %s. Everything else Bloghorn sets itself", ErrURL, name, tlsAdvice)
		}
	}
	switch {
	case len(files) > 0 && said == "":
		mode = tlsIdentity
	case len(files) > 0 && mode == tlsNone:
		return nil, fmt.Errorf("%w: it names a file for TLS and turns TLS off; %s", ErrURL, tlsAdvice)
	case files["ca"] != "" && mode == tlsEncrypt:
		mode = tlsTrusted // as the clients of MySQL do it
	}
	return tlsConfig(mode, u.Hostname(), files)
}

func readTLSMode(name, value string) (tlsMode, error) {
	value = strings.ReplaceAll(strings.ToLower(value), "-", "_")
	if mode, ok := tlsModes[value]; ok {
		return mode, nil
	}
	if mode, ok := tlsSwitch[value]; ok {
		return mode, nil
	}
	switch value {
	case "preferred", "prefer", "allow":
		return tlsNone, fmt.Errorf("%w: %s leaves it to the network whether the password is encrypted; %s, and ssl-mode=DISABLED does without", ErrURL, name, tlsAdvice)
	}
	return tlsNone, fmt.Errorf("%w: the value of %s is unknown; %s", ErrURL, name, tlsAdvice)
}

func tlsConfig(mode tlsMode, host string, files map[string]string) (*tls.Config, error) {
	if mode == tlsNone {
		return nil, nil
	}
	config := &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12, InsecureSkipVerify: mode != tlsIdentity}
	if path := files["ca"]; path != "" {
		pem, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("%w: the certificate authority cannot be read: %w", ErrURL, err)
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("%w: %s holds no certificate in PEM", ErrURL, path)
		}
	}
	if files["cert"] != "" || files["key"] != "" {
		own, err := tls.LoadX509KeyPair(files["cert"], files["key"])
		if err != nil {
			return nil, fmt.Errorf("%w: ssl-cert and ssl-key do not name a certificate and its key: %w", ErrURL, err)
		}
		config.Certificates = []tls.Certificate{own}
	}
	if mode == tlsTrusted {
		config.VerifyConnection = func(state tls.ConnectionState) error { return verifyChain(state.PeerCertificates, config.RootCAs) }
	}
	return config, nil
}

// verifyChain checks who signed a certificate, and not whom it names.
func verifyChain(chain []*x509.Certificate, roots *x509.CertPool) error {
	if len(chain) == 0 {
		return errors.New("the server has no certificate")
	}
	others := x509.NewCertPool()
	for _, c := range chain[1:] {
		others.AddCert(c)
	}
	_, err := chain[0].Verify(x509.VerifyOptions{Roots: roots, Intermediates: others})
	return err
}

// explainTLS says what to do where a server does not give the protection that the URL asks for.
func explainTLS(err error) error {
	var certificate *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	switch {
	case errors.Is(err, mysql.ErrNoTLS):
		return fmt.Errorf("the server offers no TLS and the database URL asks for it, so nothing was sent: turn TLS on there: %w", err)
	case errors.As(err, &certificate), errors.As(err, &authority):
		return fmt.Errorf("the server cannot prove who it is, so nothing was sent: name its certificate authority with ssl-ca=FILE; "+
			"ssl-mode=VERIFY_CA accepts a certificate for another host: %w", err)
	}
	return err
}
