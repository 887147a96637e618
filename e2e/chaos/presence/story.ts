import type { DrivenDevice } from "#e2e/chaos/presence/driven-device.ts";
import type { Presence } from "#server/domain/presence.ts";
import type { ConnectivityModel } from "#server/domain/profile-parts.ts";
import type { Context } from "#server/services/context.ts";
import type { ExpectedChange } from "#server/testing/presence-histories/history.ts";

/** What a script has in hand while it runs. All times are seconds since the story began. */
export type StoryTools = {
  /** For what people decide. */
  readonly ctx: Context;
  readonly profileId: string;
  device(name: string): DrivenDevice;
  portOf(worker: string): number;
  now(): number;
  until(time: number): Promise<void>;
  /** Resolves when the stage did what is called so, with the time. */
  mark(name: string): Promise<number>;
  /** The script knows that the device is so from then on. */
  is(device: string, at: number, presence: Presence, loose?: ExpectedChange[2]): void;
  /** It was heard for the last time: late and silent follow as its connectivity model says. */
  fallsSilent(device: string, lastSign: number, loose?: ExpectedChange[2]): void;
};

/** What some devices do, and what the script of it knows of their presence, whatever the product says. */
export type Story = {
  readonly name: string;
  readonly connectivity: ConnectivityModel;
  readonly expectedSeconds: number;
  /** Device by device the gateway it is behind, or null. */
  readonly devices: Readonly<Record<string, string | null>>;
  /** Programs that must be installed. */
  readonly needs?: readonly string[];
  tell(tools: StoryTools): Promise<void>;
};

/** What befalls the workers while stories are told. */
export type StageTools = {
  until(time: number): Promise<void>;
  worker(name: string): {
    kill(): Promise<void>;
    stop(): Promise<void>;
    signal(name: NodeJS.Signals): void;
  };
  start(name: string): Promise<void>;
  mark(name: string): void;
};

/** Stories that are told beside each other, on the same workers. */
export type Stage = {
  readonly name: string;
  readonly workers: readonly string[];
  readonly stories: readonly Story[];
  /** Each begins so much later than the one before it. */
  readonly staggerMs?: number;
  disturb?(tools: StageTools): Promise<void>;
};

/** After how many expected times each model is late, and silent: what people are promised. */
export const overdueTimes: Readonly<
  Record<ConnectivityModel, readonly [late: number, silent: number]>
> = {
  always_on: [1, 3],
  store_and_forward: [1, 3],
  disconnected_tolerant: [2, 6],
};
