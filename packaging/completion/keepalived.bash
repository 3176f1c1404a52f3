# bash completion for keepalived(8) and genhash(1)

_keepalived() {
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} words
    # --option=value arrives as three words.
    [[ $prev == '=' ]] && prev=${COMP_WORDS[COMP_CWORD-2]}
    [[ $cur == '=' ]] && { prev=${COMP_WORDS[COMP_CWORD-1]}; cur=; }
    case $prev in
    -f|--use-file|-g|--log-file|-p|--pid|-r|--vrrp_pid|-c|--checkers_pid|-b|--bfd_pid|-A|--snmp-agent-socket|--import-ldirectord)
        mapfile -t COMPREPLY < <(compgen -f -- "$cur")
        compopt -o filenames 2>/dev/null
        return ;;
    -S|--log-facility) words='0 1 2 3 4 5 6 7 local0 local1 local2 local3 local4 local5 local6 local7 user daemon' ;;
    --signum) words='STOP RELOAD DATA STATS STATS_CLEAR JSON' ;;
    -s|--namespace) words=$(ls /run/netns 2>/dev/null) ;;
    *)  words=$("${COMP_WORDS[0]}" --help 2>&1 | grep -oE -- '--[a-z][a-z_-]+' | sort -u) ;;
    esac
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}
complete -F _keepalived keepalived

_genhash() {
    local words='--server --port --url --use-ssl --use-sni --use-virtualhost --verbose --help --fwmark --protocol --timeout'
    [[ ${COMP_WORDS[COMP_CWORD-1]} == @(-P|--protocol) ]] && words='1.0 1.0c 1.0C 1.1'
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}")
}
complete -F _genhash genhash
