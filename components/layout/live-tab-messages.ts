import type { LiveStanding } from "#components/layout/live-stream.ts";
import type { DeviceKeys, LiveWish } from "#components/layout/live-wish.ts";
import type { LiveFrame } from "#server/domain/live.ts";

/** What a tab says to the one that leads. */
export type TabMessage =
  | { readonly kind: "wish"; readonly tab: string; readonly n: number; readonly wish: LiveWish }
  /** One tab leads from now on: the others say what they wish. */
  | { readonly kind: "lead"; readonly tab: string }
  | { readonly kind: "ended" };

/** What the one that leads says to a tab. */
export type LeadMessage =
  | { readonly kind: "frame"; readonly frame: LiveFrame }
  | {
      readonly kind: "ready";
      /** The newest wish of the tab that is followed. */
      readonly n: number;
      readonly keys: DeviceKeys;
      readonly isGap: boolean;
    }
  | { readonly kind: "standing"; readonly standing: LiveStanding };
