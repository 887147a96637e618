import { once } from "node:events";
import pg from "pg";
import { controlChannel, type ControlEvent } from "#server/db/notify-control.ts";

/** Listens as a worker does. `next` waits for the next event. */
export async function waitForControl(at: {
  readonly ingestUrl: string;
}): Promise<{ next(): Promise<ControlEvent>; stop(): Promise<void> }> {
  const client = new pg.Client({ connectionString: at.ingestUrl });
  await client.connect();
  await client.query(`LISTEN ${controlChannel}`);
  const seen: ControlEvent[] = [];
  client.on("notification", ({ payload = "" }) => seen.push(JSON.parse(payload) as ControlEvent));
  return {
    next: async () => {
      if (seen.length === 0) await once(client, "notification");
      const event = seen.shift();
      if (event === undefined) throw new Error("The workers were told nothing.");
      return event;
    },
    stop: () => client.end(),
  };
}
