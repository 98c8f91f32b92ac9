#!/bin/sh
# Install Chromium (browser tests), PostgreSQL (the store is tested on it too),
# GDAL's tools (exports are read back) and poppler's
# (PDF pages are looked at) from the
# system's packages, where they are missing and this user may.
set -eu
missing=""
command -v "${CHROMIUM:-chromium}" >/dev/null 2>&1 || missing="$missing chromium"
command -v ogrinfo >/dev/null 2>&1 || missing="$missing gdal-bin"
command -v pdftoppm >/dev/null 2>&1 || missing="$missing poppler-utils"
{ command -v initdb || ls /usr/lib/postgresql/*/bin/initdb; } >/dev/null 2>&1 || missing="$missing postgresql"
if [ "${1:-}" = all ]; then
    # The slow suites read workbooks and documents back with LibreOffice and projects with QGIS.
    command -v soffice >/dev/null 2>&1 || missing="$missing libreoffice-calc"
    ls /usr/lib/libreoffice/program/libswlo.so >/dev/null 2>&1 || missing="$missing libreoffice-writer"
    /usr/bin/python3 -c "import qgis" >/dev/null 2>&1 || missing="$missing python3-qgis"
fi
[ -z "$missing" ] && exit 0
if ! command -v apt-get >/dev/null 2>&1; then
    echo "Please install:$missing (the tests that need them will skip, saying so)."
    exit 0
fi
sudo=""
if [ "$(id -u)" -ne 0 ]; then
    sudo="sudo -n"
    if ! sudo -n true 2>/dev/null; then
        echo "Please run: sudo apt-get install$missing (the tests that need them skip)."
        exit 0
    fi
fi
$sudo apt-get update -qq
# shellcheck disable=SC2086
DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends $missing >/dev/null
