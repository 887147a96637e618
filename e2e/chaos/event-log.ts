import { closeSync, fdatasync, openSync, readFileSync, writeSync } from "node:fs";

/*
 * One line per event, append only:
 *   P device/number connection   a PUBLISH is about to be written to the socket
 *   A device/number connection   its PUBACK (QoS 2: PUBREC) was read from the socket
 *   R subscriber device/number   a subscriber was handed the message
 * What is synced when: a device writes a PUBLISH for the first time, or again, only after its P line
 * is on the disk (fdatasync), so nothing can be stored that the log does not know of, even when the
 * machine dies. An A line is on the disk before the device does anything that follows from the
 * acknowledgement (its next PUBLISH); until then the message counts as attempted, which may be
 * stored or not. So a crash of the client can weaken the evidence of a loss and never make one up.
 * Lines of many devices share one sync.
 */

/** The append-only log of all clients. */
export type EventLog = {
  append(line: string): void;
  /** Calls back once everything appended so far is on the disk. */
  afterSync(callback: () => void): void;
  close(): void;
};

/** Opens (or continues) the log. */
export function openEventLog(file: string): EventLog {
  const descriptor = openSync(file, "a");
  let text = "";
  let callbacks: (() => void)[] = [];
  let isScheduled = false;
  let isSyncing = false;
  let isClosed = false;

  const schedule = () => {
    if (isScheduled || isSyncing || isClosed) return;
    isScheduled = true;
    setImmediate(sync);
  };
  const sync = () => {
    isScheduled = false;
    if (isClosed) return;
    const due = callbacks;
    callbacks = [];
    if (text !== "") writeSync(descriptor, text);
    text = "";
    isSyncing = true;
    fdatasync(descriptor, (error) => {
      if (error !== null) throw error;
      isSyncing = false;
      if (isClosed) {
        closeSync(descriptor);
        return;
      }
      for (const callback of due) callback();
      if (callbacks.length > 0) schedule();
    });
  };
  return {
    append: (line) => {
      text += `${line}\n`;
    },
    afterSync: (callback) => {
      callbacks.push(callback);
      schedule();
    },
    close: () => {
      if (isClosed) return;
      isClosed = true;
      if (text !== "") writeSync(descriptor, text);
      if (!isSyncing) closeSync(descriptor);
    },
  };
}

/** What a log says of messages, each named `device/number`. */
export type LoggedEvents = {
  readonly attempted: Set<string>;
  readonly acknowledged: Set<string>;
  /** By subscriber, in the order of delivery. */
  readonly delivered: Map<string, string[]>;
};

/** Reads a log back. A last line that is cut off is passed over: its event had no effect yet. */
export function readEventLog(file: string): LoggedEvents {
  const events: LoggedEvents = {
    attempted: new Set(),
    acknowledged: new Set(),
    delivered: new Map(),
  };
  const lines = readFileSync(file, "utf8").split("\n");
  lines.pop();
  for (const line of lines) {
    const [kind, first = "", second = ""] = line.split(" ");
    if (kind === "P") events.attempted.add(first);
    else if (kind === "A") events.acknowledged.add(first);
    else if (kind === "R") {
      const known = events.delivered.get(first);
      if (known === undefined) events.delivered.set(first, [second]);
      else known.push(second);
    }
  }
  return events;
}
