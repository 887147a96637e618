/** What a row of `telemetry.reading` is made of. Times are epoch microseconds. */
export type CopyRow = {
  readonly deviceKey: bigint;
  readonly tsMicros: number;
  readonly receivedMicros: number;
  /** 64-bit message key as two 32-bit halves. */
  readonly key: { readonly hi: number; readonly lo: number };
  readonly schemaId: number;
  readonly flags: number;
  /** By position; NaN is stored as NULL. */
  readonly cells: readonly number[];
  /** JSON text, undefined for NULL. */
  readonly extra: string | undefined;
};

const signature = Buffer.from("PGCOPY\n\xff\r\n\0", "latin1");
const copyDataTag = 0x64;
const copyDataHeader = 5;
const float8Oid = 701;
const epochOffsetMicros = 946_684_800_000_000;
const twoTo32 = 2 ** 32;
const fixedRowBytes = 128;

/**
 * PostgreSQL's COPY BINARY (documentation, "COPY", file formats), written into one buffer that is
 * used again and again, framed as one CopyData message of the wire protocol.
 */
export class CopyEncoder {
  #bytes: Buffer;
  #view: DataView;
  #at = 0;
  #withOrdinal = false;
  rows = 0;

  constructor(initialBytes = 1 << 20) {
    this.#bytes = Buffer.allocUnsafeSlow(initialBytes);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** Starts anew; `withOrdinal` puts the row's number in front, for the staging table. */
  start(withOrdinal: boolean): void {
    this.#withOrdinal = withOrdinal;
    this.rows = 0;
    this.#bytes[0] = copyDataTag;
    this.#at = copyDataHeader;
    this.#at += signature.copy(this.#bytes, this.#at);
    this.#int32(0);
    this.#int32(0);
  }

  add(row: CopyRow): void {
    this.#reserve(fixedRowBytes + row.cells.length * 12 + (row.extra?.length ?? 0) * 3);
    this.#int16(this.#withOrdinal ? 9 : 8);
    if (this.#withOrdinal) {
      this.#int32(4);
      this.#int32(this.rows);
    }
    this.#key(row.deviceKey);
    this.#time(row.tsMicros);
    this.#int32(8);
    this.#int32(row.key.hi);
    this.#int32(row.key.lo);
    this.#time(row.receivedMicros);
    this.#int32(4);
    this.#int32(row.schemaId);
    this.#int32(2);
    this.#int16(row.flags);
    this.#cells(row.cells);
    this.#json(row.extra);
    this.rows += 1;
  }

  /** The CopyData message. It is valid until the next {@link start}. */
  finish(): Buffer {
    this.#int16(-1);
    this.#view.setInt32(1, this.#at - 1);
    return this.#bytes.subarray(0, this.#at);
  }

  #reserve(more: number): void {
    // Two bytes more, for the trailer.
    const needed = this.#at + more + 2;
    if (needed <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(grown, 0, 0, this.#at);
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }

  #int16(value: number): void {
    this.#view.setInt16(this.#at, value);
    this.#at += 2;
  }

  #int32(value: number): void {
    this.#view.setInt32(this.#at, value);
    this.#at += 4;
  }

  #key(value: bigint): void {
    this.#int32(8);
    this.#view.setBigInt64(this.#at, value);
    this.#at += 8;
  }

  #time(epochMicros: number): void {
    const micros = epochMicros - epochOffsetMicros;
    this.#int32(8);
    this.#int32(Math.floor(micros / twoTo32));
    this.#view.setUint32(this.#at, micros >>> 0);
    this.#at += 4;
  }

  #cells(cells: readonly number[]): void {
    const lengthAt = this.#at;
    this.#at += 4;
    this.#int32(cells.length === 0 ? 0 : 1);
    const nullFlagAt = this.#at;
    this.#int32(0);
    this.#int32(float8Oid);
    if (cells.length > 0) {
      this.#int32(cells.length);
      this.#int32(1);
      let hasNull = 0;
      for (const cell of cells) {
        if (Number.isNaN(cell)) {
          hasNull = 1;
          this.#int32(-1);
        } else {
          this.#int32(8);
          this.#view.setFloat64(this.#at, cell);
          this.#at += 8;
        }
      }
      this.#view.setInt32(nullFlagAt, hasNull);
    }
    this.#view.setInt32(lengthAt, this.#at - lengthAt - 4);
  }

  #json(text: string | undefined): void {
    if (text === undefined) return this.#int32(-1);
    const written = this.#bytes.write(text, this.#at + 5, "utf8");
    this.#int32(written + 1);
    // The version of jsonb's binary format.
    this.#bytes[this.#at] = 1;
    this.#at += written + 1;
  }
}
