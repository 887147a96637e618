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
  /** A whole event with nothing but this device. */
  readonly event: () => Uint8Array;
};

export type NewsByDevice = ReadonlyMap<string, DeviceNews>;

/** Frames of other kinds that wait for a slow viewer. */
const otherEvents = 64;

/** Groups what came by device. */
export function gatherByDevice({ messages, missed }: TakenMessages<LiveMessage>): NewsByDevice {
  const grouped = new Map<string, LiveMessage[]>();
  for (const message of messages) {
    const known = grouped.get(message.deviceKey);
    if (known === undefined) grouped.set(message.deviceKey, [message]);
    else known.push(message);
  }
  return new Map(
    [...grouped].map(([key, list]) => [
      key,
      newsOf({ key, messages: list, missed: missed[key] ?? 0 }),
    ]),
  );
}

function newsOf(of: {
  readonly key: string;
  readonly messages: readonly LiveMessage[];
  readonly missed: number;
}): DeviceNews {
  let json: string | undefined;
  let event: Uint8Array | undefined;
  const asJson = (): string => {
    json ??= of.messages.map((message) => JSON.stringify(message)).join(",");
    return json;
  };
  const news = { messages: of.messages, missed: of.missed, json: asJson };
  return {
    ...news,
    event: () => {
      event ??= eventOfNews([[of.key, news]]);
      return event;
    },
  };
}

type Told = readonly (readonly [string, Pick<DeviceNews, "missed" | "json">])[];

const events = new WeakMap<NewsByDevice, Map<string, Uint8Array>>();

/** Those who watch the same devices, as on one dashboard, are told the same bytes. */
function sharedEvent(news: NewsByDevice, told: Told): Uint8Array {
  const known = events.get(news) ?? new Map<string, Uint8Array>();
  events.set(news, known);
  const name = told.map(([key]) => key).join(",");
  const event = known.get(name) ?? eventOfNews(told);
  known.set(name, event);
  return event;
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
  tellMessages(news: NewsByDevice): void;
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

  const flush = (): void => {
    if (!isReady()) return;
    for (const event of others.splice(0)) write(event);
    if (!waiting.isEmpty) write(eventOf(JSON.stringify({ kind: "messages", ...waiting.take() })));
  };

  return {
    interest,
    wants: (frame) => wantsFrame(interest, devices, frame),
    tell: (frame) => {
      others.push(eventOfFrame(frame));
      if (others.length > otherEvents) others.shift();
      flush();
    },
    tellMessages: (news) => {
      const told = newsFor(devices, news);
      const [only] = told;
      if (only === undefined) return;
      if (waiting.isEmpty && isReady()) {
        write(told.length === 1 ? only[1].event() : sharedEvent(news, told));
        return;
      }
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
