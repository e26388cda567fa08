# SPDX-License-Identifier: Apache-2.0
#
# Completion of xcli for bash. What may follow comes from xcli itself, so it is never out of date.
# Install it as share/bash-completion/completions/xcli, or source it.

_xcli() {
    local word current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
    local words=()

    # bash takes --priority=high apart.
    [ "$current" != = ] || current=
    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        [ "$word" = = ] || words+=("$word")
    done
    mapfile -t COMPREPLY < <("${COMP_WORDS[0]}" complete -- "${words[@]}" "$current" 2>/dev/null)
    if [ ${#COMPREPLY[@]} = 0 ] && [ "${words[0]-}" = run ] && [[ $before == run || $before == -- ]]; then
        mapfile -t COMPREPLY < <(compgen -c -- "$current")
    fi
}
complete -o bashdefault -o default -F _xcli xcli
