import { mapAws } from "#server/services/batch/import/aws.ts";
import { mapAzure } from "#server/services/batch/import/azure.ts";
import { objectOf } from "#server/services/batch/import/draft.ts";
import type { MappedRecord } from "#server/services/batch/import/mapped-record.ts";
import { mapThingsBoard } from "#server/services/batch/import/thingsboard.ts";

/** Platforms whose exports are read. */
export type ImportSource = "aws" | "azure" | "thingsboard";

/**
 * Names under which an export that is one JSON object holds its list of devices; a list alone and
 * one document a line are read as well.
 */
export function recordsPath(source: ImportSource): readonly string[] {
  switch (source) {
    case "aws":
      return ["things"];
    case "azure":
      return ["devices", "enrollments", "value", "items"];
    case "thingsboard":
      return ["data", "devices"];
  }
}

/**
 * What a device of another platform becomes here.
 * @param record one device of the export, as its JSON or as a row of CSV by column names
 * @returns the row with what maps and what does not; never throws, whatever the record is
 */
export function mapRecord(source: ImportSource, record: unknown): MappedRecord {
  const fields = objectOf(record);
  if (fields === undefined) {
    return { problem: "The record is no JSON object.", mapped: [], unmapped: [] };
  }
  switch (source) {
    case "aws":
      return mapAws(fields);
    case "azure":
      return mapAzure(fields);
    case "thingsboard":
      return mapThingsBoard(fields);
  }
}
