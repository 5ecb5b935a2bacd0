package servers

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// Authority signs certificates for the servers of one run of tests.
type Authority struct {
	Roots string // the PEM file to trust; Go reads the one that SSL_CERT_FILE names, once
	cert  *x509.Certificate
	key   *ecdsa.PrivateKey
}

// NewAuthority makes one whose files lie in dir.
func NewAuthority(dir string) (*Authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	a := &Authority{Roots: filepath.Join(dir, "roots.pem"), key: key, cert: &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Hearth's tests"}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
	}}
	der, err := x509.CreateCertificate(rand.Reader, a.cert, a.cert, key.Public(), key)
	if err != nil {
		return nil, err
	}
	return a, os.WriteFile(a.Roots, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o644)
}

// Certificate is a server's, for these names and addresses, good until a moment.
func (a *Authority) Certificate(tb testing.TB, until time.Time, names ...string) (cert, key []byte) {
	tb.Helper()
	own, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(time.Now().UnixNano()), NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: until, KeyUsage: x509.KeyUsageDigitalSignature}
	for _, n := range names {
		if ip := net.ParseIP(n); ip != nil {
			c.IPAddresses = append(c.IPAddresses, ip)
		} else {
			c.DNSNames = append(c.DNSNames, n)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, c, a.cert, own.Public(), a.key)
	if err != nil {
		tb.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(own)
	if err != nil {
		tb.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})
}

// Config is a server's for 127.0.0.1.
func (a *Authority) Config(tb testing.TB) *tls.Config {
	tb.Helper()
	cert, key := a.Certificate(tb, time.Now().Add(time.Hour), "127.0.0.1")
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		tb.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
}

// StartDovecotTLS starts Dovecot with a certificate; it has STARTTLS at Addr and TLS from the start at the address returned.
func StartDovecotTLS(tb testing.TB, cert, key []byte) (d *Dovecot, imaps string) {
	tb.Helper()
	dir, port := folder(tb), FreePort(tb)
	_, uid, gid := ordinary(tb)
	for name, b := range map[string][]byte{"cert.pem": cert, "key.pem": key} {
		at := filepath.Join(dir, name)
		if err := os.WriteFile(at, b, 0o600); err != nil {
			tb.Fatal(err)
		}
		_ = os.Chown(at, uid, gid) // needed and possible as root only
	}
	d = StartDovecot(tb, fmt.Sprintf(`
ssl = yes
ssl_cert = <%[1]s/cert.pem
ssl_key = <%[1]s/key.pem
service imap-login {
  inet_listener imaps {
    port = %[2]d
    ssl = yes
  }
}`, dir, port))
	return d, net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
}
