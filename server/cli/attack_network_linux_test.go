package cli

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/binary"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/bloghorn/bloghorn/publisher/fediversetest"
	"github.com/bloghorn/bloghorn/server/safehttp/dnstest"
	"github.com/bloghorn/bloghorn/server/testenv"
)

// inPrivateNetwork says that this process has a network of its own, in which every address of the world is this computer.
const inPrivateNetwork = "BLOGHORN_TEST_PRIVATE_NETWORK"

// withOwnNetwork runs the calling test again, alone, in a process with a network of its own, and reports whether this is that process.
//
// In there every address, public, private or reserved, leads to a listener on all addresses (Linux calls it AnyIP), so that the program
// can be tested with its real dialler, real names and real TLS, and that a connection to 169.254.169.254 is seen when there is one.
func withOwnNetwork(t *testing.T) bool {
	t.Helper()
	if os.Getenv(inPrivateNetwork) != "" {
		if err := claimAllAddresses(); err != nil {
			t.Fatal(err)
		}
		return true
	}
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	authority := filepath.Join(t.TempDir(), "authority.pem")
	c := exec.Command(binary, "-test.run=^"+t.Name()+"$", "-test.v", "-test.timeout=10m")
	c.Env = append(os.Environ(), inPrivateNetwork+"="+authority, "SSL_CERT_FILE="+authority, "SSL_CERT_DIR=/nowhere")
	c.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET, Pdeathsig: syscall.SIGKILL}
	if os.Getuid() != 0 {
		c.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		c.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}}
	}
	out, err := c.CombinedOutput()
	switch {
	case errors.Is(err, syscall.EPERM), errors.Is(err, syscall.ENOSYS), errors.Is(err, syscall.ENOSPC):
		testenv.Missing(t, "no network of its own for a test: run as root, or allow user namespaces (sysctl kernel.unprivileged_userns_clone=1)")
	case err != nil:
		t.Errorf("%v\n%s", err, out)
	default:
		t.Logf("%s", out)
	}
	return false
}

// claimAllAddresses sets the loopback device up and routes everything to it: what `ip route add local default dev lo` does.
func claimAllAddresses() error {
	fd, err := syscall.Socket(syscall.AF_NETLINK, syscall.SOCK_RAW, syscall.NETLINK_ROUTE)
	if err != nil {
		return fmt.Errorf("talk to the kernel: %w", err)
	}
	defer syscall.Close(fd)
	const lo = 1 // the only device of a new network
	order := binary.NativeEndian
	up := make([]byte, syscall.SizeofIfInfomsg)
	order.PutUint32(up[4:], lo)
	order.PutUint32(up[8:], syscall.IFF_UP)
	order.PutUint32(up[12:], syscall.IFF_UP)
	route := func(family byte) []byte {
		m := make([]byte, syscall.SizeofRtMsg+8)
		m[0], m[4], m[5], m[6], m[7] = family, syscall.RT_TABLE_LOCAL, syscall.RTPROT_BOOT, syscall.RT_SCOPE_HOST, syscall.RTN_LOCAL
		order.PutUint16(m[syscall.SizeofRtMsg:], 8)
		order.PutUint16(m[syscall.SizeofRtMsg+2:], syscall.RTA_OIF)
		order.PutUint32(m[syscall.SizeofRtMsg+4:], lo)
		return m
	}
	for _, ask := range []struct {
		kind uint16
		body []byte
	}{{syscall.RTM_NEWLINK, up}, {syscall.RTM_NEWROUTE, route(syscall.AF_INET)}, {syscall.RTM_NEWROUTE, route(syscall.AF_INET6)}} {
		m := make([]byte, syscall.SizeofNlMsghdr, syscall.SizeofNlMsghdr+len(ask.body))
		order.PutUint32(m, uint32(len(m)+len(ask.body)))
		order.PutUint16(m[4:], ask.kind)
		order.PutUint16(m[6:], syscall.NLM_F_REQUEST|syscall.NLM_F_ACK|syscall.NLM_F_CREATE)
		if err := syscall.Sendto(fd, append(m, ask.body...), 0, &syscall.SockaddrNetlink{Family: syscall.AF_NETLINK}); err != nil {
			return fmt.Errorf("ask the kernel: %w", err)
		}
		answer := make([]byte, 4096)
		n, _, err := syscall.Recvfrom(fd, answer, 0)
		if err != nil || n < syscall.SizeofNlMsghdr+4 {
			return fmt.Errorf("hear from the kernel: %d bytes, %w", n, err)
		}
		if code := int32(order.Uint32(answer[syscall.SizeofNlMsghdr:])); code != 0 && ask.body[0] != syscall.AF_INET6 {
			return fmt.Errorf("the kernel refuses a route: %w", syscall.Errno(-code))
		}
	}
	return nil
}

