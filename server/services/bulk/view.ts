import type { BulkAction, BulkDeviceState, WorkState } from "#server/domain/bulk-action.ts";
import type { Presence } from "#server/domain/presence.ts";
import type { Reach } from "#server/domain/reach.ts";

/** A bulk job as lists and pages show it. Times are ISO 8601 in UTC. */
export type BulkJobView = {
  readonly id: string;
  readonly action: BulkAction;
  /** The profile's name, of `set_profile`. */
  readonly profileName: string | null;
  readonly reason: string;
  readonly state: WorkState;
  readonly total: number;
  readonly done: number;
  /** Left as they were: nothing had to be changed, or they could not have it. */
  readonly unchanged: number;
  readonly failed: number;
  /** Why it waits or has ended, in words. */
  readonly error: string;
  /** Devices a second since it began; null before it has begun and when it has ended. */
  readonly ratePerSecond: number | null;
  readonly secondsLeft: number | null;
  /** It should run, and no worker has it at the moment. */
  readonly isOrphaned: boolean;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly cancelledBy: string | null;
};

export type BulkJobList = {
  readonly jobs: readonly BulkJobView[];
  readonly next: string | null;
};

/** A job with how many devices are in each state. */
export type BulkJobDetail = BulkJobView & {
  readonly counts: Readonly<Record<BulkDeviceState, number>>;
};

/** What became of one device. */
export type BulkDeviceView = {
  /** UUID. */
  readonly id: string;
  /** Null when it is not here any more. */
  readonly deviceId: string | null;
  readonly name: string | null;
  readonly state: BulkDeviceState;
  readonly detail: string;
  readonly finishedAt: string | null;
};

export type BulkDeviceList = {
  readonly devices: readonly BulkDeviceView[];
  readonly next: string | null;
};

/** How far changing a selection of devices reaches. */
export type BulkImpact = {
  /** Counted up to the most that one job takes, and one. */
  readonly devices: number;
  /** There are more than one job takes. */
  readonly isTooMany: boolean;
  readonly connected: number;
  readonly presences: readonly { readonly presence: Presence; readonly devices: number }[];
  /** The most frequent, and how many others there are. */
  readonly profiles: readonly { readonly name: string; readonly devices: number }[];
  readonly otherProfiles: number;
  /** Devices behind gateways of the selection that are not themselves in it. */
  readonly children: number;
  /** Certificates that count. */
  readonly certificates: number;
  /** Passwords and keys that count. */
  readonly credentials: number;
  /** Readings of the last 24 hours; of more than 200 devices an estimate from 200 of them. */
  readonly readingsLastDay: number;
  readonly isEstimate: boolean;
  /** Groups and dashboards that hang on them. */
  readonly reach: Reach;
};
