// Command etcd is the real etcd server, for the test bed: the one behind the API servers, which ask for 3.5 or later.
package main

import (
	"os"

	"go.etcd.io/etcd/server/v3/etcdmain"
)

func main() {
	etcdmain.Main(os.Args)
}
