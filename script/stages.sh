# Stages of ./run and ./test: sourced, not run. Shows which stage it is in and about how long is left, keeps a log of
# each stage, and remembers how long each took.
#
#   declare_stage KEY SECONDS TITLE     in order; SECONDS is the guess until the first run has been measured
#   run_stages                          runs the function stage_KEY of each; ends the program if one fails
#
# A stage function runs in a shell of its own, with -e, without standard input, its output in .build/logs/KEY.log.
# closing_KEY, where defined, prints what should stay visible after the stage, from that log.

logs=.build/logs
times=.build/stage-times
stage_seconds_max=2400  # a stage that hangs must not hang whoever waits for it
stage_keys=()
declare -A stage_title stage_guess stage_took
stage_group=

declare_stage() {
    stage_keys+=("$1")
    stage_title[$1]=$3
    stage_guess[$1]=$(awk -v key="$1" '$1 == key { print $2 }' "$times" 2>/dev/null | tail -1 || true)
    [ -n "${stage_guess[$1]}" ] || stage_guess[$1]=$2
}

remember_time() {
    local key=$1 seconds=$2
    { awk -v key="$key" '$1 != key' "$times" 2>/dev/null || true; echo "$key $seconds"; } >"$times.new"
    mv "$times.new" "$times"
}

in_words() {
    local seconds=$1
    if [ "$seconds" -ge 60 ]; then echo "$((seconds / 60)) min $((seconds % 60)) s"; else echo "$seconds s"; fi
}

# What is left after `elapsed` seconds of the stage with index `index`.
time_left() {
    local index=$1 elapsed=$2 key left
    key=${stage_keys[$index]}
    left=$((stage_guess[$key] - elapsed))
    [ "$left" -ge 0 ] || left=0
    for key in "${stage_keys[@]:$((index + 1))}"; do left=$((left + stage_guess[$key])); done
    if [ "$left" -lt 60 ]; then echo "less than a minute left"; else echo "about $(((left + 30) / 60)) min left"; fi
}

# The last line of a log, without control characters and colours.
last_line() { tail -c 2000 "$1" 2>/dev/null | tr '\r' '\n' | sed -e 's/\x1b\[[0-9;]*[A-Za-z]//g' | grep -v '^[[:space:]]*$' | tail -1; }

# The process and all it has started, its children's children included: `swift test` puts its tests into a group of their own.
descendants() {
    ps -eo pid=,ppid= | awk -v root="$1" '
        { parent[$1] = $2 }
        END { for (pid in parent) { for (at = pid; at != "" && at != root; at = parent[at]) if (at == 1) break; if (at == root) print pid } }'
}

stop_stage() {
    if [ -n "$stage_group" ]; then
        # shellcheck disable=SC2046  # a list of numbers
        kill -TERM $(descendants "$stage_group") 2>/dev/null || true
    fi
    stage_group=
}
trap 'stop_stage; exit 130' INT
trap 'stop_stage; exit 143' TERM HUP

run_stage() {
    local index=$1 key log head began elapsed said=0 code=0 width line
    key=${stage_keys[$index]}
    log=$logs/$key.log
    head="[$((index + 1))/${#stage_keys[@]}] ${stage_title[$key]}"
    began=$SECONDS
    echo "$head …  $(time_left "$index" 0)"

    # Job control gives the stage a process group of its own: Ctrl-C reaches us first, and we end it in order.
    set -m
    (
        set -euo pipefail
        trap - INT TERM HUP
        "stage_$key"
    ) >"$log" 2>&1 </dev/null &
    stage_group=$!
    set +m

    while kill -0 "$stage_group" 2>/dev/null; do
        elapsed=$((SECONDS - began))
        if [ "$elapsed" -gt "$stage_seconds_max" ]; then
            echo "stopped: longer than $stage_seconds_max s" >>"$log"
            stop_stage
            break
        fi
        if [ -t 1 ]; then
            width=$(tput cols 2>/dev/null || echo 80)
            line="      $(in_words "$elapsed"), $(time_left "$index" "$elapsed")  $(last_line "$log" || true)"
            printf '\r\033[K%s' "${line:0:$((width - 1))}"
        elif [ $((elapsed / 60)) -gt "$said" ]; then
            said=$((elapsed / 60))
            line="      $(in_words "$elapsed"), $(time_left "$index" "$elapsed")  $(last_line "$log" || true)"
            echo "${line:0:200}"
        fi
        sleep 0.5
    done
    if [ -t 1 ]; then printf '\r\033[K'; fi
    if [ -n "$stage_group" ]; then
        wait "$stage_group" || code=$?
    else
        code=124
    fi
    stage_group=
    stage_took[$key]=$((SECONDS - began))

    if [ "$code" != 0 ]; then
        if declare -F "failures_$key" >/dev/null; then "failures_$key" "$log" || true; fi
        echo "--- the end of $log"
        tail -60 "$log"
        echo "--- $head: failed after $(in_words "${stage_took[$key]}") (exit code $code)"
        exit 1
    fi
    if declare -F "closing_$key" >/dev/null; then "closing_$key" "$log" || true; fi
    remember_time "$key" "${stage_took[$key]}"
}

run_stages() {
    local index
    mkdir -p "$logs"
    for index in "${!stage_keys[@]}"; do run_stage "$index"; done
}

# ---- what both commands need

check_toolchain() {
    local version
    if ! command -v swift >/dev/null; then
        echo "No Swift found. Callfloor is built with a Swift 6.3 toolchain: https://www.swift.org/install/linux/" >&2
        exit 1
    fi
    version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p' | head -1)
    if [ "$(printf '6.3\n%s\n' "${version:-0}" | sort -V | head -1)" != 6.3 ]; then
        echo "Callfloor is built with Swift 6.3 or newer; found: ${version:-unknown}. https://www.swift.org/install/linux/" >&2
        exit 1
    fi
}

# The packages of script/packages.txt for the given uses that this machine lacks.
missing_packages() {
    local name use rest stand_in path found
    command -v dpkg-query >/dev/null || return 0  # not Debian: whoever runs this knows what to install
    while read -r name use rest; do
        case " $* " in *" $use "*) ;; *) continue ;; esac
        found=
        if [[ $rest == *\[*\] ]]; then
            stand_in=${rest##*\[}
            for path in ${stand_in%\]}; do if [ -e "$path" ]; then found=yes; fi; done
        fi
        if [ -z "$found" ] && [ "$(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null || true)" != installed ]; then
            echo "$name"
        fi
    done < <(grep -v '^#' script/packages.txt)
}

install_packages() {
    local missing with=()
    missing=$(missing_packages "$@" | xargs)
    [ -n "$missing" ] || return 0
    if [ "$(id -u)" != 0 ]; then
        # -n: asks for no password, because nobody may be there to type it.
        if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
            with=(sudo -n)
        else
            echo "These Debian packages are missing, and installing them needs root or sudo without a password:"
            echo "    apt-get install --no-install-recommends $missing"
            return 1
        fi
    fi
    echo "installing $missing"
    "${with[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -q
    # shellcheck disable=SC2086  # a list of names
    "${with[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing
}

# A first build takes minutes, a later one seconds: two measures, so that neither spoils the other's guess.
build_key() { if [ -x ".build/debug/$1" ] || [ -e ".build/debug/$1" ]; then echo "$2"; else echo "first_$2"; fi; }

# One flavour for both commands: debug, with the import check. Whatever one has built, the other uses.
build_options=(--explicit-target-dependency-import-check error)
