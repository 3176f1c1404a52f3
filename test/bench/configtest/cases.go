package main

import (
	"fmt"
	"io"
)

// interfaces is how many there are for instances; one takes perInterface.
const (
	interfaces   = 5
	perInterface = 200
)

// benchCase is a configuration with the ratios that are wanted of time and peak
// memory; 0: any.
type benchCase struct {
	name   string
	write  func(w io.Writer)
	time   float64
	memory float64
}

var cases = []benchCase{
	{"10,000 virtual servers with 2 real servers", func(w io.Writer) { manyServers(w, 10_000) }, 0.3, 0.6},
	{"50,000 virtual servers with 2 real servers", func(w io.Writer) { manyServers(w, 50_000) }, 0.3, 0.6},
	{"1 virtual server with 10,000 real servers", func(w io.Writer) { manyReals(w, 10_000) }, 0.1, 0},
	{"1,000 vrrp_instances", manyInstances, 1, 0},
}

func manyServers(w io.Writer, n int) {
	for i := range n {
		fmt.Fprintf(w, "virtual_server 10.%d.%d.%d 80 {\n    delay_loop 6\n    lb_algo rr\n    lb_kind DR\n    protocol TCP\n",
			i>>16, i>>8&255, i&255)
		for r := range 2 {
			fmt.Fprintf(w, "    real_server 192.168.%d.%d 80 {\n        weight 1\n        TCP_CHECK {\n"+
				"            connect_timeout 3\n        }\n    }\n", i>>8&255, r+1)
		}
		io.WriteString(w, "}\n")
	}
}

func manyReals(w io.Writer, n int) {
	io.WriteString(w, "virtual_server 10.0.0.1 80 {\n    lb_algo rr\n    lb_kind NAT\n    protocol TCP\n")
	for i := range n {
		fmt.Fprintf(w, "    real_server 10.1.%d.%d 80 {\n        TCP_CHECK {\n        }\n    }\n", i>>8, i&255)
	}
	io.WriteString(w, "}\n")
}

func manyInstances(w io.Writer) {
	for i := range interfaces * perInterface {
		fmt.Fprintf(w, "vrrp_instance VI_%d {\n    interface bench%d\n    virtual_router_id %d\n    priority 100\n"+
			"    virtual_ipaddress {\n        10.2.%d.%d\n    }\n}\n", i, i/perInterface, i%perInterface+1, i>>8, i&255)
	}
}
