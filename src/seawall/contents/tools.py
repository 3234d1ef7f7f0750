"""Tools that help whoever breaks in, and what is in each that no other program holds.

Most were tried on the program of Debian 12, as its package or installed, those of npm, PyPI and Alpine on packages of
theirs. Those marked "untried" were not tried on any program yet: of these a tool may be missed. Text is looked for
where a program keeps its constants, names in its table of imported and exported names.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Kind = Literal["shell", "package manager", "network client", "interpreter", "compiler", "debugger", "privilege tool"]


MOST = 24 << 20
"""Bytes of the largest program that most signatures are looked for in; compilers, of 30 MiB each, would take long."""
_LARGE = 1 << 30


class Signature(msgspec.Struct, frozen=True, kw_only=True):
    """All of `text` in the constants, all of `names` among the imports and exports, a needed library whose name begins
    with `library`, the main package of a Go program (`go`); a program of at most `below` bytes."""

    tool: str
    kind: Kind
    text: tuple[bytes, ...] = ()
    names: tuple[bytes, ...] = ()
    library: str = ""
    go: bytes = b""
    below: int = MOST


def _text(kind: Kind, below: int = MOST, /, **tools: bytes | tuple[bytes, ...]) -> list[Signature]:
    return [
        Signature(tool=tool, kind=kind, text=text if isinstance(text, tuple) else (text,), below=below)
        for tool, text in tools.items()
    ]


SIGNATURES: tuple[Signature, ...] = (
    *_text(
        "shell",
        bash=b"GNU bash, version",
        dash=(b"Bad fd number", b"arithmetic expression: %s"),
        zsh=(b"ZSH_VERSION", b"ZSH_EVAL_CONTEXT"),
        ksh=(b"KSH_VERSION", b"HISTSIZE"),
        posh=b"POSH_VERSION",
        yash=b"$YASH_LOADPATH",
        tcsh=b"tcsh(1) manual page",
        fish=(b"fish_default_key_bindings", b"FISH_DEBUG_OUTPUT"),
    ),
    *_text(
        "network client",
        curl=b"curl: try 'curl --",
        wget=b"bug-wget@gnu.org",
        wget2=b"WGET2_PLUGINS",
        nc=b"usage: nc [-",
        netcat=b"nc [-options] hostname port",
        ncat=b"ncat [options] [hostname]",
        socat=b"socat by Gerhard Rieger",
        ssh=b"usage: ssh [-",
        scp=b"usage: scp [-",
        sftp=b"sftp> ",
        sshd=b"usage: sshd [-",
        dbclient=b"Dropbear SSH client",
        telnet=b"/.telnetrc",
        ftp=b"\0ftp> ",
        tnftp=b"tnftp",
        nmap=b"Usage: nmap [Scan Type(s)]",
        dig=b"[@global-server]",
        nslookup=b"nslookup.c",
        rsync=b"rsync error: %s (code",
        lftp=b"LFTP | Version",
        openssl=(b"s_client", b"genpkey", b"OpenSSL application"),
        git=(b"git version %s", b"receive-pack", b"cherry-pick"),
    ),
    Signature(tool="aria2c", kind="network client", library="libaria2.so"),
    Signature(tool="python", kind="interpreter", names=(b"Py_BytesMain",), below=_LARGE),
    Signature(tool="perl", kind="interpreter", text=(b"Perl may be copied only under the terms",)),
    Signature(
        tool="perl", kind="interpreter", names=(b"perl_run", b"perl_destruct"), library="libperl.so", below=65536
    ),
    Signature(tool="ruby", kind="interpreter", names=(b"ruby_run_node",)),
    Signature(tool="node", kind="interpreter", names=(b"_ZN4node5StartEiPPc",), below=_LARGE),
    Signature(tool="tclsh", kind="interpreter", names=(b"Tcl_MainEx",), below=65536),
    *_text(
        "interpreter",
        lua=(b"usage: %s [options] [script [args]]", b"Lua "),
        php=b"-S <addr>:<port> Run with built-in web server.",
    ),
    *_text("compiler", _LARGE, gcc=b"COLLECT_GCC_OPTIONS", cc1=b"compiled by GNU C version"),
    *_text("debugger", _LARGE, gdb=b"GNU gdb %s%s"),
    *_text(
        "compiler",
        **{"as": b"GNU assembler version"},
        ld=(b"GNU ld", b"-dynamic-linker"),
        make=b"GNU Make %s",
        tcc=b"tcc version",
    ),
    Signature(tool="clang", kind="compiler", library="libclang-cpp.so"),
    Signature(tool="rustc", kind="compiler", library="librustc_driver-"),
    Signature(tool="go", kind="compiler", go=b"cmd/go"),
    Signature(tool="go", kind="compiler", go=b"cmd/compile"),
    Signature(tool="javac", kind="compiler", names=(b"JLI_Launch",), text=(b"jdk.compiler/com.sun.tools.javac",)),
    Signature(tool="java", kind="interpreter", names=(b"JLI_Launch",)),
    *_text(
        "debugger",
        strace=b"The strace developers",
        ltrace=b"ltrace version",
        perf=(b"perf version %s", b"perf record"),
        tcpdump=b" [-AbdDefhHIJKlLnNOpqStu",
    ),
    *_text(
        "privilege tool",
        sudo=b"Sudo version %s",
        doas=b"doas is not enabled, %s",
        su=b"specifying more than %d supplemental group",
        pkexec=b"pkexec --version |",
        nsenter=b"Run a program with namespaces of other processes",
        unshare=b"Run a program with some namespaces unshared from",
        setpriv=b"no_new_privs: %d",
        capsh=(b"capsh", b"--drop="),
        chroot=b"Usage: %s [OPTION] NEWROOT",
    ),
    Signature(tool="mount", kind="privilege tool", names=(b"mnt_context_mount", b"mnt_context_set_options_pattern")),
    Signature(tool="apt", kind="package manager", library="libapt-private.so"),
    Signature(tool="dpkg", kind="package manager", text=(b"package management program version",)),
    Signature(tool="rpm", kind="package manager", library="librpm.so", names=(b"rpmInstall",)),
    *_text("package manager", _LARGE, uv=b"crates/uv-cli/src/"),
    Signature(tool="zypper", kind="package manager", library="libzypp.so"),
    Signature(tool="tdnf", kind="package manager", library="libtdnf.so"),  # untried
    Signature(tool="microdnf", kind="package manager", library="libdnf.so", text=(b"microdnf",)),  # untried
    Signature(tool="dnf5", kind="package manager", library="libdnf5.so", text=(b"dnf5",)),  # untried
    Signature(tool="apk", kind="package manager", library="libapk.so"),  # untried
    Signature(tool="apk", kind="package manager", text=(b"apk-tools ", b", compiled for ")),
    Signature(tool="kubectl", kind="network client", go=b"k8s.io/kubernetes/cmd/kubectl"),
    Signature(tool="docker", kind="network client", go=b"github.com/docker/cli/cmd/docker"),
    Signature(tool="crictl", kind="network client", go=b"sigs.k8s.io/cri-tools/cmd/crictl"),  # untried
)

SCRIPTS: tuple[tuple[str, Kind, bytes], ...] = (
    ("dnf", "package manager", b"from dnf.cli import main"),
    ("pip", "package manager", b"from pip._internal"),
    ("npm", "package manager", b"require('../lib/cli.js')(process)"),
    ("npx", "package manager", b"require.resolve('./npm-cli.js')"),
    ("yarn", "package manager", b"require(__dirname + '/../lib/cli')"),  # 1
    ("yarn", "package manager", b'"@yarnpkg/cli"'),  # from 2
    ("pnpm", "package manager", b"require('../dist/pnpm.cjs')"),  # to 10
    ("pnpm", "package manager", b"corepackDownloadOptions, downloadPnpmExecutable"),  # 12: brings a program of its own
    ("corepack", "package manager", b"/corepack.cjs').runMain("),
    ("gem", "package manager", b"Gem::GemRunner"),
    ("conda", "package manager", b"from conda.cli import main"),  # untried
    ("composer", "package manager", b"use Composer\\Console\\Application;"),
    ("httpie", "network client", b"from httpie.__main__ import main"),
)
"""What the scripts of these tools hold; a tool may have several rows, by its versions."""

APPLETS: dict[Kind, frozenset[str]] = {
    "shell": frozenset({"sh", "ash", "hush", "bash"}),
    "network client": frozenset(
        {"wget", "nc", "netcat", "telnet", "ftpget", "ftpput", "tftp", "nslookup", "ssl_client", "telnetd", "httpd"}
    ),
    "package manager": frozenset({"dpkg", "rpm"}),
    "privilege tool": frozenset({"su", "mount", "chroot", "nsenter", "unshare", "setpriv"}),
    "debugger": frozenset({"strace"}),
}
"""What the applets of BusyBox and toybox are that help whoever breaks in."""

KINDS: dict[str, Kind] = {each.tool: each.kind for each in SIGNATURES} | {tool: kind for tool, kind, _ in SCRIPTS}
