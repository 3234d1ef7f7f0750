"""Famous flaws of libraries, most of them exploited in the wild: facts typed in by hand, one row a flaw and package.

A row: ids, the best first; ecosystem; packages; affected versions; CVSS; on CISA's list (KEV) or not; summary.
Versions: `A < B` is affected from A up to B, which is fixed; `< B` from the first; `A <= B` says no fixed version.
Sources: the advisory of the first GHSA id (https://github.com/advisories/ID), else the CVE record; vectors that neither
gives are those of NVD. `tests/advisories/test_starter.py` compares every row with the OSV records at hand.
"""

# ruff: noqa: E501 (one row a line)

from __future__ import annotations

TAKEOVER = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
TAKEOVER_AND_BEYOND = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H"
HARD_TAKEOVER = "CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:H/A:H"
READ_AND_WRITE = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:N"
READ = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N"
OUTAGE = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H"
WRITE_AND_OUTAGE = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:H/A:H"

_LOG4J = "org.apache.logging.log4j:log4j-core"
_STRUTS = "org.apache.struts:struts2-core"
_TOMCAT = "org.apache.tomcat.embed:tomcat-embed-core org.apache.tomcat:tomcat-catalina"
_COYOTE = "org.apache.tomcat.embed:tomcat-embed-core org.apache.tomcat:tomcat-coyote"
_RSC = "react-server-dom-webpack react-server-dom-turbopack react-server-dom-parcel"

