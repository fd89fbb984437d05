#!/usr/bin/env python3
"""Binds the engine's references to its own symbols, as a linker does under -Bsymbolic.

    bind-engine.py FROM TO

The engine as fetched looks up 40,000 of its own names each time a program starts, a third of that time.
Quarry loads it in front of all other libraries, so that each look-up ends at the engine's own definition
in any case. TO is FROM with these look-ups done; code and data are the same. Only tables that the dynamic
loader reads change:

- a reference in .rela.dyn to a symbol of its own becomes a relative one, and all relative ones come first,
  where the loader counts on them (DT_RELACOUNT);
- the slot of a function of its own holds the function instead of the stub that would look it up.

Unique symbols (one in a process, whoever defines them), indirect functions and thread-local ones stay.
A library for another machine than x86-64 is copied as it is.
"""
import os
import struct
import sys

EM_X86_64 = 62
PT_LOAD, PT_DYNAMIC = 1, 2
DT_PLTRELSZ, DT_SYMTAB, DT_RELA, DT_RELASZ, DT_JMPREL, DT_RELACOUNT = 2, 6, 7, 8, 23, 0x6ffffff9
R_64, R_GLOB_DAT, R_JUMP_SLOT, R_RELATIVE = 1, 6, 7, 8
STB_GLOBAL, STB_WEAK = 1, 2
STT_FUNC, STT_OBJECT, STT_NOTYPE = 2, 1, 0
STV_DEFAULT, STV_PROTECTED = 0, 3
RELA, SYM, DYN = struct.Struct("<QIIq"), struct.Struct("<IBBHQQ"), struct.Struct("<QQ")


class Library:
    def __init__(self, data):
        self.data = data
        start, (size, count) = struct.unpack_from("<Q", data, 32)[0], struct.unpack_from("<HH", data, 54)
        headers = [struct.unpack_from("<IIQQQQQQ", data, start + i * size) for i in range(count)]
        self.loads = [h for h in headers if h[0] == PT_LOAD]
        dynamic = next(h for h in headers if h[0] == PT_DYNAMIC)
        self.tags = {}
        for at in range(dynamic[2], dynamic[2] + dynamic[5], DYN.size):
            tag, value = DYN.unpack_from(data, at)
            self.tags.setdefault(tag, (value, at))

    def at(self, address):
        """Where in the file an address of the loaded library is."""
        for _, _, offset, start, _, size, _, _ in self.loads:
            if start <= address < start + size:
                return address - start + offset
        raise ValueError("no file content at address %#x" % address)

    def tag(self, name):
        return self.tags[name][0]

    def own(self, index):
        """The address of a symbol of its own that nothing else may replace; None for another."""
        _, info, other, section, value, _ = SYM.unpack_from(self.data, self.symbols + index * SYM.size)
        is_plain = info >> 4 in (STB_GLOBAL, STB_WEAK) and info & 15 in (STT_FUNC, STT_OBJECT, STT_NOTYPE)
        return value if is_plain and section not in (0, 0xfff1) and other & 3 in (STV_DEFAULT, STV_PROTECTED) else None

    def bind(self):
        self.symbols = self.at(self.tag(DT_SYMTAB))
        self.bind_references()
        self.bind_slots()

    def bind_references(self):
        start, size = self.at(self.tag(DT_RELA)), self.tag(DT_RELASZ)
        relative, others = [], []
        for place, kind, symbol, addend in RELA.iter_unpack(self.data[start:start + size]):
            value = self.own(symbol) if kind in (R_64, R_GLOB_DAT) else None
            if kind == R_RELATIVE:
                relative.append((place, kind, symbol, addend))
            elif value is not None:
                relative.append((place, R_RELATIVE, 0, value + (addend if kind == R_64 else 0)))
            else:
                others.append((place, kind, symbol, addend))
        relative.sort()
        self.data[start:start + size] = b"".join(RELA.pack(*r) for r in relative + others)
        DYN.pack_into(self.data, self.tags[DT_RELACOUNT][1], DT_RELACOUNT, len(relative))

    def bind_slots(self):
        """The loader adds to each slot where the library lies, whatever the slot holds."""
        start, size = self.at(self.tag(DT_JMPREL)), self.tag(DT_PLTRELSZ)
        for place, kind, symbol, _ in RELA.iter_unpack(self.data[start:start + size]):
            value = self.own(symbol) if kind == R_JUMP_SLOT else None
            if value is not None:
                struct.pack_into("<Q", self.data, self.at(place), value)


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: bind-engine.py FROM TO")
    with open(sys.argv[1], "rb") as f:
        data = bytearray(f.read())
    if data[:6] == b"\x7fELF\x02\x01" and struct.unpack_from("<H", data, 18)[0] == EM_X86_64:
        Library(data).bind()
    with open(sys.argv[2] + ".new", "wb") as f:
        f.write(data)
    os.replace(sys.argv[2] + ".new", sys.argv[2])


if __name__ == "__main__":
    main()
