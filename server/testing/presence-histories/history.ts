import type { DeviceState } from "#server/domain/device-state.ts";
import type { Presence } from "#server/domain/presence.ts";
import type { ConnectivityModel } from "#server/domain/profile-parts.ts";

/** Of what a worker wrote. */
type Written = {
  readonly device: string;
  readonly worker?: string;
  /** When it happened by the worker's clock, where `at` is when it was written. */
  readonly happened?: number;
};

/** What happened; `at` is in seconds since the history began. */
export type HistoryStep = { readonly at: number } & (
  | ({ readonly do: "connect" } & Written)
  | ({
      readonly do: "disconnect";
      readonly reason?: string;
      /** Written so many seconds later. */
      readonly writtenAfter?: number;
      /** Begin of the connection, which was written together with its end. */
      readonly connected?: number;
    } & Written)
  | ({
      readonly do: "message";
      /** Age of its newest reading, where its gateway delivers it. */
      readonly age?: number;
    } & Written)
  /** Its process is gone, or stands still: no heartbeat, and nothing is written. */
  | { readonly do: "worker-gone"; readonly worker: string }
  /** It goes on where it stood, and says which connections it still has. */
  | { readonly do: "worker-goes-on"; readonly worker: string; readonly devices: readonly string[] }
  /** The clock of the worker or of the database is so many seconds ahead of true time. */
  | { readonly do: "worker-clock"; readonly worker: string; readonly ahead: number }
  | { readonly do: "database-clock"; readonly ahead: number }
  /** Nobody judges, nothing listens. */
  | { readonly do: "away"; readonly seconds: number }
  | { readonly do: "state"; readonly device: string; readonly state: DeviceState }
  | { readonly do: "expected"; readonly seconds: number }
  | { readonly do: "certificate-ends"; readonly device: string; readonly in: number }
  | { readonly do: "certificate-revoked"; readonly device: string }
  | { readonly do: "new-credential"; readonly device: string }
  | { readonly do: "credentials-revoked"; readonly device: string }
);

/** That a device became so. Of recorded ones the time is right within a second, or within `within`. */
export type ExpectedChange = readonly [
  at: number,
  presence: Presence,
  loose?: {
    /** Seconds, where the product promises no better: a dead worker's last heartbeat. */
    readonly within?: number;
    /** It lasted for less than a second, and may have been over before anybody wrote it down. */
    readonly isBrief?: boolean;
  },
];

/** A connection history of some devices, and how they were, since when. */
export type PresenceHistory = {
  readonly name: string;
  /** How it came to us: noted from a run of the product, or written after a pattern that is known. */
  readonly origin: "recorded" | "written";
  readonly connectivity: ConnectivityModel;
  readonly expectedSeconds: number;
  /** Device by device the gateway it is behind, or null. */
  readonly devices: Readonly<Record<string, string | null>>;
  readonly steps: readonly HistoryStep[];
  /** It is looked at until then. */
  readonly until: number;
  /** Every change of each device, by true time, to the second. */
  readonly expect: Readonly<Record<string, readonly ExpectedChange[]>>;
};
