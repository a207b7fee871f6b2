#!/usr/bin/env bash
# The model test must fail for every broken rule, and pass when none is broken.
#
#   tests/mutants.sh            all of them
#   tests/mutants.sh --sample   two of them, for every change
#   tests/mutants.sh no_carry   this one
set -euo pipefail
cd "$(dirname "$0")/.."

all=(hard_delete no_overlap short_page_is_end cursor_before_rows no_carry empty_list_believed
    no_strikes posted_to_pending)
healthy=8
case "${1:-}" in
    "") mutants=("${all[@]}") ;;
    --sample) mutants=(hard_delete empty_list_believed) healthy=2 ;;
    *) mutants=("$@") ;;
esac
# A mutant is looked for in so many cases; most fall within the first few.
cases=${PASSBOOK_MUTANT_CASES:-60}

model() {
    PASSBOOK_MUTANT=$1 PASSBOOK_MODEL_CASES=$2 \
        cargo test --locked --features mutants --test all every_promise_holds_on_sqlite
}

log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! model "" "$healthy" >"$log" 2>&1; then
    cat "$log"
    echo "the model fails although no rule is broken"
    exit 1
fi
survivors=()
for mutant in "${mutants[@]}"; do
    if model "$mutant" "$cases" >"$log" 2>&1; then
        survivors+=("$mutant")
    elif seed=$(grep -o -m 1 'PASSBOOK_MODEL_SEED=[0-9]*' "$log"); then
        echo "$mutant: caught with $seed"
    else
        cat "$log"
        echo "$mutant: the test ended, but not in a case"
        exit 1
    fi
done
if [ "${#survivors[@]}" -gt 0 ]; then
    echo "not noticed: ${survivors[*]}"
    exit 1
fi
