package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"keepalived/test/guest"
)

// boot runs this command in a guest whose clock counts instructions: there is no
// host in it that lets a neighbor wait.
func boot(o options) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	programs, err := o.programs()
	if err != nil {
		return err
	}
	c := guest.Config{
		Command: []string{self, "-interval", o.every.String(), "-steady", o.steady.String(),
			fmt.Sprintf("-rounds=%d", o.rounds), fmt.Sprintf("-hog=%t", o.hog), fmt.Sprintf("-alone=%t", o.alone)},
		Programs: []string{"ip", "sh"},
		Packages: []string{"libnl-3-200", "libnl-genl-3-200"},
		Modules:  []string{"bridge", "veth"},
		Icount:   o.icount,
		Timeout:  5 * time.Hour,
		Output:   os.Stdout,
	}
	for i, p := range programs {
		c.Command = append(c.Command, []string{"-a", "-b"}[i], p.Path)
		c.Programs = append(c.Programs, p.Path)
	}
	status, err := guest.Run(context.Background(), c)
	if err == nil && status != 0 {
		err = fmt.Errorf("the guest's part ended with status %d", status)
	}
	return err
}
