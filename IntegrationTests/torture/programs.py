# SPDX-FileCopyrightText: 2026 The Peakline authors
# SPDX-License-Identifier: Apache-2.0
"""Programs that are no Python, as far as they are here: preloaded, the agent comes into them as
well, and must be neither seen nor felt."""

import os
import shutil
import subprocess

with open("numbers", "w") as file:
    file.writelines(f"{i * 7919 % 10007} line {i}\n" for i in range(20_000))
with open("program.c", "w") as file:
    file.write('#include <stdio.h>\nint main(void) { puts("compiled"); return 3; }\n')

COMMANDS = [
    ["sh", "-c", "for i in 1 2 3; do echo $i | cat; done; exit 4"],
    [
        "bash",
        "-c",
        "declare -A a; for i in {1..2000}; do a[$i]=$((i * i)); done; echo ${#a[@]} ${a[77]}",
    ],
    [
        "perl",
        "-e",
        "my %h; $h{$_} = 'x' x $_ for 1..2000; print scalar(keys %h), fork() ? '' : '', qq(\\n)",
    ],
    [
        "awk",
        "{ sum[$1 % 10] += length($0) } END { for (i = 0; i < 10; i++) print i, sum[i] }",
        "numbers",
    ],
    ["sort", "-n", "--parallel=4", "-S", "1M", "numbers", "-o", "sorted"],
    ["sha256sum", "sorted"],
    ["tar", "cf", "archive.tar", "sorted"],
    ["gzip", "-kf", "sorted"],
    ["git", "hash-object", "sorted"],
    ["git", "-c", "init.defaultBranch=main", "init", "-q", "repository"],
    ["cc", "-O2", "-o", "program", "program.c"],
    ["cc", "-static", "-o", "static", "program.c"],
    ["./program"],
    ["./static"],
    ["openssl", "dgst", "-sha1", "sorted"],
    ["java", "-Xmx64m", "-version"],
    ["node", "-e", "console.log([...Array(1e5).keys()].map(x => x * 2).length)"],
    ["ruby", "-e", "puts (1..10000).map { |i| i.to_s * 3 }.uniq.size"],
    ["gdb", "-batch", "-nx", "-ex", "print 6 * 7"],
    ["find", ".", "-name", "sorted*", "-size", "+1k"],
    ["no such program"],
]

for command in COMMANDS:
    if not shutil.which(command[0]) and os.sep not in command[0]:
        print(command[0], "is not here")
        continue
    try:
        done = subprocess.run(command, capture_output=True, timeout=60)
    except OSError as error:
        print(command[0], type(error).__name__)
        continue
    print(command[:2], done.returncode, done.stdout[-300:], done.stderr[-300:])
