/** What a gateway publishes for the devices behind it: `up/child/{childId}/…` of the device contract. */
import { setTimeout as sleep } from "node:timers/promises";
import type { ChildJudgement } from "#server/gateway/identify/judge-child.ts";
import type { RegisteredDevice } from "#server/gateway/identify/registry.ts";
import type { Connection } from "#server/gateway/mqtt/connection.ts";
import { hold } from "#server/gateway/mqtt/hold.ts";
import type { Session } from "#server/gateway/mqtt/session.ts";

const againMs = 500;

/**
 * Finds out whose message it is and goes on with it. While that takes a question, the connection is
 * not read: what the gateway publishes keeps its order, and nothing is acknowledged unheard.
 * @returns false when no further packet may be handled now
 */
export function withChild(
  connection: Connection,
  session: Session,
  of: { readonly gateway: RegisteredDevice; readonly childId: string },
  goOn: (judged: ChildJudgement) => void,
): boolean {
  const { children, background } = connection.gateway;
  const known = children.known(of.gateway, of.childId);
  if (known !== undefined) {
    goOn(known);
    return true;
  }
  connection.hold(hold.child);
  background.run("child.not_found", async () => {
    const judged = await askUntilAnswered(connection, session, of.childId);
    if (judged === undefined) return;
    try {
      goOn(judged);
    } catch (error) {
      connection.fault(error);
    }
    connection.release(hold.child);
  });
  return false;
}

/** An outage is waited for, as everywhere; undefined when the connection is over before that. */
async function askUntilAnswered(
  connection: Connection,
  session: Session,
  childId: string,
): Promise<ChildJudgement | undefined> {
  const { children, log } = connection.gateway;
  while (connection.state === "connected") {
    // The principal may have been replaced while we waited.
    const { principal } = session;
    if (principal.kind !== "device") return undefined;
    try {
      const judged = await children.ask(principal.device, childId, connection.facts.remote);
      if (judged !== undefined) return connection.state === "connected" ? judged : undefined;
    } catch (error) {
      log.warn({ event: "child.lookup_failed", gateway: principal.device.deviceId, err: error });
    }
    await sleep(againMs, undefined, { ref: false });
  }
  return undefined;
}
