package dumps

import (
	"os"
	"testing"

	"keepalived/test/lab"
)

func TestMain(m *testing.M) { os.Exit(lab.Main(m.Run)) }
