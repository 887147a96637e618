import { describe, expect, it } from "vitest";
import { guessMapping, mappingProblem } from "#server/domain/column-mapping.ts";
import { decodeText } from "#server/services/batch/manifest/decode-text.ts";
import { detectDelimiter, readCsv } from "#server/services/batch/manifest/read-csv.ts";
import { readJson, readNdjson } from "#server/services/batch/manifest/read-json.ts";
import { readRow } from "#server/services/batch/manifest/read-row.ts";
import type { SourceRecord } from "#server/services/batch/manifest/source.ts";
import { ServiceError } from "#server/services/errors.ts";
import { bytesOf } from "#server/testing/batches.ts";

const mb = 1_048_576;

function texts(file: string | Uint8Array, size?: number) {
  return decodeText(bytesOf(file, size), { most: mb, seen: () => undefined });
}

async function all<T>(of: AsyncIterable<T>): Promise<readonly T[]> {
  const found: T[] = [];
  for await (const each of of) found.push(each);
  return found;
}

async function refusal(of: AsyncIterable<unknown>): Promise<ServiceError> {
  try {
    await all(of);
  } catch (error) {
    if (error instanceof ServiceError) return error;
    throw error;
  }
  throw new Error("It was not refused.");
}

describe("the text of a file", () => {
  it("is UTF-8, with or without a byte order mark, however it is cut", async () => {
    const bytes = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from("Größe,日本\n")]);

    expect((await all(texts(bytes, 1))).join("")).toBe("Größe,日本\n");
  });

  it.each([
    ["Latin-1", Buffer.from("Gr\xf6\xdfe", "latin1"), "not encoded in UTF-8"],
    ["UTF-16", Buffer.from("\ufeffname", "utf16le"), "UTF-16"],
    ["UTF-16 without a mark", Buffer.from("name,id", "utf16le"), "null characters"],
    ["half of a character at the end", Buffer.from([0x61, 0xc3]), "not encoded in UTF-8"],
    ["a workbook", Buffer.from("PK\x03\x04…"), "a workbook or an archive"],
    ["larger than allowed", Buffer.alloc(mb + 1, 0x61), "larger than 1 MB"],
  ])("is refused in words: %s", async (_, bytes, words) => {
    const error = await refusal(texts(bytes));

    expect(error.code).toBe("invalid");
    expect(error.message).toContain(words);
  });

  it("is read no further than the limit", async () => {
    let read = 0;
    const endless = async function* (): AsyncGenerator<Uint8Array> {
      for (;;) {
        read += 65_536;
        yield Buffer.alloc(65_536, 0x61);
      }
    };

    await refusal(decodeText(endless(), { most: mb, seen: () => undefined }));

    expect(read).toBeLessThanOrEqual(mb + 2 * 65_536);
  });
});

describe("CSV", () => {
  it.each([
    ["id,name", ","],
    ["id;name;a,b", ";"],
    ["id\tname", "\t"],
    ['"a,b,c";name', ";"],
    ["id", ","],
  ])("the heading %j is delimited by %j", (heading, delimiter) => {
    expect(detectDelimiter(heading)).toBe(delimiter);
  });

  it("has quotes, doubled quotes, line breaks in cells, and lines without anything", async () => {
    const file = 'id,name\r\na,"Pump ""1"""\r\n\r\nb,"two\nlines"\r\n"=1+2",@SUM(A1)\r\n';

    expect(await all(readCsv(texts(file, 3)))).toEqual([
      { line: 2, record: { id: "a", name: 'Pump "1"' } },
      { line: 4, record: { id: "b", name: "two\nlines" } },
      { line: 6, record: { id: "=1+2", name: "@SUM(A1)" } },
    ]);
  });

  it("a row with too few or too many cells has a problem and the others have none", async () => {
    const rows = await all(readCsv(texts("id;name\na\nb;B\nc;C;x\n")));

    expect(rows.map(({ problem }) => problem)).toEqual([
      "This row has 1 cells; the heading has 2.",
      undefined,
      "This row has 3 cells; the heading has 2.",
    ]);
  });

  it.each([
    ["an open quote", 'id,name\na,"x\n', "quotes of a cell"],
    ["a quote in the middle", 'id,name\na,x"y"\n', "quotes of a cell"],
    ["a huge row", `id,name\na,${"x".repeat(70_000)}\n`, "larger than 64 kB"],
    ["a huge heading", `${"x".repeat(200_000)}\n`, "larger than 64 kB"],
    ["a column twice", "id,id\na,b\n", "the column “id” twice"],
  ])("%s is refused in words", async (_, file, words) => {
    expect((await refusal(readCsv(texts(file)))).message).toContain(words);
  });

  it("a file of a heading, or of nothing, has no rows", async () => {
    expect(await all(readCsv(texts("id,name\n")))).toEqual([]);
    expect(await all(readCsv(texts("")))).toEqual([]);
  });

  it.each(["\n", "\r\n"])("says in which line a row begins whose cells have lines", async (end) => {
    const file = ["id,csr", `a,"1${end}2${end}3"`, "", `b,"1${end}2"`, "c,1", ""].join(end);
    const rows = await all(readCsv(texts(file)));

    expect(rows.map(({ line }) => line)).toEqual([2, 6, 8]);
  });
});

