import type { Connection } from "#server/gateway/mqtt/connection.ts";
import type { Ingest } from "#server/pipeline/message.ts";

type Reader = Pick<Connection, "resumeAfterRoom">;

/** Connections whose sockets are not read because the pipeline is full. */
export type RoomGate = {
  wait(reader: Reader): void;
  readonly waiting: number;
};

/** One callback at the pipeline serves all; those who waited longest are read first. */
export function createRoomGate(ingest: Pick<Ingest, "hasRoom" | "onceRoom">): RoomGate {
  const readers = new Set<Reader>();
  const resume = () => {
    for (const reader of readers) {
      if (!ingest.hasRoom) break;
      readers.delete(reader);
      reader.resumeAfterRoom();
    }
    if (readers.size > 0) ingest.onceRoom(resume);
  };
  return {
    wait: (reader) => {
      readers.add(reader);
      if (readers.size === 1) ingest.onceRoom(resume);
    },
    get waiting() {
      return readers.size;
    },
  };
}
