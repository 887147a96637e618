import type { Background } from "#server/gateway/mqtt/background.ts";

/** The last attempt is about a minute after the first. */
const retryAfterMs = [1_000, 2_000, 4_000, 8_000, 16_000, 32_000];

/**
 * Takes a certificate into use, again and again when the database does not answer. The device is
 * connected with it by now and will not connect again soon: until it has worked, the certificate stands
 * as one that nobody uses.
 */
export function activateSurely(background: Background, activate: () => Promise<void>): void {
  const attempt = (number: number): void => {
    background.run("certificate.activate_failed", async () => {
      try {
        await activate();
      } catch (error) {
        const afterMs = retryAfterMs[number];
        if (afterMs !== undefined) setTimeout(() => attempt(number + 1), afterMs).unref();
        throw error;
      }
    });
  };
  attempt(0);
}