describe("JSON", () => {
  it("gives the members of an array, whatever the pieces", async () => {
    const file = ' [ {"id":"a","tags":["x"]}, {"id":"b","n":1.5} , 7 ] ';

    expect(await all(readJson(texts(file, 1), []))).toEqual([
      { line: 1, record: { id: "a", tags: ["x"] } },
      { line: 2, record: { id: "b", n: 1.5 } },
      { line: 3, record: 7 },
    ]);
  });

  it("gives the members of a named list of an export", async () => {
    const file = '{"nextToken":null,"things":[{"thingName":"a"},{"thingName":"b"}]}';

    expect(await all(readJson(texts(file), ["things"]))).toMatchObject([
      { record: { thingName: "a" } },
      { record: { thingName: "b" } },
    ]);
  });

  it.each([
    ["an object where a list is needed", "{}", "no JSON array"],
    ["something else", "id,name\na,b", "no JSON array"],
    ["half of it", '[{"id":"a"},', "in the middle"],
    ["what follows it", "[] []", "no JSON"],
    ["a comma too many", "[1,,2]", "no JSON"],
    ["nothing", "  ", "is empty"],
    ["a huge record", `[{"id":"${"x".repeat(90_000)}"}]`, "larger than 64 kB"],
    ["endless nesting", "[".repeat(200_000), "larger than 64 kB"],
  ])("%s is refused in words", async (_, file, words) => {
    expect((await refusal(readJson(texts(file), []))).message).toContain(words);
  });
});

describe("NDJSON", () => {
  it("gives a document a line; a line that is none has a problem", async () => {
    expect(await all(readNdjson(texts('{"id":"a"}\r\n\n{oops\n{"id":"b"}', 2)))).toEqual([
      { line: 1, record: { id: "a" } },
      { line: 3, record: {}, problem: "This line is no JSON." },
      { line: 4, record: { id: "b" } },
    ]);
  });

  it("a line without an end is refused", async () => {
    expect((await refusal(readNdjson(texts("x".repeat(200_000))))).message).toContain("64 kB");
  });
});

describe("a row", () => {
  const mapping = {
    id: "deviceId",
    name: "name",
    sn: "serial",
    tags: "tags",
    csr: "csr",
    c: "attribute:colour",
  } as const;
  const row = (record: unknown, needsCsr = false) =>
    readRow({ line: 2, record } satisfies SourceRecord, { mapping, needsCsr });

  it.each([
    [
      { id: "a-1", name: "A", sn: "S" },
      { deviceId: "a-1", name: "A", serial: "S" },
    ],
    [{ sn: "S-77" }, { deviceId: "S-77", name: "S-77" }],
    [{ sn: "S 77/Ä" }, { deviceId: "s-77-a", name: "S 77/Ä" }],
    [{ name: "Pump Hall 3" }, { deviceId: "pump-hall-3", name: "Pump Hall 3" }],
    [{ sn: 1234 }, { deviceId: "1234", serial: "1234" }],
    [{ id: "a", tags: "x; y|x" }, { data: { tags: ["x", "y"] } }],
    [{ id: "a", tags: ["x"] }, { data: { tags: ["x"] } }],
    [{ id: "a", c: 7 }, { data: { attributes: { colour: 7 } } }],
    [{ id: "a", name: "=cmd|' /C calc'!A0" }, { name: "=cmd|' /C calc'!A0" }],
  ])("%j becomes a device", (record, expected) => {
    expect(row(record)).toMatchObject({ ...expected, problems: [] });
  });

  it.each([
    [{}, "neither a device id nor a serial number nor a name"],
    [{ id: "a/b" }, "deviceId: Use 1 to 128"],
    [{ id: "a", name: "x".repeat(121) }, "name: A name has at most 120"],
    [{ id: "a", sn: "two\nlines" }, "serial: One line of text."],
    [{ id: "a", tags: "not ok" }, "tags: A tag has"],
    [{ id: "a", c: "x".repeat(300) }, "attributes: At most 256"],
    [{ id: "a", name: "\ud800" }, "no text"],
    [{ id: "a", name: { x: 1 } }, "name: a text or a number is needed"],
    ["text", "no JSON object"],
    [null, "no JSON object"],
  ])("%j has a problem", (record, words) => {
    expect(row(record).problems.join(" ")).toContain(words);
  });

  it("holds a signing request where keys come from one, and none elsewhere", () => {
    expect(row({ id: "a", csr: "-----BEGIN\\nx" }, true).csrPem).toBe("-----BEGIN\nx");
    expect(row({ id: "a", csr: "-----BEGIN\\nx" }).csrPem).toBeNull();
    expect(row({ id: "a" }, true).problems[0]).toContain("no signing request");
  });
});

describe("the mapping", () => {
  it("is guessed by what columns are called", () => {
    expect(guessMapping(["Device ID", "Serial No.", "Vendor", "Colour", "SN"])).toEqual({
      "Device ID": "deviceId",
      "Serial No.": "serial",
      Vendor: "manufacturer",
    });
  });

  it.each([
    [{ x: "name" }, ["a"], "no column “x”"],
    [{ a: "name", b: "name" }, ["a", "b"], "Two columns"],
    [{ a: "model" }, ["a"], "No column says which device"],
  ] as const)("%j of %j is refused in words", (mapping, columns, words) => {
    expect(mappingProblem(mapping, columns)).toContain(words);
  });

  it("that names a device can be used", () => {
    expect(mappingProblem({ a: "name" }, ["a", "b"])).toBeUndefined();
  });
});
