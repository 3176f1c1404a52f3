// Package lab builds small networks of routers on one machine and runs
// keepalived in them: ours, or the C daemon as its peer.
//
// A Node is a router or a host: network, mount and process namespaces of its
// own, with private /run, /tmp and /dev, so that pid files, dumps and the
// syslog socket of one daemon are out of the way of the others and of the
// machine. Segments are bridges that join nodes by cables (veth pairs); they
// can lose frames in one direction or both, and a Capture sees every frame
// that any node sends, whether it gets through or not, with the kernel's time
// of its arrival.
//
// A test package that uses the lab starts like this:
//
//	func TestMain(m *testing.M) { os.Exit(lab.Main(m.Run)) }
//
//	func TestFailover(t *testing.T) {
//		l := lab.New(t)
//		lan := l.Segment("lan")
//		a, b := l.Node("a"), l.Node("b")
//		lan.Attach(a, "eth0", "192.0.2.1/24")
//		lan.Attach(b, "eth0", "192.0.2.2/24")
//		frames := lan.Capture()
//		d := a.Daemon(lab.Ours(t), config)
//		a.WaitAddr("192.0.2.100")
//		d.Kill9()
//		...
//	}
//
// Nothing outlives the test: a node's first process ends when the test
// process does, however that happens, and takes all others of the node along.
//
// The lab needs root, or a kernel that lets anybody make user namespaces. A
// test skips with the reason when the machine lacks what it needs, and fails
// instead when LAB_REQUIRED is set in the environment.
package lab
