import type { LiveFrame, LiveInterest, LiveMessage } from "#server/domain/live.ts";
import {
  keepNewest,
  type NewestMessages,
  type TakenMessages,
} from "#server/live/newest-messages.ts";
import { eventOf } from "#server/live/server-sent-event.ts";
import { wantsFrame } from "#server/live/wants.ts";

/** One browser's stream. */
export type RelayViewer = {
  readonly interest: LiveInterest;
  /** False while the viewer cannot take more; what comes meanwhile is coalesced. */
  readonly isReady: () => boolean;
  /** One server-sent event. */
  readonly write: (event: Uint8Array) => void;
};

/** What one device said since the last round. The texts are made once, for all who watch it. */
type DeviceNews = {
  readonly messages: readonly LiveMessage[];
  readonly missed: number;
  /** The messages as JSON without the brackets. */
  readonly json: () => string;
};

type NewsByDevice = ReadonlyMap<string, DeviceNews>;

/** What all viewers of an organisation are told in one round. */
export type News = {
  readonly devices: NewsByDevice;
  /** The fleet's counters as events; undefined when none came. */
  readonly counters: Uint8Array | undefined;
};

/** Frames of other kinds that wait for a slow viewer. */
const otherEvents = 64;

/** Groups what came by device. @param counters frames of the fleet's counters */
export function gatherNews(
  { messages, missed }: TakenMessages<LiveMessage>,
  counters: readonly LiveFrame[] = [],
): News {
  const grouped = new Map<string, LiveMessage[]>();
  for (const message of messages) {
    const known = grouped.get(message.deviceKey);
    if (known === undefined) grouped.set(message.deviceKey, [message]);
    else known.push(message);
  }
  const devices = new Map(
    [...grouped].map(([key, list]) => [
      key,
      newsOf({ key, messages: list, missed: missed[key] ?? 0 }),
    ]),
  );
  const events = counters.map((frame) => eventOfFrame(frame));
  return { devices, counters: events.length === 0 ? undefined : Buffer.concat(events) };
}

function newsOf(of: {
  readonly key: string;
  readonly messages: readonly LiveMessage[];
  readonly missed: number;
}): DeviceNews {
  let json: string | undefined;
  const asJson = (): string => {
    json ??= of.messages.map((message) => JSON.stringify(message)).join(",");
    return json;
  };
  return { messages: of.messages, missed: of.missed, json: asJson };
}

type Told = readonly (readonly [string, Pick<DeviceNews, "missed" | "json">])[];

const shared = new WeakMap<News, Map<string, Uint8Array>>();

/**
 * Those who watch the same devices, as on one dashboard, are told the same bytes, counters and
 * messages in one piece: what a viewer costs is mostly the writing to a socket.
 */
function sharedEvents(news: News, told: Told, counters: Uint8Array | undefined): Uint8Array {
  const known = shared.get(news) ?? new Map<string, Uint8Array>();
  shared.set(news, known);
  const name = `${counters === undefined ? "" : "fleet "}${told.map(([key]) => key).join(",")}`;
  const made = known.get(name) ?? eventsOf(told, counters);
  known.set(name, made);
  return made;
}

function eventsOf(told: Told, counters: Uint8Array | undefined): Uint8Array {
  if (told.length === 0) return counters ?? new Uint8Array();
  const messages = eventOfNews(told);
  return counters === undefined ? messages : Buffer.concat([counters, messages]);
}

/** As JSON.stringify would write the frame, from parts that are written already. */
function eventOfNews(told: Told): Uint8Array {
  const missed = told
    .filter(([, news]) => news.missed > 0)
    .map(([key, news]) => [key, news.missed]);
  const dropped = told.reduce((sum, [, news]) => sum + news.missed, 0);
  const more = dropped === 0 ? "" : `,"missed":${JSON.stringify(Object.fromEntries(missed))}`;
  const messages = told.map(([, news]) => news.json()).join(",");
  return eventOf(`{"kind":"messages","messages":[${messages}],"dropped":${dropped}${more}}`);
}

/** Where one viewer's part of the news goes. */
export type ViewerOutlet = {
  readonly interest: LiveInterest;
  wants(frame: LiveFrame): boolean;
  tell(frame: LiveFrame): void;
  tellNews(news: News): void;
  /** Writes what waited while the viewer could not take more. */
  flush(): void;
};

const texts = new WeakMap<LiveFrame, Uint8Array>();

/** Several viewers may be told the same frame: it is written once. */
function eventOfFrame(frame: LiveFrame): Uint8Array {
  const known = texts.get(frame);
  if (known !== undefined) return known;
  const made = eventOf(JSON.stringify(frame));
  texts.set(frame, made);
  return made;
}

/** Gives one viewer what it asks for; while it is slow, keeps each device's newest and counts the rest. */
export function openViewerOutlet({ interest, isReady, write }: RelayViewer): ViewerOutlet {
  const devices = new Set(interest.deviceKeys.toSorted());
  const others: Uint8Array[] = [];
  const waiting: NewestMessages<LiveMessage> = keepNewest();

  const wait = (event: Uint8Array): void => {
    others.push(event);
    if (others.length > otherEvents) others.shift();
  };
  const flush = (): void => {
    if (!isReady()) return;
    for (const event of others.splice(0)) write(event);
    if (!waiting.isEmpty) write(eventOf(JSON.stringify({ kind: "messages", ...waiting.take() })));
  };

  return {
    interest,
    wants: (frame) => wantsFrame(interest, devices, frame),
    tell: (frame) => {
      wait(eventOfFrame(frame));
      flush();
    },
    tellNews: (news) => {
      const told = newsFor(devices, news.devices);
      const counters = interest.fleet ? news.counters : undefined;
      if (told.length === 0 && counters === undefined) return;
      if (waiting.isEmpty && others.length === 0 && isReady()) {
        write(sharedEvents(news, told, counters));
        return;
      }
      if (counters !== undefined) wait(counters);
      for (const [key, { messages, missed }] of told) {
        waiting.add(messages, missed === 0 ? {} : { [key]: missed });
      }
      flush();
    },
    flush,
  };
}

/** The viewer's devices among those with news; the shorter side is walked. */
function newsFor(
  devices: ReadonlySet<string>,
  news: NewsByDevice,
): readonly (readonly [string, DeviceNews])[] {
  if (news.size <= devices.size) return [...news].filter(([key]) => devices.has(key));
  return [...devices].flatMap((key) => {
    const one = news.get(key);
    return one === undefined ? [] : [[key, one] as const];
  });
}
