// Package version says which release this is; the build sets the values.
package version

// Version is the release of the C daemon whose behaviour this one reproduces;
// programs that read it from --version or SNMP compare it.
var Version = "2.4.3"

// Date is the build date as MM/DD,YYYY, the form of the C daemon's banner.
var Date = "01/01,1970"
