package safehttp_test

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"net/netip"
	"sync/atomic"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

// resolve makes a resolver that answers every name: the n-th question for IPv4 addresses with the n-th list, later ones with the last.
func resolve(t *testing.T, lists ...[]string) *net.Resolver {
	t.Helper()
	var asked atomic.Int64
	answer := func(question dnsmessage.Question) []string {
		if question.Type != dnsmessage.TypeA {
			return nil
		}
		return lists[min(int(asked.Add(1)), len(lists))-1]
	}
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		ours, theirs := net.Pipe()
		go serveDNS(theirs, answer)
		return ours, nil
	}}
}

// serveDNS answers one connection in the framing of DNS over TCP (RFC 1035 §4.2.2).
func serveDNS(conn net.Conn, answer func(dnsmessage.Question) []string) {
	defer conn.Close()
	for {
		var size [2]byte
		if _, err := io.ReadFull(conn, size[:]); err != nil {
			return
		}
		packet := make([]byte, binary.BigEndian.Uint16(size[:]))
		if _, err := io.ReadFull(conn, packet); err != nil {
			return
		}
		reply, err := replyTo(packet, answer)
		if err != nil {
			return
		}
		if _, err := conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(reply))), reply...)); err != nil {
			return
		}
	}
}

func replyTo(packet []byte, answer func(dnsmessage.Question) []string) ([]byte, error) {
	var m dnsmessage.Message
	if err := m.Unpack(packet); err != nil {
		return nil, err
	}
	m.Response, m.RecursionAvailable, m.Additionals = true, true, nil
	for _, address := range answer(m.Questions[0]) {
		m.Answers = append(m.Answers, dnsmessage.Resource{
			Header: dnsmessage.ResourceHeader{Name: m.Questions[0].Name, Class: dnsmessage.ClassINET},
			Body:   &dnsmessage.AResource{A: netip.MustParseAddr(address).As4()},
		})
	}
	return m.Pack()
}
