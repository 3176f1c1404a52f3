// Package lvs tests load balancing as a whole: clients, directors and real
// servers in namespaces of a guest kernel that has IPVS, our daemon and the C
// daemon on the same configurations.
//
// Outside of the guest there is one test, TestInGuest: it boots the guest and
// runs the others, whose names begin with TestKernel, in it. One of them alone:
//
//	go test ./test/lab/lvs -run TestInGuest/TestKernelNAT
package lvs
