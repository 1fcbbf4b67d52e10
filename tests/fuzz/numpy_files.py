"""Writes the files of the corpus whose names begin with numpy-, with NumPy itself: python3 tests/fuzz/numpy_files.py"""
import pathlib

import numpy

corpus = pathlib.Path(__file__).parent / "corpus"

for kind in ["<f2", "<f4", "<f8", ">f4", ">f8", "i1", "<i2", ">i2", "<i4", ">i4", "<i8", "u1", "<u2", "<u4", ">u8"]:
    name = kind.replace("<", "little-").replace(">", "big-")
    values = numpy.arange(24).reshape(2, 3, 4).astype(kind)
    numpy.save(corpus / "npy" / f"numpy-{name}.npy", values)
    numpy.save(corpus / "npy" / f"numpy-{name}-fortran.npy", numpy.asfortranarray(values))
numpy.save(corpus / "npy" / "numpy-truths.npy", numpy.arange(24).reshape(2, 3, 4) % 2 == 1)
numpy.save(corpus / "npy" / "numpy-objects.npy", numpy.array([1, "a"], dtype=object), allow_pickle=True)
for version in [(2, 0), (3, 0)]:
    with open(corpus / "npy" / f"numpy-version-{version[0]}.npy", "wb") as file:
        numpy.lib.format.write_array(file, numpy.arange(24).reshape(2, 3, 4).astype("<f4"), version=version)

numpy.savez(corpus / "npz" / "numpy-stored.npz", **{"layer/w": numpy.arange(6, dtype="f4").reshape(2, 3), "layer/b": numpy.arange(3, dtype="f8")})
numpy.savez_compressed(corpus / "npz" / "numpy-deflated.npz", zeros=numpy.zeros((40, 50), "f4"), labels=numpy.arange(7))