ROWS: tuple[tuple[str, str, str, str, str, bool, str], ...] = (
    ("CVE-2017-5638 GHSA-j77q-2qqg-6989", "Maven", _STRUTS, "2.3.0 < 2.3.32 | 2.5.0 < 2.5.10.1", TAKEOVER_AND_BEYOND, True, "Struts: commands run from the Content-Type header of an upload (S2-045)"),
    ("CVE-2017-9805 GHSA-gg9m-fj3v-r58c", "Maven", "org.apache.struts:struts2-rest-plugin", "2.1.2 < 2.3.34 | 2.5.0 < 2.5.13", HARD_TAKEOVER, True, "Struts REST plugin: code runs from XML in a request (S2-052)"),
    ("CVE-2018-11776 GHSA-cr6j-3jp9-rw65", "Maven", _STRUTS, "2.0.4 < 2.3.35 | 2.5 < 2.5.17", HARD_TAKEOVER, True, "Struts: code runs from a URL where the namespace is not set (S2-057)"),
    ("CVE-2020-17530 GHSA-jc35-q369-45pv", "Maven", _STRUTS, "2.0.0 < 2.5.26", TAKEOVER, True, "Struts: OGNL in tag attributes is evaluated twice (S2-061)"),
    ("CVE-2023-50164 GHSA-2j39-qcjm-428w", "Maven", _STRUTS, "2.5-BETA1 < 2.5.33 | 6.0.0 < 6.3.0.2", TAKEOVER, False, "Struts: an upload can leave its folder and become a program (S2-066)"),
    ("CVE-2024-53677", "Maven", _STRUTS, "2.0.0 < 6.4.0", "CVSS:4.0/AV:N/AC:H/AT:P/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H", False, "Struts: an upload can leave its folder; the new interceptor is needed too (S2-067)"),
    ("CVE-2021-44228 GHSA-jfh8-c2jp-5v3q", "Maven", _LOG4J, "< 2.3.1 | 2.4 < 2.12.2 | 2.13.0 < 2.15.0", TAKEOVER_AND_BEYOND, True, "Log4Shell: a logged text loads and runs code from elsewhere (JNDI)"),
    ("CVE-2021-45046 GHSA-7rjr-3q55-vv33", "Maven", _LOG4J, "< 2.12.2 | 2.13.0 < 2.16.0", "CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:C/C:H/I:H/A:H", True, "Log4j: the first fix of Log4Shell can be bypassed"),
    ("CVE-2021-45105 GHSA-p6xc-xr62-6r2g", "Maven", _LOG4J, "< 2.3.1 | 2.4.0 < 2.12.3 | 2.13.0 < 2.17.0", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:N/I:N/A:H", False, "Log4j: a logged text that refers to itself stops the program"),
    ("CVE-2021-44832 GHSA-8489-44mv-ggj8", "Maven", _LOG4J, "2.0-beta7 < 2.3.2 | 2.4 < 2.12.4 | 2.13.0 < 2.17.1", "CVSS:3.1/AV:N/AC:H/PR:H/UI:N/S:U/C:H/I:H/A:H", False, "Log4j: who may write its configuration can run code (JDBC appender)"),
    ("CVE-2019-17571 GHSA-2qrg-x229-3v8q", "Maven", "log4j:log4j", "1.2 <= 1.2.17", TAKEOVER, False, "Log4j 1.2: the socket server runs code from what it receives; no fix, end of life"),
    ("CVE-2022-22965 GHSA-36p3-wjmg-h94x", "Maven", "org.springframework:spring-beans org.springframework:spring-webmvc org.springframework:spring-webflux", "< 5.2.20.RELEASE | 5.3.0 < 5.3.18", TAKEOVER, True, "Spring4Shell: code runs from request parameters bound to class properties"),
    ("CVE-2022-22965 GHSA-36p3-wjmg-h94x", "Maven", "org.springframework.boot:spring-boot-starter-web org.springframework.boot:spring-boot-starter-webflux", "< 2.5.12 | 2.6.0 < 2.6.6", TAKEOVER, True, "Spring4Shell: code runs from request parameters bound to class properties"),
    ("CVE-2022-22963 GHSA-6v73-fgf6-w5j7", "Maven", "org.springframework.cloud:spring-cloud-function-context", "< 3.1.7 | 3.2.0 < 3.2.3", TAKEOVER, True, "Spring Cloud Function: code runs from a routing header"),
    ("CVE-2022-22947 GHSA-3gx9-37ww-9qw6", "Maven", "org.springframework.cloud:spring-cloud-gateway org.springframework.cloud:spring-cloud-gateway-server", "< 3.0.7 | 3.1.0 < 3.1.1", TAKEOVER_AND_BEYOND, True, "Spring Cloud Gateway: code runs from the actuator endpoint"),
    ("CVE-2018-1273 GHSA-4fq3-mr56-cg6r", "Maven", "org.springframework.data:spring-data-commons", "< 1.12.11.RELEASE | 1.13.0.RELEASE < 1.13.11.RELEASE | 2.0.0.RELEASE < 2.0.6.RELEASE", TAKEOVER, True, "Spring Data: code runs from the names of request parameters"),
    ("CVE-2022-42889 GHSA-599f-7c49-w659", "Maven", "org.apache.commons:commons-text", "1.5 < 1.10.0", TAKEOVER, False, "Text4Shell: interpolated text runs scripts and fetches addresses"),
    ("CVE-2022-33980 GHSA-xj57-8qj4-c4m6", "Maven", "org.apache.commons:commons-configuration2", "2.4 < 2.8.0", TAKEOVER, False, "Commons Configuration: interpolated text runs scripts and fetches addresses"),
    ("CVE-2015-7501 GHSA-fjq5-5j5f-mvxh", "Maven", "commons-collections:commons-collections", "< 3.2.2", TAKEOVER, False, "Commons Collections: its classes turn unsafe deserialisation into running code"),
    ("CVE-2015-7501 GHSA-fjq5-5j5f-mvxh", "Maven", "org.apache.commons:commons-collections4", "< 4.1", TAKEOVER, False, "Commons Collections: its classes turn unsafe deserialisation into running code"),
    ("CVE-2016-4437 GHSA-p836-389h-j692", "Maven", "org.apache.shiro:shiro-core", "< 1.2.5", TAKEOVER, True, "Shiro: code runs from the remember-me cookie, whose key is public"),
    ("CVE-2020-1957 GHSA-26gr-cvq3-qxgf", "Maven", "org.apache.shiro:shiro-core", "< 1.5.2", TAKEOVER, False, "Shiro with Spring: a crafted path passes without login"),
    ("CVE-2022-25845 GHSA-pv7h-hx5h-mgfj", "Maven", "com.alibaba:fastjson", "< 1.2.83", HARD_TAKEOVER, False, "fastjson: JSON that names a class runs code"),
    ("CVE-2017-7525 GHSA-qxxx-2pp7-5hmx", "Maven", "com.fasterxml.jackson.core:jackson-databind", "< 2.6.7.1 | 2.7.0 < 2.7.9.1 | 2.8.0 < 2.8.9", TAKEOVER, False, "jackson-databind: JSON that names a class runs code"),
    ("CVE-2019-12384 GHSA-mph4-vhrx-mv67", "Maven", "com.fasterxml.jackson.core:jackson-databind", "2.0.0 < 2.6.7.3 | 2.7.0 < 2.7.9.6 | 2.8.0 < 2.8.11.4 | 2.9.0 < 2.9.9.1", "CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:N/A:N", False, "jackson-databind: JSON that names a logback class reaches out or runs code"),
    ("CVE-2017-12617 GHSA-xjgh-84hx-56c5", "Maven", _TOMCAT, "7.0.0 < 7.0.82 | 8.0.0-RC1 < 8.0.47 | 8.5.0 < 8.5.23 | 9.0.0.M1 < 9.0.1", HARD_TAKEOVER, True, "Tomcat: a JSP can be uploaded by PUT where writing is on"),
    ("CVE-2020-1938 GHSA-c9hw-wf7x-jp9j", "Maven", _COYOTE, "7.0.0 < 7.0.100 | 8.0.0 < 8.5.51 | 9.0.0 < 9.0.31", TAKEOVER, True, "Ghostcat: the AJP port of Tomcat reads files and runs what was uploaded"),
    ("CVE-2025-24813 GHSA-83qj-6fr2-vhqg", "Maven", _TOMCAT, "8.5.0 <= 8.5.100 | 9.0.0.M1 < 9.0.99 | 10.1.0-M1 < 10.1.35 | 11.0.0-M1 < 11.0.3", TAKEOVER, True, "Tomcat: a partial PUT plants a session that runs code where writing is on"),
    ("CVE-2023-44487 GHSA-qppj-fm5r-hxr3", "Maven", _COYOTE, "8.5.0 < 8.5.94 | 9.0.0 < 9.0.81 | 10.0.0 < 10.1.14 | 11.0.0-M1 < 11.0.0-M12", OUTAGE, True, "HTTP/2 rapid reset: cancelled requests exhaust Tomcat"),
    ("CVE-2023-44487 GHSA-xpw8-rcwv-8f8p", "Maven", "io.netty:netty-codec-http2", "< 4.1.100.Final", OUTAGE, True, "HTTP/2 rapid reset: cancelled requests exhaust Netty"),
    ("CVE-2021-42392 GHSA-h376-j262-vhq6", "Maven", "com.h2database:h2", "1.1.100 < 2.0.206", TAKEOVER, False, "H2: its console loads and runs code from elsewhere (JNDI)"),
    ("CVE-2022-1471 GHSA-mjmj-j48q-9wg2", "Maven", "org.yaml:snakeyaml", "< 2.0", "CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:L", False, "SnakeYAML: YAML that names a class runs code"),
    ("CVE-2021-39144 GHSA-j9h8-phrw-h4fh", "Maven", "com.thoughtworks.xstream:xstream", "< 1.4.18", "CVSS:3.1/AV:N/AC:H/PR:L/UI:N/S:C/C:H/I:H/A:H", True, "XStream: XML that names a class runs commands"),
    ("CVE-2023-46604 GHSA-crg9-44h2-xw35", "Maven", "org.apache.activemq:activemq-client", "< 5.15.16 | 5.16.0 < 5.16.7 | 5.17.0 < 5.17.6 | 5.18.0 < 5.18.3", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:L/I:H/A:H", True, "ActiveMQ: a crafted OpenWire message runs commands"),
    ("CVE-2019-17558 GHSA-ww97-9w65-2crx", "Maven", "org.apache.solr:solr-core", "5.0.0 < 7.7.3 | 8.0.0 < 8.4.0", "CVSS:3.1/AV:N/AC:H/PR:L/UI:N/S:U/C:H/I:H/A:H", True, "Solr: a Velocity template in a request runs code"),
    ("CVE-2021-25646 GHSA-wrqf-rrrw-w3mg", "Maven", "org.apache.druid:druid", "< 0.20.1", "CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H", False, "Druid: JavaScript in a request runs although it is turned off"),
    ("CVE-2024-1597 GHSA-24rp-q3w6-vc56", "Maven", "org.postgresql:postgresql", "< 42.2.28 | 42.3.0 < 42.3.9 | 42.4.0 < 42.4.4 | 42.5.0 < 42.5.5 | 42.6.0 < 42.6.1 | 42.7.0 < 42.7.2", TAKEOVER_AND_BEYOND, False, "PostgreSQL JDBC: SQL injection in the simple query mode"),
    ("CVE-2019-14234 GHSA-6r97-cj55-9hrq", "PyPI", "django", "1.11 < 1.11.23 | 2.1 < 2.1.11 | 2.2 < 2.2.4", TAKEOVER, False, "Django: SQL injection through keys of JSONField and HStoreField"),
    ("CVE-2021-35042 GHSA-xpfp-f569-q3p2", "PyPI", "django", "3.0.0 < 3.1.13 | 3.2.0 < 3.2.5", TAKEOVER, False, "Django: SQL injection through order_by()"),
    ("CVE-2022-28346 GHSA-2gwj-7jmv-h26r", "PyPI", "django", "2.2 < 2.2.28 | 3.2 < 3.2.13 | 4.0 < 4.0.4", TAKEOVER, False, "Django: SQL injection through annotate(), aggregate() and extra()"),
    ("CVE-2022-28347 GHSA-w24h-v9qh-8gxj", "PyPI", "django", "2.2 < 2.2.28 | 3.2 < 3.2.13 | 4.0 < 4.0.4", TAKEOVER, False, "Django: SQL injection through explain() on PostgreSQL"),
    ("CVE-2022-34265 GHSA-p64x-8rxx-wf6q", "PyPI", "django", "3.2 < 3.2.14 | 4.0 < 4.0.6", TAKEOVER, False, "Django: SQL injection through Trunc() and Extract()"),
    ("CVE-2025-64459 GHSA-frmv-pr5f-9mcr", "PyPI", "django", "4.2 < 4.2.26 | 5.1 < 5.1.14 | 5.2 < 5.2.8", READ_AND_WRITE, False, "Django: SQL injection through the _connector of filter() and Q()"),
    ("CVE-2020-14343 GHSA-8q59-q68h-6hv4", "PyPI", "pyyaml", "< 5.4", TAKEOVER, False, "PyYAML: full_load() of hostile YAML runs code"),
    ("CVE-2020-1747 GHSA-6757-jp84-gxfx", "PyPI", "pyyaml", "5.1 < 5.3.1", TAKEOVER, False, "PyYAML: full_load() of hostile YAML runs code"),
    ("CVE-2023-50447 GHSA-3f63-hfp8-52jq", "PyPI", "pillow", "< 10.2.0", HARD_TAKEOVER, False, "Pillow: ImageMath.eval() runs code"),
    ("CVE-2023-4863 GHSA-j7hp-h8jx-5ppr", "PyPI", "pillow", "< 10.0.1", "CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:U/C:H/I:H/A:H", True, "Pillow brings a libwebp in which a crafted image writes past its buffer"),
    ("CVE-2019-10906 GHSA-462w-v97r-4m45", "PyPI", "jinja2", "< 2.10.1", "CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:N/A:N", False, "Jinja2: a template leaves the sandbox by format_map"),
    ("CVE-2018-18074 GHSA-x84v-xcm2-53pg", "PyPI", "requests", "< 2.20.0", READ, False, "Requests: the password goes out in the clear after a redirect to http"),
    ("CVE-2023-32681 GHSA-j8r2-6x86-q33q", "PyPI", "requests", "2.3.0 < 2.31.0", "CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:C/C:H/I:N/A:N", False, "Requests: the proxy's password goes to the server after a redirect"),
    ("CVE-2023-43804 GHSA-v845-jxx5-vc9f", "PyPI", "urllib3", "< 1.26.17 | 2.0.0 < 2.0.6", "CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:N", False, "urllib3: the Cookie header goes to another server after a redirect"),
    ("CVE-2023-25577 GHSA-xg9f-g7g7-2323", "PyPI", "werkzeug", "< 2.2.3", OUTAGE, False, "Werkzeug: a form of very many parts exhausts the server"),
    ("CVE-2024-34069 GHSA-2g68-c3qc-8985", "PyPI", "werkzeug", "< 3.0.3", "CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:H/I:H/A:H", False, "Werkzeug: the debugger runs code for a site that the developer visits"),
    ("CVE-2024-1135 GHSA-w3h3-4rj7-4ph4", "PyPI", "gunicorn", "< 22.0.0", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:H/A:N", False, "Gunicorn: requests are smuggled past the proxy's rules"),
    ("CVE-2024-23334 GHSA-5h86-8mv2-jq9f", "PyPI", "aiohttp", "1.0.5 < 3.9.2", READ, False, "aiohttp: any file is read where static routes follow links"),
    ("CVE-2022-24439 GHSA-hcpj-qp55-gfph", "PyPI", "gitpython", "< 3.1.30", HARD_TAKEOVER, False, "GitPython: a crafted address to clone runs commands"),
    ("CVE-2023-48022 GHSA-6wgj-66m2-xxp2", "PyPI", "ray", "<= 2.49.2", TAKEOVER, False, "ShadowRay: the job API of Ray runs code for anyone who reaches it"),
    ("CVE-2020-11651 GHSA-pjhf-vpx3-33r3", "PyPI", "salt", "< 2019.2.4 | 3000 < 3000.2", TAKEOVER, True, "Salt: the master runs commands for anyone who reaches it"),
    ("CVE-2023-27524 GHSA-5cx2-vq3h-x52c", "PyPI", "apache-superset", "< 2.1.0", "CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:C/C:H/I:H/A:L", True, "Superset: sessions can be forged with the default SECRET_KEY"),
    ("CVE-2025-3248 GHSA-rvqx-wpfh-mfx7", "PyPI", "langflow", "< 1.3.0", TAKEOVER, True, "Langflow: code in a request to the validation endpoint runs"),
    ("CVE-2019-10744 GHSA-jf85-cpcp-j695", "npm", "lodash", "< 4.17.12", WRITE_AND_OUTAGE, False, "lodash: defaultsDeep() changes the prototype of all objects"),
    ("CVE-2021-23337 GHSA-35jh-r3h4-6jhm", "npm", "lodash", "< 4.17.21", "CVSS:3.1/AV:N/AC:L/PR:H/UI:N/S:U/C:H/I:H/A:H", False, "lodash: template() runs code from its options"),
    ("CVE-2021-23358 GHSA-cf4h-3jhx-xvhq", "npm", "underscore", "1.3.2 < 1.12.1", TAKEOVER, False, "underscore: template() runs code from its options"),
    ("CVE-2021-44906 GHSA-xvch-5gv4-984h", "npm", "minimist", "< 0.2.4 | 1.0.0 < 1.2.6", TAKEOVER, False, "minimist: an argument changes the prototype of all objects"),
    ("CVE-2021-3918 GHSA-896r-f27r-55mw", "npm", "json-schema", "< 0.4.0", TAKEOVER, False, "json-schema: a schema changes the prototype of all objects"),
    ("CVE-2022-46175 GHSA-9c47-m6qq-7p4h", "npm", "json5", "< 1.0.2 | 2.0.0 < 2.2.2", "CVSS:3.1/AV:N/AC:H/PR:L/UI:N/S:U/C:H/I:L/A:H", False, "JSON5: a document sets the prototype of its objects"),
    ("CVE-2017-5941 GHSA-q4v7-4rhw-9hqm", "npm", "node-serialize", "<= 0.0.4", TAKEOVER, False, "node-serialize: unserialize() of hostile input runs code; no fix"),
    ("CVE-2022-29078 GHSA-phwq-j96m-2c2q", "npm", "ejs", "< 3.1.7", TAKEOVER, False, "EJS: request parameters passed on as options run code"),
    ("CVE-2019-19919 GHSA-w457-6q6x-cgp9", "npm", "handlebars", "< 4.3.0", TAKEOVER, False, "Handlebars: a template changes the prototype of all objects and runs code"),
    ("CVE-2021-23369 GHSA-f2jv-r9rf-7988", "npm", "handlebars", "< 4.7.7", TAKEOVER, False, "Handlebars: a hostile template runs code when compiled"),
    ("CVE-2015-9235 GHSA-c7hr-j4mj-j2w6", "npm", "jsonwebtoken", "< 4.2.2", TAKEOVER, False, "jsonwebtoken: a token signed with the public key as a secret is accepted"),
    ("CVE-2023-29017 GHSA-7jxr-cg7f-gpgv", "npm", "vm2", "< 3.9.15", TAKEOVER_AND_BEYOND, False, "vm2: code leaves the sandbox through an error handler"),
    ("CVE-2023-32314 GHSA-whpj-8f3w-67p5", "npm", "vm2", "< 3.9.18", TAKEOVER, False, "vm2: code leaves the sandbox through a Proxy"),
    ("CVE-2023-37466 GHSA-cchq-frgv-rjh5", "npm", "vm2", "<= 3.9.19", TAKEOVER, False, "vm2: code leaves the sandbox through a promise; discontinued without a fix"),
    ("CVE-2025-29927 GHSA-f82v-jwr5-mffw", "npm", "next", "11.1.4 < 12.3.5 | 13.0.0 < 13.5.9 | 14.0.0 < 14.2.25 | 15.0.0 < 15.2.3", READ_AND_WRITE, False, "Next.js: a header skips the middleware and its authorisation"),
    ("CVE-2025-55182", "npm", _RSC, "19.0.0 < 19.0.1 | 19.1.0 < 19.1.2 | 19.2.0 < 19.2.1", TAKEOVER_AND_BEYOND, True, "React2Shell: code runs from a request to a server function"),
    ("CVE-2025-59144 GHSA-4x49-vf9v-38px", "npm", "debug", "4.4.2 < 4.4.3", "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:L/VI:H/VA:N/SC:N/SI:N/SA:N", False, "debug: a release with malware, after its account was taken over"),
    ("CVE-2019-5418 GHSA-86g5-2wh3-gc9j", "RubyGems", "actionview", "< 4.2.11.1 | 4.3 < 5.0.7.2 | 5.1 < 5.1.6.2 | 5.2 < 5.2.2.1 | 5.3 < 6.0.0.beta3", READ, True, "Rails: any file is read through the Accept header"),
    ("CVE-2017-9841 GHSA-r7c9-c69m-rph8", "Packagist", "phpunit/phpunit", "4.8.19 < 4.8.28 | 5.0.10 < 5.6.3", TAKEOVER, True, "PHPUnit: eval-stdin.php runs the body of a request"),
    ("CVE-2021-3129", "Packagist", "facade/ignition", "< 1.16.14 | 2.0.0 < 2.4.2 | 2.5.0 < 2.5.2", TAKEOVER, True, "Ignition (Laravel): code runs where debugging is on"),
    ("CVE-2016-10033", "Packagist", "phpmailer/phpmailer", "5.0.0 < 5.2.18", TAKEOVER, True, "PHPMailer: a crafted sender runs commands"),
    ("CVE-2018-7600", "Packagist", "drupal/core drupal/drupal", "7.0 < 7.58 | 8.0 < 8.3.9 | 8.4 < 8.4.6 | 8.5 < 8.5.1", TAKEOVER, True, "Drupalgeddon 2: a request to a form runs code"),
    ("CVE-2023-44487 GHSA-qppj-fm5r-hxr3", "Go", "golang.org/x/net", "< 0.17.0", OUTAGE, True, "HTTP/2 rapid reset: cancelled requests exhaust the server"),
    ("CVE-2024-45337 GHSA-v778-237x-gjrc GO-2024-3321", "Go", "golang.org/x/crypto", "< 0.31.0", READ_AND_WRITE, False, "x/crypto/ssh: a key that was only offered can pass for the one that logged in"),
    ("CVE-2024-21626 GHSA-xr7r-f8xq-vfvv GO-2024-2491", "Go", "github.com/opencontainers/runc", "1.0.0-rc93 < 1.1.12", "CVSS:3.1/AV:L/AC:L/PR:N/UI:R/S:C/C:H/I:H/A:H", False, "Leaky Vessels: a container reaches the node's files through a leaked descriptor"),
)  # fmt: skip
