import { z } from "zod";
import type { Database } from "#server/db/client.ts";
import { listenChannel } from "#server/db/listen-channel.ts";

const notices = z.discriminatedUnion("k", [
  /** Messages were queued for sessions `s` that worker `w` has. */
  z.object({ k: z.literal("queue"), w: z.string(), s: z.array(z.string()) }),
  /** A connection of generation `g` has the session; `w` is the worker that had it, `*` for whoever. */
  z.object({
    k: z.literal("taken"),
    w: z.string(),
    key: z.string(),
    g: z.number(),
    from: z.string(),
  }),
  /** The session is over although worker `w` had a connection, of generation `g`. */
  z.object({ k: z.literal("ended"), w: z.string(), key: z.string(), g: z.number() }),
]);

/** What session writers and operators tell the workers. */
export type MqttNotice = z.infer<typeof notices>;

/** PostgreSQL channel of the functions `mqtt_*`. */
const mqttChannel = "quayside_mqtt";

/**
 * Listens until the returned function ends it.
 * @param on.missed called after each gap, also the first
 */
export function listenMqtt(
  db: Database,
  on: { readonly notice: (notice: MqttNotice) => void; readonly missed: () => void },
): () => Promise<void> {
  return listenChannel(db, mqttChannel, {
    missed: on.missed,
    payload: (text) => {
      const notice = readNotice(text);
      if (notice !== undefined) on.notice(notice);
    },
  });
}

function readNotice(payload: string): MqttNotice | undefined {
  try {
    const parsed = notices.safeParse(JSON.parse(payload));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
