import type {
  CampaignDeviceState,
  CampaignState,
  CampaignTarget,
  CampaignWave,
} from "#server/domain/campaign.ts";
import type { WaveCounts } from "#server/domain/campaign-step.ts";
import type { WaitingDevice } from "#server/domain/campaign-words.ts";

/** A wave and how far it is. Instants are ISO 8601 in UTC. */
export type CampaignWaveView = CampaignWave & {
  readonly devices: number;
  readonly counts: WaveCounts;
  /** Null: it has not begun. */
  readonly startedAt: string | null;
};

/** A rotation campaign. */
export type CampaignView = {
  readonly id: string;
  readonly name: string;
  readonly reason: string;
  readonly state: CampaignState;
  readonly target: CampaignTarget;
  /** The target in words, one for each thing that it says; empty: all devices with a certificate. */
  readonly targetWords: readonly string[];
  readonly waves: readonly CampaignWaveView[];
  /** The wave under way, from 1; 0 before the start. */
  readonly wave: number;
  readonly perMinute: number;
  readonly patienceDays: number;
  /** All devices of it, those that were skipped included. */
  readonly total: number;
  readonly counts: WaveCounts;
  /** Why it halted, in words. */
  readonly haltedFor: string;
  /** What a running one waits for; null while it asks devices. */
  readonly waitsFor: "rate" | "devices" | "soak" | null;
  /** When the next wave may begin, while it waits for that. */
  readonly waitsUntil: string | null;
  /** No worker has it: it goes on as soon as one does. */
  readonly isOrphaned: boolean;
  readonly revision: number;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
};

export type CampaignList = {
  readonly campaigns: readonly CampaignView[];
  /** Pass as `cursor` for the next page; null when there is none. */
  readonly next: string | null;
};

/** One device of a campaign. */
export type CampaignDeviceView = {
  /** What the device calls itself; its UUID when it is another organisation's by now. */
  readonly deviceId: string;
  readonly name: string;
  /** From 1. */
  readonly wave: number;
  readonly state: CampaignDeviceState;
  readonly askedAt: string | null;
  readonly asks: number;
  readonly finishedAt: string | null;
  /** Why it stands as it does, in words. */
  readonly detail: string;
  /** What keeps an open one, and what to do about it. */
  readonly problem: WaitingDevice | null;
  readonly oldCertificateId: string;
  readonly newCertificateId: string | null;
};

export type CampaignDeviceList = {
  readonly devices: readonly CampaignDeviceView[];
  readonly next: string | null;
};

/** What a campaign would meet, as numbers of devices. */
export type CampaignPreview = {
  readonly devices: number;
  /** Devices that it would take. */
  readonly taken: number;
  readonly suspended: number;
  readonly busy: number;
  /** Some of those that another campaign has. */
  readonly busyDevices: readonly { readonly deviceId: string; readonly campaign: string }[];
  readonly connected: number;
  readonly asleep: number;
  readonly away: number;
  readonly neverSeen: number;
  readonly noSubscription: number;
  readonly manual: number;
  readonly underWay: number;
  readonly noOtherWay: number;
  readonly firstEnd: string | null;
  readonly targetWords: readonly string[];
  /** What to look at before it starts, as sentences. */
  readonly warnings: readonly string[];
};
