"""Every bound on hostile input, by name, with its reason.

A bound that is broken raises `LimitExceeded`, which names the bound; `--limit NAME=VALUE` raises it.
All sizes are bytes.
"""

from __future__ import annotations

import msgspec

KIB = 1 << 10
MIB = 1 << 20
GIB = 1 << 30


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """The bounds. The defaults let every real input that we know pass and stop one that is made to exhaust us."""

    json_bytes: int = 512 * MIB
    """One JSON document is held in memory whole. `az aks list` of 10,000 clusters is 120 MB."""

    yaml_bytes: int = 64 * MIB
    """One YAML file is held in memory, at about twenty times its size. The CRDs of a large operator are 5 MB."""

    yaml_nodes: int = 2_000_000
    """Nodes in one YAML file after aliases are expanded: stops the "billion laughs"."""

    nesting: int = 200
    """Depth of JSON, YAML and XML. Real ARM templates nest below 40; the recursion limit of Python is 1,000."""

    hcl_bytes: int = 4 * MIB
    """One Terraform file is parsed in memory, at about a hundred times its size. The largest known to us is 0.7 MB."""

    hcl_nesting: int = 100
    """Depth of blocks and expressions in HCL. Real modules stay below 30."""

    terraform_steps: int = 2_000_000
    """Expressions evaluated for one folder, its modules included: some seconds. A large estate needs 50,000."""

    terraform_items: int = 100_000
    """Characters or elements of one value: stops texts and lists that double themselves."""

    terraform_instances: int = 1_000
    """Copies of one resource or module (`count`, `for_each`)."""

    bicep_bytes: int = 8 * MIB
    """One Bicep file, and one that it loads as text. Resource Manager takes templates of 4 MiB."""

    bicep_nesting: int = 80
    """Depth of brackets and operators in Bicep. Real files nest below 30; each level takes six of Python's 1,000."""

    bicep_modules: int = 20
    """Bicep modules inside modules. Real ones nest four deep; each level takes forty of Python's 1,000."""

    dockerfile_bytes: int = 1 * MIB
    """One Dockerfile is parsed in memory, at about fifty times its size. Real ones have some kilobytes."""

    xml_bytes: int = 64 * MIB
    """One XML document (pom.xml, OVAL) is held in memory. The largest OVAL feed that we read is 40 MB."""

    zip_entries: int = 500_000
    """Members of one zip. The npm bundle of OSV has 220,000; a fat jar has 60,000."""

    zip_entry_bytes: int = 512 * MIB
    """One unpacked member of a zip, held in memory. The largest inner jar known to us is 190 MB."""

    zip_total_bytes: int = 8 * GIB
    """All members read from one zip, unpacked. The npm bundle of OSV is 2 GB."""

    jar_depth: int = 12
    """Jars inside jars. Real ones nest three deep; each level costs its size in memory."""

    layer_bytes: int = 64 * GIB
    """One layer, unpacked. It is streamed, so this bounds time: some two minutes per 64 GiB of zeros."""

    compression_ratio: int = 250
    """Unpacked to packed, of a stream past its first 256 MiB. Real layers stay below 30; a gzip bomb nears 1,000."""

    tar_entries: int = 10_000_000
    """Entries of one layer. The largest image known to us has 3 million files."""

    tar_header_bytes: int = 1 * MIB
    """One pax or GNU long-name header, held in memory. Paths are at most 4 KiB on Linux."""

    layer_names_bytes: int = 1 * GIB
    """All paths and link targets of one layer, held in memory. Those of 3 million files are 250 MB."""

    evidence_bytes: int = 1 * GIB
    """One file that a cataloger asked for, held in memory. The largest rpm database known to us is 300 MB."""

    text_bytes: int = 64 * MIB
    """One database of packages that is plain text. Debian's `status` of 5,000 packages is 6 MB."""

    records_per_file: int = 250_000
    """Packages and other records of one file, held in memory. The largest of real images have some thousands."""

    rpm_header_bytes: int = 16 * MIB
    """The header of one rpm package. One of 1,076 files has 207 KiB: this is room for 80,000."""

    go_build_info_bytes: int = 1 * MIB
    """The list of modules in one Go program. That of Terraform is 22 KB."""

    sqlite_steps: int = 50_000_000
    """Instructions that SQLite runs for one query: bounds time, to some seconds. 129 packages take fewer than 1,000."""

    template_text: int = 1 * MIB
    """One text that a template puts together. ARM itself stops at 131,072 characters; embedded scripts come near."""

    template_items: int = 100_000
    """Values in one list or object, and rounds of all loops, of one template. ARM stops at 800 rounds a loop."""

    template_steps: int = 1_000_000
    """Values looked at while one template is worked out: two seconds. The largest of Microsoft's modules take 500."""

    folder_entries: int = 1_000_000
    """Files looked at below one folder that the user named."""

    folder_depth: int = 64
    """Depth of folders below one that the user named."""

    registry_bytes: int = 16 * MIB
    """One document of a registry, held in memory: a manifest, a configuration, a page of a list. They take up to 4."""

    index_bytes: int = 256 * MIB
    """One unpacked index of a repository, held in memory. Debian's `Packages` of main has 50 MB."""

    package_bytes: int = 1 * GIB
    """One downloaded package, held in memory. The largest of Debian main has 0.9 GB."""

    http_bytes: int = 8 * GIB
    """One downloaded body, streamed to disk. The npm bundle of OSV is 250 MB."""

    http_seconds: int = 3_600
    """One download, whole."""

    http_redirects: int = 5
    """Redirects followed for one request. Registries and OSV need two."""

    http_retries: int = 4
    """Times one request is repeated for a busy server or a broken connection; the pauses add up to 8 seconds."""

    http_wait: int = 60
    """Seconds: the longest pause that a busy server may ask for (`Retry-After`) before a request is given up."""


DEFAULT = Limits()