// honest is the public address of everybody who does nothing wrong; honest6 is public as well.
const (
	honest  = "93.184.216.34"
	honest6 = "2606:4700:4700::1111"
)

// nameServer is the DNS of that world. A name answers with its lists, the n-th question of a kind
// with the n-th list, later ones with the last; a name that nobody has set is honest.
type nameServer struct {
	mu    sync.Mutex
	lists map[string][][]string
	asked map[string]int
}

// set gives a name the answers.
func (n *nameServer) set(name string, lists ...[]string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.lists[name+"."], n.asked[name+"."] = lists, 0
}

func (n *nameServer) addresses(q dnsmessage.Question) (found []netip.Addr) {
	n.mu.Lock()
	defer n.mu.Unlock()
	name := strings.ToLower(q.Name.String())
	lists, set := n.lists[name]
	if !set {
		lists = [][]string{{honest}}
		if !strings.HasSuffix(name, ".test.") {
			return nil
		}
	}
	list := lists[min(n.asked[name], len(lists)-1)]
	if q.Type == dnsmessage.TypeA { // each lookup asks for both kinds
		n.asked[name]++
	}
	for _, text := range list {
		found = append(found, netip.MustParseAddr(text))
	}
	return found
}

// serve makes this the DNS of the process.
func (n *nameServer) serve() { net.DefaultResolver = dnstest.Resolver(n.addresses) }

// doors are ports on all addresses of the world. Behind each stands the fediverse, with TLS for those who begin it; each remembers by which
// of its addresses people came.
type doors struct {
	t     *testing.T
	f     *fediversetest.Fediverse
	tls   *tls.Config
	mu    sync.Mutex
	came  map[string][]string // by port: addresses
	serve http.Server
}

func newDoors(t *testing.T, f *fediversetest.Fediverse) *doors {
	d := &doors{t: t, f: f, tls: certify(t), came: map[string][]string{}}
	d.serve.Handler = http.HandlerFunc(d.forward)
	d.serve.SetKeepAlivesEnabled(false) // who comes again has to dial
	t.Cleanup(func() { d.serve.Close() })
	return d
}

// open opens a port.
func (d *doors) open(port string) {
	l, err := net.Listen("tcp", ":"+port)
	if err != nil {
		d.t.Fatal(err)
	}
	go d.serve.Serve(&doorway{l, port, d})
}

type doorway struct {
	net.Listener
	port  string
	doors *doors
}

// Accept notes who came, and gives those at the public address what they came for.
func (w *doorway) Accept() (net.Conn, error) {
	for {
		conn, err := w.Listener.Accept()
		if err != nil {
			return nil, err
		}
		at, _, _ := net.SplitHostPort(conn.LocalAddr().String())
		w.doors.mu.Lock()
		w.doors.came[w.port] = append(w.doors.came[w.port], at)
		w.doors.mu.Unlock()
		if at != honest {
			conn.Close()
			continue
		}
		if w.port == "80" {
			return conn, nil
		}
		return tls.Server(conn, w.doors.tls), nil
	}
}

// at is by which addresses people came to a port: the honest one, and others.
func (d *doors) at(port string) (public int, others []string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, address := range d.came[port] {
		if address == honest || address == honest6 {
			public++
			continue
		}
		others = append(others, address)
	}
	return public, others
}

// forward asks the fediverse in memory.
func (d *doors) forward(w http.ResponseWriter, r *http.Request) {
	out := r.Clone(r.Context())
	out.RequestURI, out.URL.Host, out.URL.Scheme = "", r.Host, "https"
	if r.TLS == nil {
		out.URL.Scheme = "http"
	}
	res, err := d.f.RoundTrip(out)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	for name, values := range res.Header {
		w.Header()[name] = values
	}
	w.WriteHeader(res.StatusCode)
	io.Copy(w, res.Body)
}

// certify makes a certificate for every name that is asked for, and writes its authority where this process looks for those it trusts.
func certify(t *testing.T) *tls.Config {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "a test"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	authority, err := x509.CreateCertificate(rand.Reader, &template, &template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: authority})
	if err := os.WriteFile(os.Getenv(inPrivateNetwork), text, 0o600); err != nil {
		t.Fatal(err)
	}
	return &tls.Config{GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
		leaf := template
		leaf.IsCA, leaf.DNSNames, leaf.SerialNumber = false, []string{hello.ServerName}, big.NewInt(time.Now().UnixNano())
		der, err := x509.CreateCertificate(rand.Reader, &leaf, &template, &key.PublicKey, key)
		return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, err
	}}
}
