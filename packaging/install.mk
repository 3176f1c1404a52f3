# make install: DESTDIR for packages, prefix and the rest as the GNU names.
# Existing configuration files are left alone.
DESTDIR    ?=
prefix     ?= /usr
sysconfdir ?= /etc
sbindir    ?= $(prefix)/sbin
bindir     ?= $(prefix)/bin
datadir    ?= $(prefix)/share
unitdir    ?= $(prefix)/lib/systemd/system
tmpfilesdir ?= $(prefix)/lib/tmpfiles.d
mibdir     ?= $(datadir)/snmp/mibs
dbuspolicydir ?= $(sysconfdir)/dbus-1/system.d
# Where the distribution keeps the options of services: default or sysconfig.
envdir     ?= $(sysconfdir)/$(if $(wildcard /etc/sysconfig),sysconfig,default)

INSTALL = install -D -m

.PHONY: install uninstall deb

install: build
	$(INSTALL) 755 bin/keepalived $(DESTDIR)$(sbindir)/keepalived
	mkdir -p $(DESTDIR)$(bindir) && ln -sfr $(DESTDIR)$(sbindir)/keepalived $(DESTDIR)$(bindir)/genhash
	$(INSTALL) 644 packaging/keepalived.conf.sample $(DESTDIR)$(sysconfdir)/keepalived/keepalived.conf.sample
	$(INSTALL) 644 packaging/systemd/keepalived.service $(DESTDIR)$(unitdir)/keepalived.service
	$(INSTALL) 644 packaging/systemd/keepalived-nonroot.service $(DESTDIR)$(unitdir)/keepalived-nonroot.service
	$(INSTALL) 644 packaging/tmpfiles.d/keepalived.conf $(DESTDIR)$(tmpfilesdir)/keepalived.conf
	$(INSTALL) 644 packaging/dbus/org.keepalived.Vrrp1.conf $(DESTDIR)$(dbuspolicydir)/org.keepalived.Vrrp1.conf
	for f in Vrrp Instance; do $(INSTALL) 644 internal/dbus/org.keepalived.Vrrp1.$$f.xml $(DESTDIR)$(datadir)/dbus-1/interfaces/org.keepalived.Vrrp1.$$f.xml || exit; done
	for f in packaging/mibs/*.txt; do $(INSTALL) 644 $$f $(DESTDIR)$(mibdir)/$$(basename $$f) || exit; done
	$(INSTALL) 644 packaging/completion/keepalived.bash $(DESTDIR)$(datadir)/bash-completion/completions/keepalived
	ln -sf keepalived $(DESTDIR)$(datadir)/bash-completion/completions/genhash
	$(INSTALL) 644 docs/man/keepalived.8 $(DESTDIR)$(datadir)/man/man8/keepalived.8
	$(INSTALL) 644 docs/man/genhash.1 $(DESTDIR)$(datadir)/man/man1/genhash.1
	$(INSTALL) 644 docs/man/keepalived.conf.5 $(DESTDIR)$(datadir)/man/man5/keepalived.conf.5
	for page in README.md docs/*.md CHANGELOG.md; do $(INSTALL) 644 $$page $(DESTDIR)$(datadir)/doc/keepalived/$$(basename $$page) || exit; done
	for page in docs/examples/*.md; do $(INSTALL) 644 $$page $(DESTDIR)$(datadir)/doc/keepalived/examples/$$(basename $$page) || exit; done
	$(call keep,packaging/default/keepalived,$(envdir)/keepalived)
	$(call keep,packaging/rsyslog.d/keepalived.conf,$(sysconfdir)/rsyslog.d/keepalived.conf)
	$(call keep,packaging/logrotate.d/keepalived,$(sysconfdir)/logrotate.d/keepalived)

# keep installs a file that the operator may have changed.
keep = test -e $(DESTDIR)$(2) || $(INSTALL) 644 $(1) $(DESTDIR)$(2)

# Configuration files stay.
uninstall:
	rm -f $(DESTDIR)$(sbindir)/keepalived $(DESTDIR)$(bindir)/genhash $(DESTDIR)$(unitdir)/keepalived.service \
	    $(DESTDIR)$(unitdir)/keepalived-nonroot.service $(DESTDIR)$(tmpfilesdir)/keepalived.conf \
	    $(DESTDIR)$(dbuspolicydir)/org.keepalived.Vrrp1.conf $(DESTDIR)$(datadir)/dbus-1/interfaces/org.keepalived.Vrrp1.*.xml \
	    $(DESTDIR)$(datadir)/bash-completion/completions/keepalived $(DESTDIR)$(datadir)/bash-completion/completions/genhash \
	    $(DESTDIR)$(datadir)/man/man8/keepalived.8 $(DESTDIR)$(datadir)/man/man5/keepalived.conf.5 $(DESTDIR)$(datadir)/man/man1/genhash.1
	for f in packaging/mibs/*.txt; do rm -f $(DESTDIR)$(mibdir)/$$(basename $$f); done
	rm -rf $(DESTDIR)$(datadir)/doc/keepalived

deb:
	./packaging/deb.sh
