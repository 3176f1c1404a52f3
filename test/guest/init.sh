#!/bin/busybox sh
# Process 1 of the guest: prepares the file systems, runs the command with its
# output on the second serial line. The third one gets "begun" before that and
# the exit status after it.
bb=/bin/busybox
$bb mount -t devtmpfs none /dev
$bb mkdir -p /dev/shm /dev/pts /usr/bin /usr/sbin /sbin /var/lib /var/log
$bb mount -t proc none /proc
$bb mount -t sysfs none /sys
$bb mount -t tmpfs none /dev/shm
$bb mount -t devpts none /dev/pts
$bb ln -s /run /var/run
$bb --install -s 2>/dev/null
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
stty -F /dev/ttyS1 raw
stty -F /dev/ttyS2 raw
ip link set lo up
echo begun >/dev/ttyS2
sh /guest/command >/dev/ttyS1 2>&1 </dev/null
echo $? >/dev/ttyS2
# Changing the modes waits for what is still to be sent.
stty -F /dev/ttyS1 sane
stty -F /dev/ttyS2 sane
poweroff -f
