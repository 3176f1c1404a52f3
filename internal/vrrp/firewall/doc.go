// Package firewall keeps packets away from virtual addresses that do not accept
// them (RFC 9568 6.4.3, no_accept), and multicast reports of VMACs away from the
// wire, with nftables rules in tables of their own.
//
// The tables, chains, sets and rules look as keepalived's do in nft(8), so that
// what an operator knows of them stays true.
package firewall
