#!/usr/bin/env bash
# Writes of what the build in bin/ and its pages are made, as CycloneDX: sbom/ucpalert.cdx.json as the program itself tells it, and
# sbom/pages.cdx.json as npm reads it from the lock file, without what only builds the pages. Nothing is asked on the network.
set -euo pipefail
cd "$(dirname "$0")/.."

mkdir -p sbom
bin/ucpalert version --sbom >sbom/ucpalert.cdx.json
(cd web/ui && npm sbom --sbom-format cyclonedx --package-lock-only --omit dev) >sbom/pages.cdx.json

# Every module that the linker noted is told, and what the pages are made of.
told=$(node -p 'JSON.parse(require("fs").readFileSync("sbom/ucpalert.cdx.json")).components.map((c) => c.name).join("\n")')
go version -m bin/ucpalert | awk '$1 == "dep" { print $2 }' | while read -r module; do
	grep -qxF "$module" <<<"$told" || {
		echo "sbom/ucpalert.cdx.json does not tell of $module" >&2
		exit 1
	}
done
node -e '
const { components } = JSON.parse(require("fs").readFileSync("sbom/pages.cdx.json"));
for (const name of Object.keys(require("./web/ui/package.json").dependencies))
  if (!components.some((c) => c.name === name)) throw new Error(`sbom/pages.cdx.json does not tell of ${name}`);
console.log(`sbom: ${JSON.parse(require("fs").readFileSync("sbom/ucpalert.cdx.json")).components.length} modules, ${components.length} packages`);'
