import type { LiveFrame } from "#server/domain/live.ts";

/**
 * connecting: no frame yet. live: a frame in the last 5 s. silent: connected, but no worker
 * reports. off: the stream was lost; it is tried again after a growing pause.
 */
export type LiveState = "connecting" | "live" | "silent" | "off";

const silentAfterMs = 5_000;
const retryPausesMs = [500, 1_000, 2_000, 4_000, 8_000, 15_000] as const;

/**
 * One address heard until `stop`: says its state, hands on every frame, and after a loss tries
 * again with growing pauses.
 */
export function openLiveStream(at: {
  readonly open: () => EventSource;
  readonly onFrame: (frame: LiveFrame) => void;
  readonly onState: (state: LiveState) => void;
}): { readonly stop: () => void } {
  let source: EventSource | undefined;
  let failures = 0;
  let silence: ReturnType<typeof setTimeout> | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;

  function stop() {
    clearTimeout(silence);
    clearTimeout(retry);
    source?.close();
  }
  function watchSilence() {
    clearTimeout(silence);
    silence = setTimeout(() => at.onState("silent"), silentAfterMs);
  }
  function connect() {
    source = at.open();
    source.addEventListener("open", watchSilence);
    source.addEventListener("message", (event: MessageEvent<string>) => {
      failures = 0;
      // Our own route wrote it; the session that asked for it was checked there.
      const frame = JSON.parse(event.data) as LiveFrame;
      if (frame.kind !== "hello") {
        watchSilence();
        at.onState("live");
      }
      at.onFrame(frame);
    });
    source.addEventListener("error", () => {
      stop();
      at.onState("off");
      const pause = retryPausesMs[Math.min(failures, retryPausesMs.length - 1)] ?? 15_000;
      failures += 1;
      retry = setTimeout(connect, pause * (0.8 + Math.random() * 0.4));
    });
  }

  connect();
  return { stop };
}
