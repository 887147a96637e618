import type { Column, Row } from "#server/jobs/exports/column.ts";

/** What goes into a file: columns, and rows by device. */
export type Table = {
  readonly columns: readonly Column[];
  /** How many devices one call of `pages` takes. */
  readonly devicesAtOnce: number;
  pages(keys: readonly bigint[]): AsyncGenerator<readonly Row[], void>;
};
