import { ByteWriter, ParquetWriter, type SchemaElement } from "hyparquet-writer";
import type { Cell, Column, Row } from "#server/jobs/exports/column.ts";
import type { Encoder, Output } from "#server/jobs/exports/encoder.ts";

/**
 * A row group is held in memory until it is full, and encoded in one go: devices are served by the same
 * process meanwhile, so that must not take long.
 */
const cellsOfGroup = 100_000;
const mostRowsOfGroup = 20_000;

/**
 * Parquet, row group by row group, so that memory stays bounded however long the file is. Units are in
 * the file's metadata under `units`, as JSON by column.
 */
export function parquetEncoder(columns: readonly Column[], output: Output): Encoder {
  const bytes = new FlushingWriter(output);
  const units = Object.fromEntries(
    columns.flatMap(({ name, unit }) => (unit === null ? [] : [[name, unit]])),
  );
  const file = new ParquetWriter({
    writer: bytes,
    schema: [{ name: "root", num_children: columns.length }, ...columns.map(elementOf)],
    kvMetadata: [{ key: "units", value: JSON.stringify(units) }],
    createdBy: "quayside",
  });
  const groupRows = Math.max(
    1_000,
    Math.min(mostRowsOfGroup, Math.floor(cellsOfGroup / columns.length)),
  );
  let waiting: Row[] = [];
  const flush = async (): Promise<void> => {
    if (waiting.length === 0) return;
    const columnData = columns.map((column, index) => ({
      name: column.name,
      data: waiting.map((row) => valueOf(column, row[index] ?? null)),
      offsetIndex: false,
    }));
    await file.write({ columnData, rowGroupSize: waiting.length });
    waiting = [];
  };
  return {
    rows: async (rows) => {
      for (const row of rows) {
        waiting.push(row);
        if (waiting.length >= groupRows) await flush();
      }
    },
    end: async () => {
      await flush();
      // Writes the footer into the buffer; the last bytes are handed on as the others were.
      await file.finish();
      await bytes.flush();
    },
  };
}

/** Hands on what was written after each row group, and begins its buffer anew. */
class FlushingWriter extends ByteWriter {
  readonly #output: Output;

  constructor(output: Output) {
    super(1 << 16);
    this.#output = output;
  }

  async flush(): Promise<void> {
    // A copy: the buffer is written again while the bytes are on their way.
    const bytes = Uint8Array.from(this.getBytes());
    this.index = 0;
    await this.#output.write(bytes);
  }
}

function elementOf({ name, kind }: Column): SchemaElement {
  const element = { name, repetition_type: "OPTIONAL" } as const;
  switch (kind) {
    case "text":
      return { ...element, type: "BYTE_ARRAY", converted_type: "UTF8" };
    case "json":
      return { ...element, type: "BYTE_ARRAY", converted_type: "JSON" };
    case "number":
      return { ...element, type: "DOUBLE" };
    case "integer":
      return { ...element, type: "INT32" };
    case "boolean":
      return { ...element, type: "BOOLEAN" };
    case "instant":
      return { ...element, type: "INT64", converted_type: "TIMESTAMP_MICROS" };
  }
}

/** The writer takes structures as values and makes their JSON itself. */
function valueOf({ kind }: Column, cell: Cell): unknown {
  return kind === "json" && typeof cell === "string" ? JSON.parse(cell) : cell;
}
