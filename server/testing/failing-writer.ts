import type { BatchStatement } from "#server/db/batch-statements.ts";
import { openWriter, type BatchStep } from "#server/db/writer-connection.ts";

/**
 * What is to go wrong, once.
 * - statement: the server fails a statement instead of running it
 * - answer: the server runs a round trip that holds a statement, and the worker is told that it failed
 * - open: the next connection cannot be opened
 */
export type WriterFault = {
  readonly at: "statement" | "answer" | "open";
  readonly statement: BatchStatement;
  readonly code: string;
};

/** Writer connections into which a test puts a fault. */
export type FailingWriter = {
  readonly open: typeof openWriter;
  /** Arms a fault; it strikes when its statement is sent next. */
  arm(fault: WriterFault): void;
  /** Whether the fault struck. */
  readonly struck: boolean;
  /** Connections that were opened so far. */
  readonly opened: number;
};

/** SQL of the function by which a statement fails; the database's owner creates it once. */
export const injectFunction = `
  CREATE FUNCTION public.inject(code text) RETURNS void LANGUAGE plpgsql AS $$
  BEGIN RAISE EXCEPTION 'injected' USING ERRCODE = code; END $$`;

export function createFailingWriter(): FailingWriter {
  let armed: WriterFault | undefined;
  let opened = 0;
  const failure = ({ code }: WriterFault): Error => Object.assign(new Error("injected"), { code });
  const open: typeof openWriter = async (db, previousPid) => {
    if (armed?.at === "open") {
      const fault = armed;
      armed = undefined;
      throw failure(fault);
    }
    const inject = "SELECT public.inject($1)";
    const connection = await openWriter(db, previousPid, { inject });
    opened += 1;
    return {
      ...connection,
      run: async (steps) => {
        const fault = armed;
        const place = steps.findIndex(({ statement }) => statement === fault?.statement);
        if (fault === undefined || place === -1) return connection.run(steps);
        armed = undefined;
        if (fault.at === "answer") {
          await connection.run(steps);
          throw failure(fault);
        }
        return connection.run(steps.toSpliced(place, 0, injected(fault)));
      },
    };
  };
  return {
    open,
    arm: (fault) => {
      armed = fault;
    },
    get struck() {
      return armed === undefined;
    },
    get opened() {
      return opened;
    },
  };
}

/** Its statement is prepared on these connections only, so the product's list does not hold it. */
function injected({ code }: WriterFault): BatchStep {
  return { statement: "inject" as BatchStatement, parameters: [code] };
}
