"""IMG-DF-005."""

from __future__ import annotations

import re

from seawall.checks.check import Verdicts, check
from seawall.checks.dockerfiles import at, commands, cut, gold, instructions, of
from seawall.model import Severity
from seawall.model.dockerfile import Dockerfile


@check(
    "IMG-DF-005",
    severity=Severity.HIGH,
    refs=["https://cwe.mitre.org/data/definitions/295.html"],
    passes=[
        gold(build="RUN curl -fsSLO https://example.com/x.tgz && sha256sum -c sums"),
        gold(build="RUN echo curl -k"),
    ],
    fails=[
        gold(build="RUN curl -fkLo x https://example.com/x && sha256sum -c sums"),
        gold(build="RUN wget --no-check-certificate https://example.com/x"),
        gold(build="RUN npm config set strict-ssl false"),
        gold(build="RUN git config --global http.sslVerify false"),
        gold(build="RUN GIT_SSL_NO_VERIFY=1 git clone https://example.com/x"),
        gold(build="ENV NODE_TLS_REJECT_UNAUTHORIZED=0"),
        gold(build="RUN pip install --no-cache-dir --trusted-host pypi.org x==1"),
    ],
)
def certificate_not_checked(dockerfile: Dockerfile) -> Verdicts:
    """A download does not check who it comes from.

    ## Why it matters
    Without a look at the certificate, whoever sits on the way (a proxy, a wireless network, a hijacked name) chooses
    what goes into the image. As a variable it is off in the running container too.

    ## Fix
    Drop the option. For a certificate authority of your own, add its certificate to the build stage.

        COPY ca.crt /usr/local/share/ca-certificates/
    """
    for each in instructions(dockerfile.stages, "ENV", "ARG"):
        for pair in each.pairs:
            if pair.value and (pair.name.upper(), pair.value.value.lower()) in _VARIABLES:
                yield at(
                    each, f"{pair.name}={pair.value.value} switches the check of certificates off", field=pair.name
                )
    for command in commands(dockerfile.stages):
        text = " ".join((command.program, *command.values))
        off = any(re.search(pattern, text) for pattern in _PATTERNS)
        set_here = any(
            (n.upper(), v.strip("'\"").lower()) in _VARIABLES
            for w in (*command.assigned, *(command.arguments if command.program == "export" else ()))
            for n, _, v in [w.value.partition("=")]
        )
        if off or set_here:
            yield of(command, f"certificates are not checked: {cut(command.text)}")


_VARIABLES = frozenset(
    (("NODE_TLS_REJECT_UNAUTHORIZED", "0"), ("GIT_SSL_NO_VERIFY", "1"), ("GIT_SSL_NO_VERIFY", "true"),
     ("PYTHONHTTPSVERIFY", "0"), ("NPM_CONFIG_STRICT_SSL", "false"), ("YARN_STRICT_SSL", "false"))
)  # fmt: skip
_PATTERNS = (
    r"^curl (?:.* )?(?:-[a-zA-Z]*k[a-zA-Z]*|--insecure|--proxy-insecure)(?: |$)",
    r"^wget (?:.* )?--no-check-certificate",
    r"^(?:pip[\d.]*|python[\d.]*|uv) .*--trusted-host",
    r"^(?:npm|yarn|pnpm) .*strict-ssl[ =]false",
    r"^git .*http\.sslVerify[ =](?:false|0)",
    r"^(?:apt-get|apt) .*Verify-(?:Peer|Host)=(?:false|0|\"false\")",
    r"^(?:yum|dnf|microdnf|tdnf) .*sslverify=(?:0|false)",
    r"^(?:apk) (?:.* )?--no-check-certificate",
    r"^composer .*(?:disable-tls|secure-http) (?:true|false)",
)
