package agentx

import (
	"fmt"
	"net"
	"strings"
)

// defaultPort is where master agents listen for AgentX (RFC 2741, 8.1.1).
const defaultPort = "705"

// defaultSocket is where they listen on the same machine.
const defaultSocket = "/var/agentx/master"

// networks are the transports that an address may name, as for net-snmp
// (snmpcmd(1), AGENT SPECIFICATION).
var networks = map[string]string{
	"unix": "unix", "tcp": "tcp", "tcp4": "tcp4", "tcp6": "tcp6", "tcpv6": "tcp6", "tcpipv6": "tcp6",
	"udp": "udp", "udp4": "udp4", "udp6": "udp6", "udpv6": "udp6", "udpipv6": "udp6",
}

// parseAddress reads TRANSPORT:ADDRESS, a path, or HOST[:PORT], which is UDP.
func parseAddress(s string) (network, address string, err error) {
	if s == "" {
		return "unix", defaultSocket, nil
	}
	if strings.HasPrefix(s, "/") {
		return "unix", s, nil
	}
	name, rest, found := strings.Cut(s, ":")
	network, known := networks[strings.ToLower(name)]
	switch {
	case known && !found:
		rest = ""
	case !known:
		network, rest = "udp", s
	}
	if network == "unix" {
		if rest == "" {
			rest = defaultSocket
		}
		return network, rest, nil
	}
	address, err = hostPort(rest)
	if err != nil {
		return "", "", fmt.Errorf("AgentX address %q: %w", s, err)
	}
	return network, address, nil
}

// hostPort completes HOST, PORT or HOST:PORT.
func hostPort(s string) (string, error) {
	if s == "" {
		return net.JoinHostPort("localhost", defaultPort), nil
	}
	if strings.Trim(s, "0123456789") == "" {
		return net.JoinHostPort("localhost", s), nil
	}
	host, port, err := net.SplitHostPort(s)
	if err != nil {
		if strings.Contains(s, ":") && !strings.HasPrefix(s, "[") && strings.Count(s, ":") == 1 {
			return "", err
		}
		host, port = strings.Trim(s, "[]"), defaultPort
	}
	return net.JoinHostPort(host, port), nil
}
