import { runJobAlone } from "#server/db/run-job-alone.ts";
import type { ListenerTlsKeeper } from "#server/main/keep-listener-tls.ts";
import { repeat, type Stop, type WorkerParts } from "#server/main/worker-parts.ts";
import { acmeIsDue, orderCertificate } from "#server/pki/acme.ts";

/** After a failure as well: ACME servers count attempts. */
const lookMs = 3_600_000;
/** The port that answers challenges is open by then. */
const firstLookMs = 5_000;

/**
 * Orders the listeners' certificate from an ACME server when it is due. One worker of all does it;
 * the others read it within a minute. An order that fails is recorded, and the pair before goes on.
 * @returns stops it; nothing was started where no ACME server is set
 */
export function startAcme(parts: WorkerParts, tls: ListenerTlsKeeper): Stop {
  const { env, log } = parts;
  const { ACME_DIRECTORY_URL: directoryUrl, ACME_EMAIL: email } = env;
  if (directoryUrl === undefined || email === undefined) return () => undefined;
  const order = { dataDir: env.DATA_DIR, directoryUrl, email, domains: env.ACME_DOMAINS };
  let running: Promise<void> = Promise.resolve();
  const look = (): Promise<void> => {
    running = running.then(() =>
      orderWhenDue(parts, tls, order).catch((error: unknown) => {
        log.error({ event: "tls.acme_failed", reason: String(error) });
      }),
    );
    return running;
  };
  const first = setTimeout(() => void look(), firstLookMs);
  first.unref();
  const stopLooking = repeat(lookMs, look);
  return async () => {
    clearTimeout(first);
    await stopLooking();
    await running;
  };
}

async function orderWhenDue(
  { db, system, log }: WorkerParts,
  tls: ListenerTlsKeeper,
  order: Parameters<typeof orderCertificate>[0],
): Promise<void> {
  const isDue = (): Promise<boolean> => acmeIsDue({ ...order, now: system.now() });
  if (!(await isDue())) return;
  const result = await runJobAlone(db, {
    name: "tls.acme",
    freshSeconds: 0,
    work: async () => {
      if (!(await isDue())) return "ordered in this moment by another worker";
      await orderCertificate(order);
      return `a certificate for ${order.domains.join(", ")}`;
    },
  });
  if (result.outcome === "failed") {
    log.error({ event: "tls.acme_failed", reason: result.detail });
  }
  if (result.outcome === "done") await tls.refresh();
}
