#!/usr/bin/env bash
# TorchSharp's native library needs a libstdc++ from GCC 13 or newer. This makes it loadable with an older one.
# Usage: old-libstdcxx.sh DIR    DIR: the output folder of SimpleFlow.Peers. Needs patchelf, g++ and python3.
# It does nothing if nothing is missing.
#
# The library uses only one symbol of the newer libstdc++: an initialiser that every newer program refers to, and that may be empty.
# So this script puts a library with an empty one beside it, lets the symbol come from any library, and marks the version requirement
# as weak.
set -euo pipefail
dir=${1:?the output folder of SimpleFlow.Peers}
lib=$dir/libLibTorchSharp.so
[ -f "$lib" ] || { echo "there is no libLibTorchSharp.so in $dir: build benchmarks/SimpleFlow.Peers first" >&2; exit 1; }

shim=$dir/libios-init.so
if [ -f "$shim" ] && ldd "$lib" 2>/dev/null | grep -q libios-init.so; then exit 0; fi
if ! ldd "$lib" 2>&1 | grep -q "GLIBCXX_3.4.32' not found"; then exit 0; fi

for tool in patchelf g++ python3; do
    command -v "$tool" >/dev/null || { echo "$tool is missing, and libstdc++ is older than GCC 13's" >&2; exit 1; }
done
printf 'extern "C" void _ZSt21ios_base_library_initv() {}\n' | g++ -x c++ -shared -fPIC -o "$shim" -
patchelf --clear-symbol-version _ZSt21ios_base_library_initv --add-needed libios-init.so "$lib"
python3 - "$lib" <<'PY'
import struct, sys
path = sys.argv[1]
data = bytearray(open(path, "rb").read())
version_hash = struct.pack("<I", 0x0297F842)         # the ELF hash of "GLIBCXX_3.4.32"
at = data.find(version_hash)
while at >= 0:
    struct.pack_into("<H", data, at + 4, 2)          # vna_flags: weak
    at = data.find(version_hash, at + 4)
open(path, "wb").write(data)
PY
