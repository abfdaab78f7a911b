"""Reads the log by engine/wal/FORMAT.md alone: a second implementation that knows nothing of the first."""

import hashlib
import struct
from dataclasses import dataclass
from pathlib import Path

PAGE = 4096
BATCH_HEADER = struct.Struct("<4sIQQQQIIQQ32sII24s")
SEGMENT_HEADER = struct.Struct("<8sIIQQQQQ32sQI")
SEAL = 1


def _crc_table():
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
        table.append(byte)
    return table


_CRC = _crc_table()


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = _CRC[(crc ^ byte) & 0xFF] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


@dataclass
class Batch:
    path: Path
    offset: int
    size: int  # header, body and padding
    used: int  # header and body
    number: int
    seal: bool
    records: int


class Log:
    """All segments of DATA/log, each checked in full; `batches` in order. What does not fit is an AssertionError."""

    def __init__(self, data):
        self.paths = sorted(path for path in (Path(data) / "log").iterdir() if path.suffix == ".seg")
        self.batches = []
        self.chain = bytes(32)
        self.lsn = 1
        for position, path in enumerate(self.paths):
            self._read_segment(path, position + 1, last=position + 1 == len(self.paths))

    def _read_segment(self, path, number, last):
        raw = path.read_bytes()
        magic, form, pages, segment, epoch, first, lsn, before, chain, _, crc = SEGMENT_HEADER.unpack_from(raw)
        assert path.name == f"{number:016}.seg" and segment == number, path
        assert (magic, form, pages, crc) == (b"CRENSEG1", 1, len(raw) // PAGE, crc32c(raw[:96])), path
        assert not any(raw[100:PAGE]), path
        assert (first, lsn, chain) == (len(self.batches) + 1, self.lsn, self.chain), path
        if number > 1:
            end = self.batches[-1].offset + self.batches[-1].size if self.batches else PAGE
            assert before in (end, PAGE), (path, before, end)
        at = PAGE
        while at < len(raw) and any(raw[at:at + PAGE]):
            at += self._read_batch(path, raw, at, segment, epoch)
        assert not last or not any(raw[at:]), f"{path}: something after its end"

    def _read_batch(self, path, raw, at, segment, epoch):
        (magic, flags, of_segment, of_epoch, number, lsn, records, length, _, durable, chain, body_crc, crc,
         rest) = BATCH_HEADER.unpack_from(raw, at)
        where = f"{path} at {at}"
        body = raw[at + 128:at + 128 + length]
        size = -(-(128 + length) // PAGE) * PAGE
        assert (magic, of_segment, of_epoch, number, lsn) == (b"CRB1", segment, epoch, len(self.batches) + 1, self.lsn), where
        assert crc == crc32c(raw[at:at + 100]) and body_crc == crc32c(body), where
        self.chain = hashlib.sha256(self.chain + raw[at:at + 64] + body).digest()
        assert chain == self.chain and durable < number, where
        assert not any(rest) and not any(raw[at + 128 + length:at + size]), where
        self._read_records(body, records, where)
        self.lsn += records
        self.batches.append(Batch(path, at, size, 128 + length, number, bool(flags & SEAL), records))
        return size

    @staticmethod
    def _read_records(body, records, where):
        at = 0
        for _ in range(records):
            (length,) = struct.unpack_from("<I", body, at)
            at += 4 + length
        assert at == len(body), where
